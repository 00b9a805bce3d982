#!/bin/sh
# qb-fetch, windows by report: one call each, the body as it came; nothing is sealed
# that is not what was requested, or not all of it.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d)
trap 'sim_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
export XDG_STATE_HOME="$dir/state"
range='--from=2025-01-01 --to=2025-04-01 --every=1mo'
log="$dir/sim.log"

begin() {	# begin RULES
	printf '%s\n' "$1" >"$dir/script"
	rm -f "$log"
	sim_start --from=2025-01-01 --to=2026-01-01 --rows=all=0 --script="$dir/script" ||
		{ echo 'Bail out! no simulator'; exit 1; }
}
fetch() {	# fetch REPORT... [-- OPTION...]: rc, $dir/out and $dir/err
	names=
	while [ $# -gt 0 ]; do
		[ "$1" != -- ] || { shift; break; }
		names="$names $1"; shift
	done
	# shellcheck disable=SC2086 # words
	qb-window $names $range | qb-fetch --no-rate-limit "$@" >"$dir/out" 2>"$dir/err"
	rc=$?
}
said() { grep -q "$@" "$dir/err"; }
seals() { grep -c '^{"qb":"seal"' "$dir/out"; }
ids() { jq -r 'select(.qb == "row").row.id' "$dir/out"; }
sound() { qb-stamp <"$dir/out" >/dev/null 2>"$dir/stamp.err"; }
requests() { grep -c 'kind=report' "$log"; }

# --- as it came

begin ''
fetch report:ProfitAndLoss:Cash report:AgedReceivables
is 'two reports of three months' "$rc $(seals)" '0 6'
ok 'the stream is whole' sound
is 'by a call each' "$(requests) $(jq -r 'select(.qb == "seal").fetch.calls' "$dir/out" | paste -sd+)" \
	'6 1+1+1+1+1+1'
is 'the id is the report and its parameters' "$(ids | sed -n '1p;4p')" \
	'ProfitAndLoss?accounting_method=Cash&end_date=2025-01-31&start_date=2025-01-01
AgedReceivables?aging_method=Report_Date&report_date=2025-01-31'
is 'and so is the request' "$(jq -r 'select(.qb == "row") | .page.request
	| .url + "?" + .query' "$dir/out" | sed -n 1p)" \
	"$QBO_API_URL/v3/company/$QBO_REALM_ID/reports/$(ids | sed -n 1p)"
is 'its time is that of the report' "$(jq -c 'select(.qb == "row") | [.row.updated == .payload.Header.Time,
	.page.at == .row.updated]' "$dir/out" | sort -u)" '[true,true]'
is 'counts are null, and pages 1' "$(jq -c 'select(.qb == "seal").fetch
	| [.count_before, .count_after, .pages, .rows]' "$dir/out" | sort -u)" '[null,null,1,1]'
is 'nothing is said' "$(cat "$dir/err")" ''
curl -s -H "Authorization: Bearer $(qb-auth token)" -H 'Accept: application/json' \
	"$QBO_API_URL/v3/company/$QBO_REALM_ID/reports/$(ids | sed -n 1p)" >"$dir/body"
without_time() { sed 's/"Time":"[^"]*"/"Time":""/'; }
is 'the payload is the body, byte for byte' \
	"$(sed -n '1s/.*,"payload":\(.*\)}$/\1/p' "$dir/out" | without_time)" \
	"$(without_time <"$dir/body")"

# --- cut at any place, it is refused

size=$(wc -c <"$dir/out")
for part in 1 2 3 5 8 13 21 34 55 89 95 99; do
	head -c $((size * part / 100)) "$dir/out" >"$dir/cut"
	qb-stamp <"$dir/cut" >"$dir/passed" 2>/dev/null
	rc=$?
	[ "$rc" != 65 ] && [ "$rc" != 75 ] && echo "$part%: status $rc"
	[ "$(grep -c '^{"qb":"seal"' "$dir/passed")" -le "$(grep -c '^{"qb":"seal"' "$dir/cut")" ] ||
		echo "$part%: a seal that did not come"
done >"$dir/wrong"
is 'a stream that is cut is refused' "$(cat "$dir/wrong")" ''

# --- what comes instead

begin 'report times 1 html
entity TrialBalance report times 1 cut-body
entity GeneralLedger report times 1 no-comma'
fetch report:ProfitAndLoss report:TrialBalance report:GeneralLedger
is 'what is broken is read again' "$rc $(seals) $(requests)" '0 9 12'
ok 'and what came is whole' sound

begin 'entity BalanceSheet report ignore-filter
entity GeneralLedger report times 3 cut-report
entity CashFlow report always status 400 code 5020
entity JournalReport report always status 504'
fetch report:BalanceSheet
is 'a parameter that QuickBooks ignores: status' "$rc $(seals)" '69 0'
ok 'it says which' said 'report:BalanceSheet 1/3 .*: QuickBooks ignored a parameter: StartPeriod is .*, and 2025-01-01 was requested'
fetch report:GeneralLedger
is 'a report that is cut: status' "$rc $(seals)" '69 0'
ok 'it says so' said 'report:GeneralLedger 1/3 .*: QuickBooks cut the report'
ok 'and what helps' said 'qb-window report:GeneralLedger --from=2025-01-01 --every='
fetch report:GeneralLedger report:TrialBalance -- --keep-going
is 'with --keep-going the others are read: status' "$rc $(seals)" '69 4'
ok 'without an end' [ -z "$(grep '"qb":"end"' "$dir/out")" ]
fetch report:CashFlow report:TrialBalance
is 'a report that the company does not have: status' "$rc $(seals)" '69 3'
is 'it is told once' "$(grep -c 'is not in this company, and is left out' "$dir/err")" 1
ok 'with the code' said 5020
is 'after one call' "$(grep -c 'entity=CashFlow' "$log")" 1
fetch report:JournalReport
is 'a report that takes too long: status' "$rc $(seals)" '75 0'
is 'it is tried twice' "$(grep -c 'entity=JournalReport' "$log")" 2
ok 'and shorter periods are the advice' said 'read it in shorter periods'

# --- days of another zone

begin ''
qb-window report:ProfitAndLoss --from=2025-01-01 --to=2025-02-01 --every=1mo --tz=Asia/Tokyo |
	qb-fetch --no-rate-limit >"$dir/out" 2>"$dir/err"
is 'days are those of the zone' "$? $(ids)" \
	'0 ProfitAndLoss?end_date=2025-01-31&start_date=2025-01-01'
printf '%s\n' '{"qb":"ticket","window":{"entity":"report:ProfitAndLoss","by":"report","start":"2025-01-01T05:00:00Z","end":"2025-02-01T00:00:00Z","no":1,"of":1}}' \
	'{"qb":"end","windows":1,"rows":0}' | qb-fetch >"$dir/out" 2>"$dir/err"
is 'a window that is not of whole days' "$? $(cat "$dir/out")" '65 '
done_testing
