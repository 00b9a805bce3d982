# plan.bash - qb-backfill --plan: what a run would read, and what that costs.
# shellcheck shell=bash
# shellcheck disable=SC2004,SC2034,SC2154 # variables of the script and of its other parts

# Of each entity, in the order of qb-fetch; several runs of windows are added up.
plan_entities=()
# What is read whole is not counted before.
declare -A plan_windows=() plan_rows=() plan_scans=() plan_calls=() plan_uncounted=()
planning_calls=0

plan_line() {	# plan_line LINE: of qb-fetch --plan
	local entity='' windows=0 rows=0 scans=0 calls=0 calls_used=0 name
	if ! name_of_entity "$1"; then
		number calls_used "$1"
		planning_calls=$((planning_calls + calls_used))
		return
	fi
	for name in windows rows scans calls; do
		number $name "$1"
	done
	case $1 in
	*'"by":"whole"'*|*'"by":"as-of"'*|*'"by":"report"'*) plan_uncounted[$entity]=yes ;;
	esac
	[ "${plan_rows[$entity]+known}" ] || plan_entities+=("$entity")
	plan_windows[$entity]=$((${plan_windows[$entity]-0} + windows))
	plan_rows[$entity]=$((${plan_rows[$entity]-0} + rows))
	plan_scans[$entity]=$((${plan_scans[$entity]-0} + scans))
	plan_calls[$entity]=$((${plan_calls[$entity]-0} + calls))
}

# Intuit lets an app read 10 times a second and 500 times a minute from a company:
# 500 calls take 50 seconds, and the next one waits until the minute is over.
minutes_of() {	# minutes_of CALLS: $text, rounded up to a tenth
	local whole=0 tenths_of_a_second=0 tenths
	[ "$1" = 0 ] || whole=$((($1 - 1) / 500))
	[ "$1" = 0 ] || tenths_of_a_second=$((600 * whole + ($1 - 1) % 500 + 1))
	tenths=$(((tenths_of_a_second + 59) / 60))
	printf -v text '%d.%d' $((tenths / 10)) $((tenths % 10))
}

month_calls() {	# $month: what an app may read in a month, for all companies together
	month=${QBO_MONTHLY_CALLS-}
	[[ $month =~ ^[1-9][0-9]{0,14}$ ]] || month=500000
}
share_of_month() {	# share_of_month CALLS: $text, such as "0.03 %"
	local month hundredths
	month_calls
	hundredths=$(($1 * 10000 / month))
	if [ "$hundredths" = 0 ] && [ "$1" != 0 ]; then
		text='less than 0.01 %'
	else
		printf -v text '%d.%02d %%' $((hundredths / 100)) $((hundredths % 100))
	fi
}

counts() {	# counts ENTITY: $rows and $scans, which may be empty
	rows='' scans=''
	[ ! "${plan_uncounted[$1]-}" ] || return 0
	rows=${plan_rows[$1]} scans=${plan_scans[$1]}
}
plan_row() {	# plan_row NAME ROWS SCANS CALLS: of the table; a number may be empty
	local columns=("$2" "$3" "$4") i
	for i in 0 1 2; do
		[ -z "${columns[i]}" ] || { grouped "${columns[i]}"; columns[i]=$text; }
	done
	minutes_of "$4"
	printf '%-24s %13s %9s %11s %10s\n' "$1" "${columns[@]}" "$text"
}
plan_table() {	# plan_table ROWS SCANS CALLS CHECK_CALLS
	local entity rows scans month all=$(($3 + $4))
	printf '%-24s %13s %9s %11s %10s\n' entity rows scans calls minutes
	for entity in "${plan_entities[@]}"; do
		counts "$entity"
		plan_row "$entity" "$rows" "$scans" "${plan_calls[$entity]}"
	done
	[ "$4" = 0 ] || plan_row qb-check '' '' "$4"
	plan_row total "$1" "$2" "$all"
	month_calls
	grouped "$month"
	month=$text
	share_of_month "$all"
	printf '\nThat is %s of %s calls a month, shared by all companies.\n' "$text" "$month"
	counted "$planning_calls" call
	printf 'Planning itself took %s.\n' "$text"
}
plan_json() {	# plan_json WINDOWS ROWS SCANS CALLS CHECK_CALLS
	local entity rows scans month all=$(($4 + $5)) millionths
	for entity in "${plan_entities[@]}"; do
		minutes_of "${plan_calls[$entity]}"
		counts "$entity"
		printf '{"qb":"plan","entity":"%s","windows":%d,"rows":%s,"scans":%s,"calls":%d,"minutes":%s}\n' \
			"$entity" "${plan_windows[$entity]}" "${rows:-null}" \
			"${scans:-null}" "${plan_calls[$entity]}" "$text"
	done
	month_calls
	millionths=$((all * 1000000 / month))
	minutes_of "$all"
	printf '{"qb":"plan_total","windows":%d,"rows":%d,"scans":%d,"calls":%d,"check_calls":%d,"minutes":%s,"monthly_calls":%d,"share_of_month":%d.%06d,"planning_calls":%d}\n' \
		"$1" "$2" "$3" "$all" "$5" "$text" "$month" \
		$((millionths / 1000000)) $((millionths % 1000000)) "$planning_calls"
}
# qb-check counts each entity of the range once, unless the run read no row; of what is
# read whole it counts what a count has all of, and reads the others.
calls_of_check() {	# calls_of_check ENTITY: $calls
	case $1 in
	TaxCode) calls=${plan_calls[$1]-0} ;;
	CompanyInfo|Preferences|ExchangeRate|report:*) calls=0 ;;
	*) calls=1 ;;
	esac
}
calls_of_checks() {	# $check_calls
	local entity calls
	note_absent "$(tail -qn 1 "$work/plan.status" 2>/dev/null)"
	for entity in "${!dropped[@]}"; do
		absent[$entity]=yes
	done
	present "${named_entities[@]}"
	for entity in "${present[@]}"; do
		calls_of_check "$entity"
		check_calls=$((check_calls + calls))
	done
}
plan_print() {	# from $work/planned
	local line windows=0 rows=0 scans=0 calls=0 check_calls=0 entity
	while IFS= read -r line; do
		[[ $line != '{"qb":"plan",'* ]] || plan_line "$line"
	done <"$work/planned"
	for entity in "${plan_entities[@]}"; do
		windows=$((windows + ${plan_windows[$entity]}))
		rows=$((rows + ${plan_rows[$entity]}))
		scans=$((scans + ${plan_scans[$entity]}))
		calls=$((calls + ${plan_calls[$entity]}))
	done
	if [ "$rows${plan_uncounted[*]}" != 0 ] || ! offline_check_may_do; then
		calls_of_checks
	fi
	if [ "$json" ]; then
		plan_json $windows $rows $scans $calls "$check_calls"
	elif [ ${#plan_entities[@]} = 0 ]; then
		counted "$(windows_in "$work/tickets")" window
		echo "nothing is pending: $text, all loaded before"
	else
		plan_table $rows $scans $calls "$check_calls"
	fi
}
plan_read() {
	: >"$work/planned"
	pending_stage <"$work/tickets" >"$work/pending" || return
	[ "$(windows_in "$work/pending")" = 0 ] ||
		qb-fetch --plan "${fetch[@]}" "--status-file=$work/plan.status" \
			<"$work/pending" >"$work/planned"
}
# Was nothing refused but entities that the company does not have?
plan_all_but_absent() {
	[ "$verdict" = 69 ] && grep -qs '"absent":\["' "$work/plan.status"
}
