#!/bin/sh
# qb-sim: reports.
set -u
here=${0%/*}
# shellcheck source=tests/lib/tap.sh
. "$here/../lib/tap.sh"
dir=$(mktemp -d)
trap 'sim_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "$here/../lib/sim.sh"
# shellcheck source=tests/sim/ask.sh
. "$here/ask.sh"
report() {	# report NAME PARAMETER...
	name=$1; shift
	api "reports/$name?$(printf '%s&' "$@")minorversion=75"
}
header() { got "[.Header | .$(printf '%s' "$1" | sed 's/,/,./g')] | join(\" \")"; }
cents() { got "$1" | tr -d .; }
result='[.Rows.Row[] | select(.group == "NetIncome")][0].Summary.ColData[1].value'

printf '%s\n' 'entity CashFlow report status 400 code 5020
entity GeneralLedger report always cut-report
entity BalanceSheet report ignore-filter
entity JournalReport report cut-json' >"$dir/script"
begin --rows=all=0,Customer=5 --script="$dir/script" --log="$dir/log"

report ProfitAndLoss start_date=2024-02-01 end_date=2024-02-29 accounting_method=Cash
is "a report repeats what was asked for" \
	"$status $(header ReportName,ReportBasis,StartPeriod,EndPeriod)" \
	"200 ProfitAndLoss Cash 2024-02-01 2024-02-29"
ok "it says when it was made" sh -c "jq -e '.Header.Time | test(\"^20..-.*T.*-0[78]:00\$\")' $dir/body"
is "and that it has data" "$(got '.Header.Option[0] | .Name + .Value')" NoReportDatafalse
sum=0
for month in 01-01+01-31 02-01+02-29 03-01+03-31; do
	report ProfitAndLoss "start_date=2024-${month%+*}" "end_date=2024-${month#*+}"
	sum=$((sum + $(cents "$result")))
done
report ProfitAndLoss start_date=2024-01-01 end_date=2024-03-31
is "months add up to their quarter" "$(cents "$result")" "$sum"
was=$(got "$result")
report ProfitAndLoss start_date=2024-01-01 end_date=2024-03-31 accounting_method=Cash
ok "which is another one on the other basis" test "$(got "$result")" != "$was"
report TrialBalance start_date=2024-01-01 end_date=2024-06-30
is "debits equal credits" \
	"$(got '.Rows.Row[0:-1] | map(.ColData[1].value | if . == "" then 0 else tonumber end) | add * 100 | round')" \
	"$(got '.Rows.Row[0:-1] | map(.ColData[2].value | if . == "" then 0 else tonumber end) | add * 100 | round')"
report ProfitAndLoss start_date=2020-01-01 end_date=2020-01-31
is "before the company there are no data" \
	"$(got '[.Header.Option[0].Value, (.Rows | length)] | join(" ")')" "true 0"

report ProfitAndLoss start_date=31.1.2024 end_date=2024-02-31 accounting_method=cash
is "what is not understood is ignored: the month so far" \
	"$status $(header ReportBasis,StartPeriod,EndPeriod)" \
	"200 Accrual $(TZ=America/Los_Angeles date +%Y-%m-01) $(TZ=America/Los_Angeles date +%F)"
report AgedReceivables report_date=2024-05-31
is "the aging reports ignore a date alone" \
	"$(got '.Header.Option[0].Value')" "$(TZ=America/Los_Angeles date +%F)"
report AgedReceivables report_date=2024-05-31 aging_method=Report_Date
is "and take it with the method" "$(got '.Header.Option[0].Value')" 2024-05-31
report CustomerBalance report_date=2024-05-31
is "others take it alone" "$(got '.Header.Option[0].Value')" 2024-05-31

report profitandloss start_date=2024-01-01 end_date=2024-01-31
is "a name in another case" "$status $(got '.Fault.Error[0] | .code + " " + .element')" "400 5020 ReportName"
report CashFlow start_date=2024-01-01 end_date=2024-01-31
is "a report that is refused" "$status $(got '.Fault.Error[0] | .code + " " + .Message')" \
	"400 5020 Permission Denied Error"
report GeneralLedger start_date=2024-01-01 end_date=2024-01-31
is "a report that is cut" "$status $(got '.Rows.Row[-1].ColData[0].value')" \
	"200 Unable to display more data. Please reduce the date range."
report BalanceSheet start_date=2024-01-01 end_date=2024-01-31
ok "parameters that are ignored" test "$(header EndPeriod)" != 2024-01-31
report BalanceSheet start_date=2024-01-01 end_date=2024-01-31
is "once" "$(header StartPeriod,EndPeriod)" "2024-01-01 2024-01-31"
report JournalReport start_date=2024-01-01 end_date=2024-01-31
ok "JSON that is cut" not is_json "$dir/body"

report ProfitAndLoss start_date=2024-01-01 end_date=2024-12-31
before=$(cents "$result")
change Customer edit rows=2 >/dev/null
report ProfitAndLoss start_date=2024-01-01 end_date=2024-12-31
is "what a test changes, changes reports" "$(($(cents "$result") - before))" 200
is "the log names them" \
	"$(grep -c 'kind=report status=200 entity=ProfitAndLoss' "$dir/log")" \
	"$(grep -c 'entity=ProfitAndLoss' "$dir/log")"
done_testing
