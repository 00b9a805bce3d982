#!/bin/sh
# qb-status and qb_freshness: what is read whole, rates, reports, what qb does not list,
# and the company's name.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
root=$(cd "${0%/*}/../.." && pwd)
dir=$(mktemp -d)
trap 'pg_stop; rm -rf "$dir"' EXIT
pg_start || exit 1
export PGOPTIONS='-c client_min_messages=error' PGTZ=UTC
unset QBO_ENV QBO_REALM_ID QBO_CLIENT_ID

load() { # load READING...
	python3 "$root/tests/lib/whole.py" "$@" | qb-load >"$dir/receipts" 2>"$dir/err" ||
		cat "$dir/err"
}
status() { # status [OPTION...]
	qb-status --json "$@" >"$dir/out" 2>"$dir/err"
	status=$?
}
of() { # of ENTITY MEMBER...: of the last qb-status
	entity=$1
	shift
	jq -c --arg entity "$entity" "select(.entity == \$entity) | [$(printf '.%s,' "$@" |
		sed 's/,$//')]" "$dir/out"
}
fresh() { # fresh ENTITY
	pg -c "select table_name, covered_until_utc from raw.qb_freshness where entity = '$1'"
}
ago() { date -u -d "$1 ago" +%Y-%m-%dT%H:%M:%SZ; }

# Read whole: the last reading counts, wherever it began.
load "rows=1:a by=updated start=2025-01-01T00:00:00Z end=2025-02-01T00:00:00Z"
status
is 'windows by updated cover a list, as long as it was never read whole' \
	"$(of TaxCode covered_until gap_until)" '["2025-02-01T00:00:00Z",null]'
load "rows=TAX:a+NON:a known=1 start=2025-03-01T00:00:00Z end=2025-09-01T00:00:00Z"
status
is 'a reading covers it up to its end' \
	"$(of TaxCode covered_from covered_until gap_until deletions_known unlogged unlisted)" \
	'["2025-03-01T00:00:00Z","2025-09-01T00:00:00Z",null,true,true,false]'
load "known=3 start=2025-10-01T00:00:00Z end=2025-11-01T00:00:00Z at=2025-10-20T00:00:00Z"
status
is 'there is no gap between two, and one without rows counts' \
	"$(of TaxCode covered_until gap_until)" '["2025-10-19T23:45:00Z",null]'
is 'the view says the same' "$(fresh TaxCode)" 'tax_codes|2025-10-19 23:45:00+00'

# Rates.
load "entity=ExchangeRate by=as-of rows=EUR/2025-01-01:1 end=2025-01-02T00:00:00Z"
load "entity=ExchangeRate by=as-of rows=EUR/2025-01-04:1 start=2025-01-04T00:00:00Z end=2025-01-05T00:00:00Z"
status
is 'rates are covered by day, with gaps' "$(of ExchangeRate covered_until gap_until deletions_known)" \
	'["2025-01-02T00:00:00Z","2025-01-04T00:00:00Z",true]'
is 'in the view, too' "$(fresh ExchangeRate)" 'exchange_rates|2025-01-02 00:00:00+00'

# Reports.
profit='ProfitAndLoss?end_date=2025-01-31&start_date=2025-01-01'
cash='ProfitAndLoss?accounting_method=Cash&end_date=2025-01-31&start_date=2025-01-01'
march='ProfitAndLoss?end_date=2025-03-31&start_date=2025-03-01'
load "entity=report:ProfitAndLoss by=report rows=$profit:1" \
	"entity=report:ProfitAndLoss:Cash by=report rows=$cash:1" \
	"entity=report:ProfitAndLoss by=report rows=$march:1 start=2025-03-01T00:00:00Z end=2025-04-01T00:00:00Z"
status
is 'a report has rows of its own, and no gaps' \
	"$(of report:ProfitAndLoss table rows covered_until gap_until unlisted)" \
	'["reports",2,"2025-04-01T00:00:00Z",null,false]'
is 'one on another basis is another one' "$(of report:ProfitAndLoss:Cash rows)" '[1]'
is 'the view says when it was read last' "$(fresh report:ProfitAndLoss)" \
	'reports|2025-09-13 01:28:35+00'
status --max-age=1d
is 'a report is not late, however old its period is' \
	"$status $(jq -r 'select(.late == true).entity' "$dir/out" | paste -sd' ' -)" \
	'75 ExchangeRate TaxCode'
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
load "known=3 start=2025-09-01T00:00:00Z end=$(ago '7 days') at=$(ago '7 days')" \
	"entity=ExchangeRate by=as-of rows=EUR/2025-01-01:1 start=2025-01-01T00:00:00Z end=$(ago '7 days') at=$now"
status --max-age=1d
is 'what the log of changes leaves out is read once a week' "$status" 0

# An entity that qb does not list.
load "entity=Invoice by=updated rows=7:a"
pg -c "update raw.qb_windows set entity = 'ChangeOrder' where entity = 'Invoice'" \
	-c 'alter table raw.invoices rename to change_orders'
status
is 'what qb does not list is shown like others' \
	"$(of ChangeOrder table rows unlogged unlisted)" '["change_orders",1,true,true]'

# The company.
is 'its name is not known' "$(jq -c 'select(.at) | .company' "$dir/out")" null
load "entity=CompanyInfo rows=1:a"
status
is 'nor from a row without it' "$(jq -c 'select(.at) | .company' "$dir/out")" null
pg -c "update raw.company_infos set payload = '{\"CompanyName\":\"Caf\u00e9 \\\\ \\\"Sol\\\"\u0007\"}'"
status
is 'its name is that of CompanyInfo, without control characters' \
	"$(jq -c 'select(.at) | .company' "$dir/out")" '"Café \\ \"Sol\" "'
ok 'in text' sh -c "qb-status | head -n 1 |
	grep -qF 'company 4620816365 (Café \\ \"Sol\" ), at '"
qb-status --metrics >"$dir/metrics"
is 'as a metric' "$(python3 "$root/tests/lib/openmetrics.py" <"$dir/metrics" | grep company)" \
	'qb_company_info{schema="raw",realm="4620816365",name="Café \ "Sol" "} 1'
pg -c "create role t_status_whole login; grant usage on schema raw to t_status_whole;
	grant select on raw.qb_windows, raw.qb_realm to t_status_whole"
is 'a role that may not read the table does without' \
	"$(PGUSER=t_status_whole qb-status --json | jq -c 'select(.at) | .company')" null
pg -c 'drop owned by t_status_whole; drop role t_status_whole'
done_testing
