#!/bin/sh
# What was changed within the settling time of the last run is reported by QuickBooks'
# log of changes once more: what the table has already is neither written nor asked for
# again, and nothing else is left out.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
QB_SIM=$(readlink -f "$QB_SIM")
dir=$(mktemp -d); trap 'sim_stop; pg_stop; rm -rf "$dir"' EXIT; cd "$dir" || exit 1
pg_start || exit 1
export QBO_TOKEN_FILE="$dir/token"
from=2026-01-01
sim_start --seed=7 --from=$from --to=2026-02-01 --rows=all=0,Customer=30,Invoice=40 || exit 1
change() { curl -sf "$QBO_API_URL/sim/change?$1"; }
run() {	# run BY: what is new, in files t, o and r
	qb-window customers invoices --by="$1" --from=$from | qb-pending >t &&
		qb-fetch --no-rate-limit <t >o && qb-archive archive <o |
		qb-stamp | qb-load >r
}
answered() { grep -c 'kind=\(count\|rows\|cdc\) status=200 .*answer=whole' sim.log; }
lines() { grep -c "^{\"qb\":\"$1\"" o; }
files() { find archive -name '*.gz' | wc -l; }

run updated
change 'entity=Customer&do=edit&rows=3' >edited
change 'entity=Invoice&do=delete&rows=2' >deleted
sleep 1.1
run change
is 'what was changed is read' "$? $(lines row) $(lines gone)" '0 3 2'
known=$(files)
before=$(answered)
run change
is 'and then it is in the tickets' \
	"$? $(jq -c 'select(.known_rows).known_rows | keys' t | wc -l) $(jq -r '.known_gone // empty | length' t)" \
	'0 1 2'
is 'so it is not read again' "$(lines row) $(lines gone) $(files)" "0 0 $known"
is 'with one call in all' "$(($(answered) - before))" 1
is 'and the seal says how many were left out' \
	"$(jq -c 'select(.qb == "seal") | [.window.entity, .fetch.rows, .fetch.log.known]' o | tr '\n' ' ')" \
	'["Customer",0,3] ["Invoice",0,0] '
is 'the load log has the time by the clock of QuickBooks, though there were no rows' \
	"$(pg -c "select distinct fetched_at_utc = '$(jq -r 'select(.qb == "seal").fetch.log.at' o | head -n 1)'
		from raw.qb_windows where by = 'change' and rows = 0")" t

id=$(jq -r '.changed[0]' edited)
pg -c "update raw.customers set fingerprint = fingerprint + 1 where id = '$id'"
run change
is 'a row with other bytes than the table has is read' "$? $(lines row)" '0 1'

other=$(jq -r '.changed[1]' edited)
pg -c "update raw.customers set deleted_at_utc = now() - interval '1 minute',
	fetched_at_utc = now() - interval '1 minute' where id = '$other'"
run change
is 'a row that the table has as deleted is read' \
	"$? $(jq -r 'select(.qb == "row").row.id' o)" "0 $other"
is 'and is there again' \
	"$(pg -c "select count(*) from raw.customers where deleted_at_utc is not null")" 0

pg -c "delete from raw.customers where id = '$id'"
run change
is 'a row that the table lacks is read' \
	"$? $(jq -r 'select(.qb == "row").row.id' o)" "0 $id"

# a run in between without the archive: what it loaded is not left out, so that the
# archive gets it
other=$(change 'entity=Customer&do=edit&rows=1' | jq -r '.changed[0]')
gone=$(change 'entity=Invoice&do=delete&rows=1' | jq -r '.changed[0]')
sleep 1.1
qb-window customers invoices --by=change --from=$from | qb-pending | qb-fetch --no-rate-limit |
	qb-stamp | qb-load >r
is 'a run loads without the archive' "$? $(jq -r 'select(.load) | .load.updated, .load.deleted' r | paste -sd' ')" \
	'0 1 0 0 1'
run change
is 'what it loaded is read again' \
	"$? $(jq -r 'select(.qb == "row").row.id' o | grep -cx "$other") $(jq -r 'select(.qb == "gone").gone.id' o | grep -cx "$gone")" \
	'0 1 1'
find archive -name '*.gz' -exec zcat {} + | qb-load --schema=again >r
is 'so the archive alone has all of it' \
	"$? $(pg -c "select count(*), count(r.deleted_at_utc) from raw.invoices r
		join again.invoices a using (id, payload)
		where r.deleted_at_utc is not distinct from a.deleted_at_utc")" \
	"0 $(pg -c "select count(*), count(deleted_at_utc) from raw.invoices")"
is 'of customers, too' \
	"$(pg -c "select count(*) from raw.customers join again.customers using (id, payload)")" \
	"$(pg -c "select count(*) from raw.customers")"

reader=reader_$$
pg -c "create role $reader login; grant usage on schema raw to $reader;
	grant select on raw.qb_windows, raw.qb_realm to $reader"
qb-window customers --by=change --from=$from | PGUSER=$reader qb-pending >t
is 'a role that may not read the table has tickets without' \
	"$? $(grep -c known t) $(grep -c '"by":"change"' t)" '0 0 1'

pg -c "drop owned by $reader; drop role $reader"

# --- until when the log need not be asked
census() {	# census FROM: a census of what was created since then
	qb-window invoices --by=created --every=10y --from="$1" | qb-census | qb-stamp | qb-load >r
}
empty_until() {
	qb-window invoices --by=change --from=$from | qb-pending |
		jq -r 'select(.qb == "ticket").window | .empty_until // "-"' | tail -n 1
}
pg_fresh
run updated
is 'a window by updated without rows does not tell what was deleted' "$? $(empty_until)" '0 -'
census 2026-01-15
is 'nor does a census of a part' "$? $(empty_until)" '0 -'
is 'which counts as none' "$(qb-status --json | jq -r 'select(.entity == "Invoice").last_census')" null
census $from
is 'one of all does' "$? $(empty_until | sed 's/T.*//')" "0 $(date -u -d '15 minutes ago' +%F)"
is 'and counts' "$(qb-status --json | jq -r 'select(.entity == "Invoice") | .last_census != null, .deletions_known' | paste -sd' ')" \
	'true true'
qb-window invoices --by=change --from=$from | qb-pending --run=other >t
is 'not for one run alone' "$? $(grep -c empty_until t)" '0 0'

# --- more than can be named
pg_fresh
run updated
pg -c "insert into raw.customers (id, payload, ingested_at_utc, extract_window_start_utc,
		extract_window_end_utc, page_number, page_size, request_payload,
		realm_id, updated_at_utc, fetched_at_utc, run_id, fingerprint)
	select 'x' || n, '{}', now(), now(), now(), 1, 1, '{}', realm_id, now(), now(), 'x', 0
	from raw.qb_realm, generate_series(1, 1001) n"
qb-window customers --by=change --from=$from | qb-pending >t
is 'more than 1000 are not named' "$? $(grep -c known_rows t)" '0 0'
done_testing
