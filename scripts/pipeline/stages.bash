# stages.bash - the stages of a pipeline, what they say, and which one failed first.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154,SC2317 # variables and functions of the other parts

# A stage's own status goes to a file, since a pipeline only keeps one.
stage() {	# stage NAME COMMAND...
	local name=$1 status
	shift
	"$@"
	status=$?
	[ "$status" != 141 ] || status=74	# of cat; a tool of ours exits with 74
	printf '%s %s\n' "$name" "$status" >>"$work/statuses"
	return "$status"
}

# Progress goes to descriptor 4, standard error of the script.
choose_display() {	# $display: terminal, text, json or none
	exec 4>&2
	terminal=
	[ ! -t 2 ] || [ "${TERM:-dumb}" = dumb ] || terminal=yes
	display=$progress
	[ "$display" != auto ] || display=${terminal:+terminal}
	display=${display:-text}
	[ -z "$quiet" ] || display=none
}

# Messages of the stages go above the line of progress.  Where one stage fails
# those behind it see their input end early; what they say of that, and what each
# would do next, is left to the end, where only the stage that failed first is told.
messages() {
	while IFS= read -r line; do
		printf '%s\n' "$line" >>"$work/said"
		case $line in
		qb-*': next: '*|qb-*'input ended '*) continue ;;
		qb-fetch:*'not in this company'*) continue ;;	# say_absent
		# as every night, where QuickBooks' log leaves an entity out; the census finds it
		*'; reading by LastUpdatedTime, which does not tell what was deleted')
			[ -z "$quiet" ] || continue ;;
		esac
		printf '%s%s\n' "${terminal:+$'\r\033[K'}" "$line" >&4
	done
}

archive_stage() {
	if [ "$archive_dir" ]; then
		qb-archive "${archive[@]}" "$archive_dir"
	else
		cat
	fi
}

# The stages before the archive, and their names; reload.bash adds one.
read_stages() { stage qb-fetch qb-fetch "${fetch[@]}" <"$work/pending"; }
read_names() { echo qb-fetch; }

# All at once: the pipe of progress is written by qb-fetch and receipts.
pipeline() {
	stage qb-pending pending_stage <"$work/tickets" >"$work/pending" || return
	[ "$(windows_in "$work/pending")" != 0 ] || return
	: >"$work/begun"
	{
		read_stages |
			stage qb-archive archive_stage 7>&- |
			stage qb-stamp qb-stamp "${stamp[@]}" 7>&- |
			stage qb-load qb-load "${load[@]}" 7>&- |
			receipts
	} 7>&1 | progress
}
told_pipeline() { pipeline 2>&1 >/dev/null | messages; }
pipeline_stages() {	# those that were started
	echo qb-pending
	[ -e "$work/begun" ] || return 0
	read_names
	printf '%s\n' qb-archive qb-stamp qb-load
}

# The stage that failed first.  Stages stand in the file in the order in which they
# ended: a pipe closes only after its stage wrote there.  So a stage that ended
# with 74 after one behind it had failed only lost its reader.
position() {
	case $1 in
	qb-pending) echo 1 ;; qb-fetch) echo 2 ;; qb-census) echo 3 ;;
	qb-archive) echo 4 ;; qb-stamp) echo 5 ;; *) echo 6 ;;
	esac
}
rank() {	# rank STATUS: of several, the one with the smallest rank is told
	case $1 in
	64) echo 1 ;; 70) echo 2 ;; 77) echo 3 ;; 69) echo 4 ;; 74) echo 5 ;;
	65) echo 7 ;; 75) echo 8 ;; *) echo 6 ;;
	esac
}
# $verdict: the status of the stage whose failure explains the others, $teller.
find_first_failure() {	# find_first_failure STAGE...: those that were started
	local name status place furthest=0
	verdict=0 teller=''
	# One that was killed together with its subshell left no line.
	for name; do
		grep -q "^$name " "$work/statuses" || echo "$name 75" >>"$work/statuses"
	done
	while read -r name status; do
		[ "$status" != 0 ] || continue
		place=$(position "$name")
		if [ "$status" = 74 ] && [ "$furthest" -gt "$place" ]; then continue; fi
		[ "$furthest" -gt "$place" ] || furthest=$place
		if [ "$verdict" = 0 ] || [ "$(rank "$status")" -lt "$(rank "$verdict")" ]; then
			verdict=$status teller=$name
		fi
	done <"$work/statuses"
}
# The windows that were not read, and the last words of the stage that failed.
tell() {
	[ -e "$work/said" ] || return 0
	grep "^$teller: not read: " "$work/said"
	grep "^$teller: " "$work/said" | grep -v "^$teller: not read: " |
		grep -v "^$teller: next: " | grep -v 'not in this company' | tail -n 1
}
# What to do first, where running the same command again does not help by itself.
remedy() {
	[ ! -e "$work/said" ] || sed -n "s/^$teller: next: //p" "$work/said" | tail -n 1
}

# What the stages have just said, with nothing behind it, is not told twice.
already_told=''
# Tell of the failure; false: that is all that can be done.  True: rows that jsonb
# cannot hold are in the file of --rejects, and all others are loaded.
tell_failure() {
	local first failed=$verdict all_but_rejected=
	case $verdict in
	64|65|69|70|74|75|77) ;;
	*) verdict=75 ;;	# a signal, or a tool that is not there
	esac
	[ "$verdict $teller" != '65 qb-load' ] || all_but_rejected=$rejects
	[ "$all_but_rejected$already_told" ] || {
		say_absent
		say_totals "$verdict"
	}
	say "not finished: $teller exited with status $failed"
	[ "$already_told" ] || tell >&2
	say "$(safe)"
	first=$(remedy)
	case $first in
	''|'run the same command again'|'run the same command again;'*)
		say "next: $again" ;;
	*) say "next: $first"; say "then: $again" ;;
	esac
	[ "$all_but_rejected" ]
}
