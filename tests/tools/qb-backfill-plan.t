#!/bin/sh
# qb-backfill --plan: what a run would read and cost, with nothing written.  The other
# tools are stand-ins; of each run of windows qb-fetch --plan tells 24 rows, 3 calls.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/stages.sh
. "${0%/*}/../lib/stages.sh"
unset QBO_MONTHLY_CALLS
plan() {	# plan OPTION...
	run invoices customers --from=2025-01-01 --to=2025-07-01 --every=1d --plan "$@"
}

fresh
mkdir "$dir/tmp"
TMPDIR=$dir/tmp plan --archive="$dir/archive"
is 'a table: entities, the check, the sum, the share of the month' \
	"$rc $(cat "$dir/out")" \
"0 entity                            rows     scans       calls    minutes
Invoice                             48         2           6        0.1
Customer                            72         3           9        0.1
qb-check                                                   2        0.1
total                              120         5          17        0.1

That is less than 0.01 % of 500,000 calls a month, shared by all companies.
Planning itself took 7 calls."
is 'nothing is said' "$(cat "$dir/err")" ''
is 'no lock is taken, and only what is pending is asked' "$(cat "$dir/called")" \
	'qb-pending
qb-fetch --plan'
is 'nothing is written' "$(find "$dir/tmp" "$dir/archive" "$dir/state" -mindepth 1 2>/dev/null)" ''
is 'no line is wider than 80 columns' "$(awk 'length > 80' "$dir/out")" ''

plan --json
is 'JSON: an object an entity, and one of all' "$rc $(cat "$dir/out")" \
'0 {"qb":"plan","entity":"Invoice","windows":2,"rows":48,"scans":2,"calls":6,"minutes":0.1}
{"qb":"plan","entity":"Customer","windows":3,"rows":72,"scans":3,"calls":9,"minutes":0.1}
{"qb":"plan_total","windows":5,"rows":120,"scans":5,"calls":17,"check_calls":2,"minutes":0.1,"monthly_calls":500000,"share_of_month":0.000034,"planning_calls":7}'
is 'which a reader of JSON takes' "$(jq -s length "$dir/out")" 3
QBO_MONTHLY_CALLS=1000 plan --json
is 'QBO_MONTHLY_CALLS is the month' \
	"$(tail -n 1 "$dir/out" | jq -c '[.monthly_calls, .share_of_month]')" '[1000,0.017]'
QBO_MONTHLY_CALLS=1000 plan
ok 'in the table, too' grep -q '^That is 1.70 % of 1,000 calls a month' "$dir/out"

fresh ROWS=1000000000
plan
ok 'large numbers stay in their columns' grep -qx \
	'total                    5,000,000,000         5          17        0.1' "$dir/out"
fresh ROWS=0
plan
is 'where there are no rows, qb-check asks nothing' "$(grep -c '^qb-check' "$dir/out")" 0
is 'it is said how many calls are left' "$(sed -n 's/^total .* 0 .* 5 *//p' "$dir/out")" '15        0.1'

fresh 'loaded= Invoice '
plan
is 'what is loaded is not planned' "$(sed -n '2,/^total/s/ .*//p' "$dir/out" | paste -sd' ')" \
	'Customer qb-check total'
plan --reload
is 'but with --reload' "$(sed -n '2,/^total/s/ .*//p' "$dir/out" | paste -sd' ')" \
	'Invoice Customer qb-check total'
fresh 'loaded= Invoice  Customer '
plan
is 'nothing is pending: QuickBooks is not asked' "$rc $(cat "$dir/out") $(cat "$dir/called")" \
	'0 nothing is pending: 362 windows, all loaded before qb-pending'
plan --json
is 'JSON: nothing is pending' "$rc $(cat "$dir/out")" \
'0 {"qb":"plan_total","windows":0,"rows":0,"scans":0,"calls":0,"check_calls":0,"minutes":0.0,"monthly_calls":500000,"share_of_month":0.000000,"planning_calls":0}'

for tool in pending fetch; do
	fresh qb-$tool.status=69
	plan
	is "qb-$tool fails: its status, and no table" "$rc $(cat "$dir/out")" '69 '
done
fresh
run invoices --from=2025-01-01 --json
is '--json alone is refused' "$rc $(cat "$dir/called" 2>/dev/null)" '64 '
done_testing
