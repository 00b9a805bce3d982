# known.bash - what the load log knows of each entity: how qb-sync reads it, and
# whether deletions are to be looked for.
# shellcheck shell=bash
# shellcheck disable=SC2004,SC2034,SC2154 # variables of the script and of its other parts

seconds_of() {	# seconds_of TIME: $seconds, of 90s, 15m, 12h, 7d or 2w, or of 0
	local unit
	[[ $1 =~ ^([0-9]{1,7})([smhdw])$ ]] || [[ $1 =~ ^(0)()$ ]] || return
	case ${BASH_REMATCH[2]} in
	m) unit=60 ;; h) unit=3600 ;; d) unit=86400 ;; w) unit=604800 ;; *) unit=1 ;;
	esac
	seconds=$((10#${BASH_REMATCH[1]} * unit))
}
interval_of() {	# interval_of OPTION VALUE: $seconds; -1 for never
	seconds=-1
	[ "$2" = never ] || seconds_of "$2" ||
		misused "--$1=$2 is neither a time, such as 7d or 12h, nor never"
}
# What is done every so often is done by a run that comes a little early, too: one that
# starts every night is never exactly a day after the one before.
due_since() {	# due_since SECONDS: $text, what was done last before that is due
	TZ=UTC0 printf -v text '%(%Y-%m-%dT%H:%M:%SZ)T' \
		$((now_seconds - $1 + $1 / 24))
}
text_member() {	# text_member NAME LINE: $text, a member of a line of JSON, or empty
	text=
	[[ $2 =~ \"$1\":\"([^\"]*)\" ]] && text=${BASH_REMATCH[1]}
}

# Of each entity that is loaded: where its earliest window begins, until when it is
# loaded without a gap, where it goes on after the first gap, when deletions were looked
# for last, whether QuickBooks' log of changes leaves it out, and whether that log has told
# all deletions since they were looked for.
known=()
declare -A covered_from=() covered_until=() gap_until=() last_census=() unlogged=() log_told=()
note_known() {	# note_known LINE: of qb-status
	local text
	name_of_entity "$1" || return 0
	# the periods of a report are read once, unless it is named
	[ "$named" ] || ! is_report "$entity" || return 0
	text_member covered_from "$1"
	[ "$text" ] || return 0
	known+=("$entity")
	covered_from[$entity]=$text
	text_member covered_until "$1"
	covered_until[$entity]=$text
	text_member gap_until "$1"
	gap_until[$entity]=$text
	text_member last_census "$1"
	last_census[$entity]=$text
	[[ $1 != *'"unlogged":true'* ]] || unlogged[$entity]=yes
	is_listed "$entity" || unlogged[$entity]=yes unlisted[$entity]=yes
	[ "$named" ] || optional[$entity]=yes
	[[ $1 != *'"deletions_known":true'* ]] || log_told[$entity]=yes
}
read_known() {
	local line ended
	known=() covered_from=() covered_until=() gap_until=() last_census=() unlogged=() log_told=()
	qb-status --json "${status[@]}" >"$work/known" 2>"$work/trouble"
	ended=$?
	while IFS= read -r line; do
		note_known "$line"
	done <"$work/known"
	if [ ${#known[@]} != 0 ] || [ $ended = 0 ]; then return; fi
	# of what is refused only this is a reason to load from the beginning
	if [ $ended = 69 ] && grep -q 'nothing was loaded into schema' "$work/trouble"; then
		return
	fi
	cat "$work/trouble" >&2
	exit $ended
}

# By which times an entity is selected, as qb-window --list has it.
declare -A selected_by=()
read_list() {
	local name table by kind
	while read -r name table by kind; do
		selected_by[$name]=$by
	done < <(qb-window --list)
}
is_report() { [[ $1 == report:* ]]; }
is_listed() { [ "${selected_by[$1]-}" ] || is_report "$1"; }
# Can deletions be found by counting what was created?
is_counted() {	# is_counted ENTITY
	! is_report "$1" && [[ ${selected_by[$1]-created} == *created* ]]
}

# $entities: those that are named, in the spelling of QuickBooks, or all that are loaded.
# Their lock comes first, and what is known of them is read after that: the run that held
# it has just loaded them.  It may have loaded more than was known when it was waited for;
# and where nothing is loaded yet, there may be a first load of any entity.
named=''
read_typed() {
	[ "${entities[*]}$unlisted_names" ] || return 0
	named=yes
	typed_words
	qb-window "${words[@]}" --from=2000-01-01 --to=2000-01-02 --every=1d >"$work/names" || exit
	read_named "$work/names"
	entities=("${named_entities[@]}")
}
lock_entities() {
	local before
	if [ "$named" ]; then
		name_words "${entities[@]}"
		hold_lock "${words[@]}"
		read_known
		return
	fi
	read_known
	while :; do
		before=${known[*]}
		name_words "${known[@]:-all}"
		hold_lock "${words[@]}"
		read_known
		[ "${known[*]}" != "$before" ] || break
		release
	done
	entities=("${known[@]}")
	[ ${#entities[@]} != 0 ] ||
		die 64 'nothing is loaded into this schema yet' \
			'name entities, and from when: qb-sync customers invoices items --from=2015-01-01'
}
read_first() {	# $first: --from in UTC, or empty
	local text
	first=''
	[ "$from" ] || return 0
	now_utc
	qb-window customers "${window[@]}" "--from=$from" "--to=$text" \
		--every=100y >"$work/first" || exit
	text_member start "$(head -n 1 "$work/first")"
	first=$text
}

# What is read: of each "HOW START END" its entities.  HOW is `windows` (by last change,
# the windows of --every), `once` (the same, in one window) or `change`.
reads=()
declare -A entities_of_read=()
read_as() {	# read_as HOW START END ENTITY
	local key="$1 $2 $3"
	[ "${entities_of_read[$key]-}" ] || reads+=("$key")
	entities_of_read[$key]+=" $4"
}
# What is checked, and where deletions are looked for: of each start its entities, and
# of each "START" or "START --offline" those that qb-check takes together.
starts=() checks=()
declare -A entities_from=() entities_of_check=()
check_as() {	# check_as START OPTION ENTITY
	local key="$1 $2"
	[ "${entities_from[$1]-}" ] || starts+=("$1")
	entities_from[$1]+=" $3"
	[ "${entities_of_check[$key]-}" ] || checks+=("$key")
	entities_of_check[$key]+=" $3"
}

log_days=30	# QuickBooks forgets older changes
# One that is loaded up to now is read from the log of changes; one that is new, or was
# interrupted, or was not loaded for so long that the log has forgotten, by windows.
choose_read() {	# choose_read ENTITY: false if it is not due
	local start=${covered_from[$1]-} until=${covered_until[$1]-} text counts=--offline
	if is_report "$1"; then		# in the periods of this command
		read_as windows "${first:-$start}" "$to" "$1"
		check_as "${first:-$start}" '' "$1"
		return
	fi
	due_since $((log_days * 86400))
	if [ -z "$until" ] || [ "${gap_until[$1]}" ] || [[ $until < $text ]]; then
		# an earlier start reads what lies before, a later one forgets nothing
		if [ -z "$start" ] || { [ "$first" ] && [[ $first < $start ]]; }; then
			start=$first
		fi
		read_as windows "$start" "$to" "$1"
		check_as "$start" '' "$1"
		return
	fi
	if [ "${unlogged[$1]-}" ]; then
		due_since "$unlogged_seconds"
		if [ -z "$named" ] || [ "${optional[$1]-}" ]; then
			[ "$unlogged_seconds" -ge 0 ] && [[ ! $until > $text ]] || return
		fi
		read_as once "$start" "$to" "$1"
	else
		read_as change "$start" "$to" "$1"
	fi
	if [ "$first" ] && [[ $first < $start ]]; then
		read_as windows "$first" "$start" "$1"
		start=$first counts=
	fi
	check_as "$start" "$counts" "$1"
}
# What only a group named may be missing in the company: without --from a later run of
# the same command leaves it out, as long as something else of it is loaded.
new=()
find_new() {
	local entity old='' text=''
	[ -z "$first" ] || return 0
	for entity in "${entities[@]}"; do
		if [ "${covered_from[$entity]-}" ]; then old=yes; else new+=("$entity"); fi
	done
	for entity in "${new[@]}"; do
		if [ -z "$old" ] || [ -z "${optional[$entity]-}" ]; then
			die 64 "$entity is not loaded yet" \
				"say from when: qb-sync ${unlisted[$entity]:+--unlisted=}$entity --from=2015-01-01"
		fi
		text+=", $entity"
	done
	[ -z "$text" ] ||
		inform "not loaded yet, left out: ${text#, }; with --from they are read"
}
# $entities: those that are read by this run; $waiting: those that are loaded and not due.
waiting=()
choose_reads() {
	local entity all=("${entities[@]}")
	find_new
	entities=()
	for entity in "${all[@]}"; do
		[[ " ${new[*]} " != *" $entity "* ]] || continue
		if choose_read "$entity"; then
			entities+=("$entity")
		else
			waiting+=("$entity")
		fi
	done
}
# One stream, so that qb-fetch asks for the changes of all entities by one call.
write_tickets() {
	local key how start end windows=0 more
	for key in "${reads[@]}"; do
		read -r how start end <<<"$key"
		case $how in
		windows) more=("${window[@]}") ;;
		once) more=(--every=100y) ;;
		change) more=(--by=change) ;;
		esac
		# shellcheck disable=SC2086 # names of entities
		name_words ${entities_of_read[$key]}
		qb-window "${words[@]}" "${more[@]}" "--from=$start" "--to=$end" >"$work/stream" ||
			exit
		windows=$((windows + $(windows_in "$work/stream")))
		grep -v '^{"qb":"end"' "$work/stream" | mark_optional
	done
	echo "{\"qb\":\"end\",\"windows\":$windows,\"rows\":0}"
}

# Of an entity that a load by last change left long without a row, the last window has to
# be read again, from a time that the log has forgotten.  What is known to be empty of
# it is closed by last change, for one call, so that the log can tell the rest from now on.
close_forgotten() {	# close_forgotten FILE: its tickets, and these
	local text entity
	due_since $((log_days * 86400))
	for entity in "${entities[@]}"; do
		echo "$entity ${covered_until[$entity]--}"
	done | awk -v oldest="$text" '
		function member(name) {
			if (!match($0, "\"" name "\":\"[^\"]*\"")) return ""
			return substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 5)
		}
		NR == FNR { until[$1] = $2; next }
		/^{"qb":"ticket".*"by":"change"/ {
			start = member("start")
			closed = until[member("entity")]
			since = member("empty_until")
			if ((since == "" ? start : since) < oldest && closed > oldest) {
				printf "{\"qb\":\"ticket\",\"window\":{\"entity\":\"%s\",\"by\":\"updated\",\"start\":\"%s\",\"end\":\"%s\",\"no\":1,\"of\":1}%s}\n",
					member("entity"), start, closed,
					/"optional":true/ ? ",\"optional\":true" : ""
				sub("\"start\":\"[^\"]*\"", "\"start\":\"" closed "\"")
				sub(",\"empty_until\":\"[^\"]*\"", "")
				more++
			}
		}
		/^{"qb":"end"/ && more {
			match($0, /"windows":[0-9]+/)
			windows = substr($0, RSTART + 10, RLENGTH - 10) + more
			sub(/"windows":[0-9]+/, "\"windows\":" windows)
		}
		{ print }' /dev/fd/0 "$1"
}

# Entities that qb-fetch read by last change because the log of changes had too many
# changes, or had forgotten them: what was deleted is not known.  Not those of which the
# log is refused: that may be so every night.
declare -A untold=()
read_untold() {	# of what was said
	local line name
	[ -e "$work/said" ] || return 0
	while IFS= read -r line; do
		case $line in
		"qb-fetch: "*": more was changed than QuickBooks' log of changes returns; "*|\
		"qb-fetch: "*": QuickBooks' log of changes goes back 30 days; "*)
			name=${line#qb-fetch: }
			untold[${name%%[: ]*}]=yes ;;
		esac
	done <"$work/said"
}

# Deletions are looked for in what earlier runs have loaded, when that was done longer
# ago than --census says, or never.  Where the log of changes has told all deletions since,
# only its mistakes are left to be found; what it leaves out are lists, whose objects are
# made inactive.  Five weeks are never twice in a calendar month.  Where it told all until
# this run, but not in it, they are looked for at once.
told_factor=5
declare -A due=()
choose_census() {
	local entity seconds text last
	[ "$census_seconds" -ge 0 ] || return 0
	for entity in "${entities[@]}"; do
		[ "${covered_from[$entity]-}" ] || continue
		is_counted "$entity" || continue
		last=${last_census[$entity]}
		seconds=$census_seconds
		[ -z "${log_told[$entity]-}${unlogged[$entity]-}" ] || seconds=$((seconds * told_factor))
		due_since "$seconds"
		if [ -z "$last" ] || [[ ! $last > $text ]] ||
			[ "${log_told[$entity]-}${untold[$entity]-}" = yesyes ]; then
			due[$entity]=yes
		fi
	done
}
