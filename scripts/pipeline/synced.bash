# synced.bash - what a run of qb-sync did, as it says at its end.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables of the script and of its other parts

# Of each entity "INSERTED UPDATED UNCHANGED DELETED".
declare -A sums_each=()
read_each() {	# what the pipeline wrote
	local entity sums
	[ -s "$work/sums.each" ] || return 0
	while read -r entity sums; do
		sums_each[$entity]=$sums
	done <"$work/sums.each"
}
read_deleted() {	# what the census marked, and the calls that it took
	local line entity deleted calls sums
	[ -s "$work/census" ] || return 0
	while IFS= read -r line; do
		[[ $line == '{"qb":"receipt",'* ]] || continue
		deleted=0 calls=0
		number deleted "$line"
		number calls "$line"
		total_deleted=$((total_deleted + deleted))
		total_calls=$((total_calls + calls))
		name_of_entity "$line" || continue
		read -ra sums <<<"${sums_each[$entity]-0 0 0 0}"
		sums_each[$entity]="${sums[*]:0:3} $((sums[3] + deleted))"
	done <"$work/census"
}
read_check_calls() {	# calls_and_time takes those of qb-check from one line
	local line calls all=0
	[ -s "$work/checks" ] || return 0
	while IFS= read -r line; do
		calls=0
		number calls "$line"
		all=$((all + calls))
	done <"$work/checks"
	echo "{\"calls\":$all}" >"$work/check"
}

# A folder that is named for the first time lacks what was loaded before; and one that
# was left out once, what was loaded and marked then.
explain_archive() {
	grep -q '^  WRONG: not archived: ' "$work/report" || return 0
	! grep '^  WRONG: ' "$work/report" | grep -qv ' not archived: ' || return 0
	say "the tables are complete, but $archive_dir is not: it lacks what was loaded without --archive=$archive_dir"
	say 'next: run the command above once; it reads that again, into the archive, too, with what was deleted'
}

written() {	# written INSERTED UPDATED UNCHANGED DELETED: $text
	local words
	grouped "$1"; words="$text inserted"
	grouped "$2"; words+=", $text updated"
	[ "$3" = 0 ] || { grouped "$3"; words+=", $text unchanged"; }
	grouped "$4"; text="$words, $text deleted"
}
say_each() {
	local entity text
	for entity in "${entities[@]}"; do
		case ${sums_each[$entity]-0 0 0 0} in
		'0 0 0 0') text='nothing new' ;;
		*)
			# shellcheck disable=SC2086 # four numbers
			written ${sums_each[$entity]} ;;
		esac
		say "$entity: $text"
	done
	for entity in "${waiting[@]}"; do
		say "$entity: not read, it is not in QuickBooks' log of changes; loaded until ${covered_until[$entity]}"
	done
}
# The last lines of a run that got so far: what was written, and the verdict.
say_synced() {	# say_synced STATUS
	local text words
	read_check_calls
	say_absent
	if [ "$display" = json ]; then
		say_totals "$1"
		return
	fi
	[ -z "$quiet" ] || return 0
	say_each
	words=${#entities[@]}
	[ "$words" = 1 ] && words='1 entity' || words+=' entities'
	[ "$1" = 0 ] && words="ok: $words" || words="not ok (exit status $1): $words"
	written "$total_inserted" "$total_updated" "$total_unchanged" "$total_deleted"
	words+=" until $to: $text"
	calls_and_time
	say "$words; $text"
}
