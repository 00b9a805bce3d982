# known.bash - what the load log knows of each entity: where qb-sync begins, and
# whether deletions are to be looked for.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables of the script and of its other parts

seconds_of() {	# seconds_of TIME: $seconds, of 90s, 15m, 12h, 7d or 2w
	local unit
	[[ $1 =~ ^([0-9]{1,7})([smhdw])$ ]] || return
	case ${BASH_REMATCH[2]} in
	s) unit=1 ;; m) unit=60 ;; h) unit=3600 ;; d) unit=86400 ;; w) unit=604800 ;;
	esac
	seconds=$((10#${BASH_REMATCH[1]} * unit))
}
text_member() {	# text_member NAME LINE: $text, a member of a line of JSON, or empty
	text=
	[[ $2 =~ \"$1\":\"([^\"]*)\" ]] && text=${BASH_REMATCH[1]}
}

# Of each entity that is loaded: where its earliest window begins, and when deletions
# were looked for last.
known=()
declare -A covered_from=() last_census=()
read_known() {
	local line text ended
	qb-status --json "${status[@]}" >"$work/known" 2>"$work/trouble"
	ended=$?
	while IFS= read -r line; do
		name_of_entity "$line" || continue
		text_member covered_from "$line"
		[ "$text" ] || continue
		known+=("$entity")
		covered_from[$entity]=$text
		text_member last_census "$line"
		last_census[$entity]=$text
	done <"$work/known"
	if [ ${#known[@]} != 0 ] || [ $ended = 0 ]; then return; fi
	# of what is refused only this is a reason to load from the beginning
	if [ $ended = 69 ] && grep -q 'nothing was loaded into schema' "$work/trouble"; then
		return
	fi
	cat "$work/trouble" >&2
	exit $ended
}

# In the spelling of QuickBooks; without names those that are loaded.
name_entities() {
	local names
	if [ ${#entities[@]} = 0 ]; then
		entities=("${known[@]}")
		[ ${#entities[@]} != 0 ] ||
			die 64 'nothing is loaded into this schema yet' \
				'name entities, and from when: qb-sync customers invoices items --from=2015-01-01'
		return
	fi
	qb-window "${entities[@]}" --from=2000-01-01 --to=2000-01-02 --every=1d >"$work/names" ||
		exit
	mapfile -t entities < <(entities_of "$work/names" | sed 's/.* //')
}

# Of each start the entities that begin there.
starts=()
declare -A entities_from=()
choose_starts() {
	local entity text first='' start
	if [ "$from" ]; then
		qb-window "${entities[0]}" "${window[@]}" "--from=$from" "--to=$to" \
			--every=100y >"$work/first" || exit
		text_member start "$(head -n 1 "$work/first")"
		first=$text
	fi
	for entity in "${entities[@]}"; do
		start=${covered_from[$entity]-}
		[ "$start" ] || [ "$first" ] ||
			die 64 "$entity is not loaded yet" \
				"say from when: qb-sync $entity --from=2015-01-01"
		# an earlier start reads what lies before, a later one forgets nothing
		if [ -z "$start" ] || { [ "$first" ] && [[ $first < $start ]]; }; then
			start=$first
		fi
		[ "${entities_from[$start]-}" ] || starts+=("$start")
		entities_from[$start]+=" $entity"
	done
}

# Deletions are looked for in what earlier runs have loaded, when that was done longer
# ago than --census says, or never.
declare -A due=()
choose_census() {
	local entity last
	[ "$census_seconds" -ge 0 ] || return 0
	for entity in "${entities[@]}"; do
		[ "${covered_from[$entity]-}" ] || continue
		last=0
		[ -z "${last_census[$entity]}" ] || last=$(date -d "${last_census[$entity]}" +%s)
		[ $((now_seconds - last)) -lt "$census_seconds" ] || due[$entity]=yes
	done
}
# Marked by this run, and the calls that finding them took.
read_deleted() {
	local line deleted calls
	[ -s "$work/census" ] || return 0
	while IFS= read -r line; do
		[[ $line == '{"qb":"receipt",'* ]] || continue
		deleted=0 calls=0
		number deleted "$line"
		number calls "$line"
		total_deleted=$((total_deleted + deleted))
		total_calls=$((total_calls + calls))
	done <"$work/census"
}

# The last line of a run that got so far.
say_synced() {	# say_synced STATUS
	local text words calls line
	# calls_and_time takes those of qb-check from one line
	if [ -s "$work/checks" ]; then
		words=0
		while IFS= read -r line; do
			calls=0
			number calls "$line"
			words=$((words + calls))
		done <"$work/checks"
		echo "{\"calls\":$words}" >"$work/check"
	fi
	if [ "$display" = json ]; then
		say_totals "$1"
		return
	fi
	[ -z "$quiet" ] || return 0
	words=${#entities[@]}
	[ "$words" = 1 ] && words='1 entity' || words+=' entities'
	words+=" until $to, $(sums_of "$total_rows" "$total_inserted" \
		"$total_updated" "$total_unchanged")"
	grouped "$total_deleted"
	words+=", $text deleted"
	calls_and_time
	say "$words; $text"
}
