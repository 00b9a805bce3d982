#!/bin/sh
# qb-census: deletions found by counting, in few calls; exact while rows move;
# and what it does with a table that is not as it should be.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
dir=$(mktemp -d)
trap 'sim_stop; pg_stop; rm -rf "$dir"' EXIT
pg_start || exit 1
export QBO_TOKEN_FILE="$dir/token" PGOPTIONS='-c client_min_messages=error'

# shellcheck source=tests/lib/census.sh
. "${0%/*}/../lib/census.sh"

world='--seed=7 --from=2025-01-01 --to=2025-04-01 --rows=all=0,Invoice=5000,Customer=300'
range='--from=2024-01-01 --to=2025-04-01'

# Nothing wrong.
company
qb-window invoices,customers --from=2024-01-01 --every=1y |
	qb-fetch --no-rate-limit | qb-stamp >"$dir/all" || exit 1
again
tickets invoices,customers >"$dir/tickets"
census
is 'nothing is wrong: one call per entity' "$status $calls" '0 2'
is 'two windows, without gone lines' "$(seals)" '"Invoice" 0 "Customer" 0'
is 'each is all of its tickets, of CreateTime' "$(jq -c 'select(.qb == "seal").window | [.by, .start, .end, .no, .of]' "$dir/out" | paste -sd' ' -)" \
	'["census","2024-01-01T00:00:00Z","2025-04-01T00:00:00Z",1,2] ["census","2024-01-01T00:00:00Z","2025-04-01T00:00:00Z",2,2]'
is 'the end counts them' "$(tail -n 1 "$dir/out")" '{"qb":"end","windows":2,"rows":0}'
is 'nothing is said' "$(cat "$dir/err")" ''
ok 'the stream is sound' sound
census --verbose
says 'with --verbose' 'qb-census: counted entity=Invoice rows=5000 gone=0 calls=1'

# Three of thousands.
company 'count times 3 delete 1'
three=$({
	missed 2025-02-07 2025-02-08
	missed 2025-02-20 2025-02-21
	missed 2025-03-15 2025-03-16
} | sort -n | paste -sd' ' -)
tickets >"$dir/tickets"
census
is 'three of 5000 were deleted: exactly these are gone' "$status $(gone)" "0 $three"
is 'they are three' "$(echo "$three" | wc -w)" 3
ok "that takes few calls ($calls)" test "$calls" -le 12
is 'the seal says how many' "$(jq -c 'select(.qb == "seal").fetch | [.count_before, .count_after, .left, .gone, .rows]' "$dir/out")" '[null,null,0,3,3]'
is 'and how many calls it took' "$(jq 'select(.qb == "seal").fetch.calls' "$dir/out")" "$calls"
is 'how it is known, and when QuickBooks said so' "$(jq -c 'select(.qb == "gone").gone | [.by, (.at | test("^20..-..-..T.*-0[78]:00$")), .deleted]' "$dir/out" | uniq)" '["census",true,null]'
ok 'the stream is sound' sound
census --thorough
is 'with --thorough the same' "$status $(gone)" "0 $three"
mkdir "$dir/archive"
load() { # load: what came out, by the whole pipeline
	qb-archive "$dir/archive" <"$dir/out" 2>>"$dir/err" | qb-stamp | qb-load >"$dir/receipts"
}
files() { find "$dir/archive" -name '*.gz' | wc -l; }
ok 'what is gone is archived and loaded' load
is 'these rows are marked, with their content' \
	"$(ids "deleted_at_utc is not null and payload -> 'MetaData' is not null")" "$three"
census
is 'then nothing is wrong' "$status $calls $(gone)" '0 1 '
ok 'that is loaded, too' load
is 'and leaves no file in the archive' "$(files)" 1
again
find "$dir/archive" -name '*.gz' -exec cat {} + | qb-stamp | qb-load >"$dir/receipts"
is 'the archive replayed: the same rows are marked' "$(ids 'deleted_at_utc is not null')" "$three"
again

# Rows that move while they are counted.
everything() { # everything: what only the table has, as QuickBooks is now
	missed 2024-01-01 2025-04-01 | sort -n | paste -sd' ' -
}
present() { # present: rows that are said to be gone, and are there
	there 2024-01-01 2025-04-01 | sort >"$dir/there"
	jq -r 'select(.qb == "gone").gone.id' "$dir/out" | sort | comm -12 - "$dir/there"
}
n=2
tried=0
all=0
while [ $n -le 14 ]; do
	for rule in 'delete-here 3' 'edit-here 3 and delete-here 2' 'delete-last 2 and edit 3'; do
		company 'request 1 delete 2 and delete-last 2' "request $n $rule"
		census
		[ "$calls" -ge $n ] || continue # it came too late
		tried=$((tried + 1))
		[ "$status" = 0 ] && [ "$(gone)" = "$(everything)" ] && all=$((all + 1))
	done
	n=$((n + 1))
done
is 'rows deleted and edited before each of its requests: exactly these' $all $tried
ok "that was tried at many of them ($tried)" test $tried -gt 20
company 'every 2 delete-here 1 and edit-here 1'
census
is 'rows are deleted all the time: none of those that are there' "$(present)" ''
case $status in 0|75) ok 'rows are deleted all the time: it says so, or found all' true ;;
*) is 'rows are deleted all the time' "$status" '0 or 75' ;; esac
company 'request 1 delete 1' 'request 2 edit 5'
census
is 'edited rows are not gone' "$status $(gone | wc -w)" '0 1'
wrong=
for n in 2 3 4 5 6 7; do
	company 'request 1 delete 5' "request $n return 5"
	census
	[ $status = 0 ] || wrong="$wrong status $status"
	wrong=$wrong$(present)
	[ $n != 6 ] || confirmed=$calls
done
is 'rows that come back before any of its requests are not gone' "$wrong" ''
is 'where the question for their ids brings them, nothing more is asked but the count' "$confirmed" 7

# Answers that are late, too slow, short, or of something else.
company 'count times 1 delete 1' 'count-longer 31d status 504'
missed 2025-02-07 2025-02-08 >"$dir/deleted"
census
is 'counts that are too slow are made in parts' "$status $(gone)" "0 $(cat "$dir/deleted")"
company 'request 1 delete 1' 'page 1 times 2 status 504'
census
is 'and rows are read in parts' "$status $(gone | wc -w)" '0 1'
company 'request 1 delete 1' 'page 1 always repeat-page' 'any always one-more'
census
is 'a page with one row more' "$status $(gone | wc -w)" '0 1'
company 'request 1 delete 1' 'page 1 times 1 ignore-filter'
census
is 'a filter that is ignored: refused' "$status $(gone)" '69 '
says 'a filter that is ignored' 'QuickBooks did not apply the filter'
is 'and the stream has no end' "$(cat "$dir/out")" ''
company 'entity Invoice request 2..9 status 500'
pg -c "delete from raw.invoices where id = (select min(id) from raw.invoices)"
census --retries=0
is 'QuickBooks fails: later' "$status" 75

# Rows that only QuickBooks has.
company
again
one=$(pg -c "select id from raw.invoices order by id::int offset 3000 limit 1")
other=$(pg -c "select id from raw.invoices order by id::int offset 4000 limit 1")
pg -c "delete from raw.invoices where id in ('$one', '$other')"
census
is 'two rows are missing in the table: status' "$status" 75
says 'two rows are missing' "Invoice: QuickBooks has 2 rows that the table lacks or has as deleted: Id $one, $other"
is 'the window is sealed' "$(seals)" '"Invoice" 0'
is 'as one that is to be counted again' "$(jq 'select(.qb == "seal").window.provisional' "$dir/out")" true
sed -n 's/^qb-census: next: reload: //p' "$dir/err" >"$dir/next"
is 'the commands read a second each' "$(grep -o 'qb-backfill Invoice --reload --by=created --from=[^ ]* --to=[^ ]*' "$dir/next" | wc -l)" 2
ok 'they can be run as they are told' sh -c "cd '$dir' && sh -e next >next.out 2>&1"
census
is 'then nothing is wrong' "$status $calls" '0 1'
pg -c "update raw.invoices set deleted_at_utc = now() where id = '$other'"
census
is 'a row that is marked and is there: status' "$status" 75
says 'a row that is marked and is there' "has as deleted: Id $other"
sed -n 's/^qb-census: next: reload: //p' "$dir/err" >"$dir/next"
ok 'it can be read again as it is told' sh -c "cd '$dir' && sh -e next >next.out 2>&1"
is 'then no row is marked' "$(ids 'deleted_at_utc is not null')" ''
pg -c "delete from raw.invoices where id = '$one'"
company 'count times 1 delete 1'
missed 2025-02-07 2025-02-08 >"$dir/deleted"
census
is 'one missing and one deleted: counts alone do not tell' "$status $(gone)" '0 '
census --thorough
is '--thorough does' "$status $(gone)" "75 $(cat "$dir/deleted")"
says '--thorough' "Invoice: QuickBooks has 1 row that the table lacks or has as deleted: Id $one"

# A table that is not as it was loaded.
company
pg -c 'truncate raw.invoices'
census
is 'a table that was emptied: status' "$status $calls $(seals)" '75 1 '
says 'a table that was emptied' 'QuickBooks has 5000 rows that were created in the range, and the table 0'
says 'a table that was emptied' 'next: reload: qb-backfill Invoice --reload --from=2024-01-01T00:00:00Z'
ok 'it does not fill the screen' test "$(wc -c <"$dir/err")" -lt 1000
pg -c 'drop table raw.invoices'
census
is 'a table that was dropped: the same' "$status $calls $(seals)" '75 1 '
again
pg -c "delete from raw.qb_windows where entity = 'Invoice'"
tickets invoices,customers >"$dir/tickets"
census
is 'nothing of an entity is loaded: status; the other one is counted' "$status $calls $(seals)" '75 1 "Customer" 0'
says 'nothing is loaded' 'Invoice: the load log does not cover 2024-01-01T00:00:00Z to now'
says 'nothing is loaded' 'next: load what is missing: qb-backfill Invoice --from=2024-01-01T00:00:00Z'
census --schema=nowhere
is 'no such schema: both are named' "$status $calls $(grep -c 'does not cover' "$dir/err")" '75 0 2'
says 'no such schema: the command' "qb-backfill Customer --from=2024-01-01T00:00:00Z --schema=nowhere"
says 'both' '2 of 2 ranges'
again
pg -c "update raw.qb_windows set range_end_utc = '2025-03-01' where entity = 'Invoice' and range_start_utc = '2025-01-01';
	delete from raw.qb_windows where entity = 'Invoice' and range_start_utc = '2026-01-01'"
tickets >"$dir/tickets"
census
is 'loaded up to a time long past: rows that were changed since are missing' "$status $calls" '75 0'
says 'loaded up to a time long past' 'the load log does not cover 2025-03-01T00:00:00Z to now'
pg -c "update raw.qb_windows set fetched_at_utc = '2025-03-01 00:15:00' where entity = 'Invoice'"
company 'count times 1 delete 1'
missed 2025-02-07 2025-02-08 >"$dir/deleted"
census
is 'loaded in time, but not since: what was loaded is counted' "$(jq -r 'select(.qb == "seal").window.end' "$dir/out")" 2025-03-01T00:00:00Z
says 'loaded in time' 'Invoice: the range ends at 2025-03-01T00:00:00Z, since nothing later is loaded'
is 'loaded in time: the deleted row is found' "$status $(gone)" "0 $(cat "$dir/deleted")"
company
again
pg -c "update raw.qb_windows set by = 'change' where entity = 'Invoice' and range_start_utc = '2025-01-01'"
census
is 'windows of the log of changes cover, too' "$status $calls" '0 1'

# Lists: inactive rows are there.
company 'entity Customer request 1 delete 2'
again
tickets customers >"$dir/tickets"
census --thorough
is 'inactive rows are not gone' "$status $(gone | wc -w)" '0 2'
company 'entity Customer request 1 delete 60' 'request 3 return 60'
census
is 'nor those that the question for their ids brings' "$status $calls $(gone)" '0 4 '
is 'there are some' "$(pg -c "select count(*) > 0 from raw.customers where payload ->> 'Active' = 'false'")" t

# Tickets.
for by in updated txn-date; do
	qb-window invoices --by=$by --from=2025-01-01 --to=2025-02-01 >"$dir/tickets"
	census
	is "tickets by $by: status" "$status $calls" '65 0'
	says "tickets by $by" "line 1: a ticket by $by: rows are counted by the time at which they were created"
	says "tickets by $by" 'qb-window --by=created'
done
qb-window invoices --by=created --from=2025-01-01 | jq -c 'if .window then .window.end = "2999-01-01T00:00:00Z" else . end' >"$dir/tickets"
census
is 'a ticket that ends in the future is cut to now' "$status $(jq -r 'select(.qb == "seal").window.end[:4]' "$dir/out")" "0 $(date -u +%Y)"
says 'a ticket that ends in the future' 'its end lies in the future and is cut to now'
jq -c 'if .window then .window.start = "2998-01-01T00:00:00Z" else . end' "$dir/tickets" >"$dir/future"
mv "$dir/future" "$dir/tickets"
census
is 'a ticket in the future' "$status" 65
tickets | sed '$d' >"$dir/tickets"
census
is 'tickets without an end' "$status $calls" '75 0'
tickets >"$dir/tickets"

# Two at once; other companies; rights.
company 'request 1 delete 2'
qb-census --no-rate-limit <"$dir/tickets" >"$dir/out.2" 2>"$dir/err.2" & second=$!
census
wait $second
is 'two at once find the same' "$status $(gone)" "0 $(jq -r 'select(.qb == "gone").gone.id' "$dir/out.2" | sort -n | paste -sd' ' -)"
pg -c "update raw.qb_realm set realm_id = '1'"
census
is 'the schema of another company' "$status $calls" '69 0'
pg -c "update raw.qb_realm set realm_id = '$QBO_REALM_ID'"
pg -c "create role ${PGDATABASE}_r login; grant usage on schema raw to ${PGDATABASE}_r; grant select on raw.qb_realm, raw.qb_windows to ${PGDATABASE}_r"
census --dsn="user=${PGDATABASE}_r"
is 'a role that may not read the table' "$status $calls" '69 0'
says 'a role that may not read the table' 'table raw.invoices: '
pg -c "drop owned by ${PGDATABASE}_r; drop role ${PGDATABASE}_r"
done_testing
