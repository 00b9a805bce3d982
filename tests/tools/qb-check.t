#!/bin/sh
# qb-check: 0 only if all agrees; what is missing is named and counted.
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
export QBO_TOKEN_FILE="$dir/token"

world='--seed=7 --from=2025-01-01 --to=2025-04-01'
rows() { # rows N: a company of N invoices, 50 customers, and no bills
	printf '%s' "$world --rows=all=0,Invoice=$1,Customer=50"
}
company() { # company N: it answers as it is now
	# shellcheck disable=SC2046
	sim_start $(rows "$1") || exit 1
}
windows() { # windows ENTITY N: of 300 invoices, as qb-fetch writes them
	# shellcheck disable=SC2046
	"$QB_SIM" --print="$1" --envelopes --windows="$2" $(rows 300)
}
range='--from=2025-01-01 --to=2025-04-01'
check() { # check ENTITY... [OPTION...]: of the whole range
	# shellcheck disable=SC2086
	qb-check $range "$@" >"$dir/out" 2>"$dir/err"
	status=$?
}
says() { # says WHAT STATUS TEXT: of the last check
	is "$1: status" "$status" "$2"
	ok "$1: \"$3\" is said" grep -qF -e "$3" "$dir/out"
}

company 300
check invoices
says "an empty database" 75 'not loaded: 2025-01-01T00:00:00Z to 2025-04-01T00:00:00Z'
says "an empty database" 75 '300 rows are missing in the table'
ok "an empty database: the next step is named" grep -q 'next: load what is missing: qb-backfill Invoice --from=' "$dir/err"

windows Invoice 9 | qb-archive "$dir/qb-archive" | qb-stamp --run=first | qb-load >"$dir/receipts"
check Invoice --archive="$dir/qb-archive"
is "all is there: status" "$status" 0
is "all is there: this is said" "$(sed 's/[0-9]* inserted.*/.../' "$dir/out")" \
'Invoice (by last update), 2025-01-01T00:00:00Z to 2025-04-01T00:00:00Z: ok
  at QuickBooks, in range         300  now
  read                            300  in 9 windows (rows read again count again)
  archived                        300  in 9 files
  loaded                          300  ...
  in the table, in range          300  equal
  in the table, in all            300'
ok "all is there: nothing on standard error" test ! -s "$dir/err"
check Invoice --outside
is "with --outside all at QuickBooks are counted, too" \
	"$status $(sed -n 3p "$dir/out")" '0   at QuickBooks, in all           300'
check Invoice --outside --json
is "in JSON, too" "$status $(jq .quickbooks_total "$dir/out")" '0 300'
check Invoice --json --archive="$dir/qb-archive"
is "one line of JSON says the same" \
	"$(jq -r '[.verdict, .status, .counted, .quickbooks_total, .extracted, .archived.rows, .inserted, .in_range, .final_count, .missing] | @tsv' "$dir/out" | tr '\t' ' ')" \
	'ok 0 300  300 300 300 300 300 0'
check Invoice --run=first
is "the run that loaded it: status" "$status" 0
check Invoice --run=second
says "another run" 75 'not loaded: 2025-01-01'

check invoices customers
says "one of two is not loaded" 75 'Customer (by last update), 2025-01-01T00:00:00Z to 2025-04-01T00:00:00Z: incomplete'
ok "one of two is not loaded: the other is ok" grep -q '^Invoice.*: ok$' "$dir/out"
ok "one of two is not loaded: the verdict names it" \
	grep -q '1 of 2 entities are not ok: Customer is incomplete$' "$dir/err"
ok "one of two is not loaded: the next step loads that one" \
	grep -q 'next: load what is missing: qb-backfill Customer --from=2025-01-01T00:00:00Z --to=2025-04-01T00:00:00Z$' "$dir/err"
windows Customer 3 | qb-load >"$dir/receipts"
check invoices customers
is "both are loaded: status" "$status" 0
is "both are loaded: the last line says so" "$(tail -n 1 "$dir/out")" '2 of 2 entities ok'
check invoices customers --json
is "both are loaded: JSON has no such line" "$(jq -r .entity "$dir/out" | tr '\n' ' ')" 'Invoice Customer '
check invoices customers --archive="$dir/qb-archive"
says "loaded and not archived" 75 'not archived: 2025-01-01T00:00:00Z to 2025-04-01T00:00:00Z'
ok "loaded and not archived: to read them again is the next step" \
	grep -q "next: reload: qb-backfill Customer --reload .* --archive=$dir/qb-archive\$" "$dir/err"

windows Bill 3 | qb-load >"$dir/receipts"
check bills
says "none at QuickBooks and none here" 0 'note: the table has no rows, and QuickBooks counts none'

# What has changed since, at QuickBooks.
echo 'request 1 delete 10' >"$dir/script"
# shellcheck disable=SC2046
sim_start $(rows 300) --script="$dir/script" || exit 1
check invoices
says "rows left the range" 0 'note: 10 rows in the table have left the range'
says "rows left the range: which window is named" 0 \
	'note: 2025-03-22T00:00:00Z to 2025-04-01T00:00:00Z: '
company 310
check invoices
says "QuickBooks has more" 75 '10 rows are missing in the table'
ok "QuickBooks has more: one entity is named without a count" \
	grep -q 'qb-check: Invoice: incomplete$' "$dir/err"
ok "QuickBooks has more: to read them again is the next step" \
	grep -q 'next: reload: qb-backfill Invoice --reload --from=2025-.*, or replay the archive$' "$dir/err"
company 300

# Rows outside of the range.
qb-check invoices --from=2025-01-11 --to=2025-01-21 >"$dir/out" 2>"$dir/err"
is "a part of the year: what the table has outside of it is free to say" \
	"$? $(tail -n 1 "$dir/out")" \
	"0   note: $((300 - $(sed -n 's/.*in the table, in range *\([0-9]*\).*/\1/p' "$dir/out"))) rows of the table lie outside this range: --from/--to select by LastUpdatedTime (qb-check(1), DATES)"
qb-check invoices --from=2025-01-11 --to=2025-01-21 --outside >"$dir/out" 2>"$dir/err"
is "a part of the year: status" "$?" 0
inside=$(sed -n 's/.*at QuickBooks, in range *\([0-9]*\).*/\1/p' "$dir/out")
ok "a part of the year: all at QuickBooks are counted too" \
	grep -q '^  at QuickBooks, in all  *300$' "$dir/out"
qb-check invoices --from=2025-01-21 >"$dir/later" 2>&1
later=$(sed -n 's/.*at QuickBooks, in range *\([0-9]*\).*/\1/p' "$dir/later")
ok "a part of the year: some changed later, some before ($inside, $later)" \
	[ "$later" -gt 0 -a $((inside + later)) -lt 300 ]
is "a part of the year: the last line says what the range leaves out" "$(tail -n 1 "$dir/out")" \
	"  note: $((300 - inside)) rows lie outside this range, $later of them changed later: --from/--to select by LastUpdatedTime (qb-check(1), DATES)"
qb-check invoices --from=2025-01-11 --to=2025-01-21 --json --outside >"$dir/out" 2>"$dir/err"
is "a part of the year: to JSON that is no finding" \
	"$(jq -c '[.quickbooks_total, .findings]' "$dir/out")" '[300,[]]'
check customers --outside
ok "the whole of a list entity: inactive rows are among all" \
	grep -q '^  at QuickBooks, in all  *50$' "$dir/out"
ok "the whole of a list entity: no note" test "$(grep -c note: "$dir/out")" = 0
counted() { # counted COMMAND...: how many counts it made
	calls=$(grep -c kind=count "$dir/sim.log")
	"$@" >"$dir/out" 2>"$dir/err"
	echo "$? $(($(grep -c kind=count "$dir/sim.log") - calls))"
}
# shellcheck disable=SC2086
is "one call per entity" "$(counted qb-check $range invoices)" '0 1'
is "where rows lie outside of the range, too" \
	"$(counted qb-check invoices --from=2025-01-11 --to=2025-01-21)" '0 1'
# shellcheck disable=SC2086
is "with --outside it is two" "$(counted qb-check $range invoices --outside)" '0 2'
is "and a third one where rows lie outside of the range" \
	"$(counted qb-check invoices --from=2025-01-11 --to=2025-01-21 --outside)" '0 3'

# Of the three counts the range's decides; the others only inform.
for which in 'request 1' 'request 2' 'request 3'; do
	echo "$which status 403 body json code 5020" >"$dir/script"
	# shellcheck disable=SC2046
	sim_start $(rows 300) --script="$dir/script" || exit 1
	qb-check invoices --from=2025-01-11 --to=2025-01-21 --outside >"$dir/out" 2>"$dir/err"
	status=$?
	case $which in
	'request 1') is "$which is refused: status" $status 69 ;;
	'request 2') is "$which is refused: the total is unknown, and that is said" \
		"$status $(grep -cE '^  at QuickBooks, in all +unknown$' "$dir/out") $(grep -c 'all rows are not counted: Invoice: ' "$dir/err")" \
		'0 1 1' ;;
	*) is "$which is refused: the rest of the note stays" \
		"$status $(grep -c 'note: .* rows lie outside this range: ' "$dir/out") $(grep -c 'later rows are not counted: Invoice: ' "$dir/err")" \
		'0 1 1' ;;
	esac
done
# QuickBooks may take its two minutes for all rows of a large entity: once.
echo 'request 2 times 9 status 504 body xml' >"$dir/script"
# shellcheck disable=SC2046
sim_start $(rows 300) --script="$dir/script" || exit 1
calls=$(grep -c kind=count "$dir/sim.log")
qb-check invoices --from=2025-01-11 --to=2025-01-21 --retries=2 --outside >"$dir/out" 2>"$dir/err"
is "a total that takes too long is not asked for again" \
	"$? $(grep -c 'in all *unknown' "$dir/out") $(($(grep -c kind=count "$dir/sim.log") - calls))" '0 1 2'
company 300

# What has changed since, here.
pg -c "create table gone as select * from raw.invoices order by id limit 3;
	delete from raw.invoices where id in (select id from gone)"
check invoices
says "rows are gone from the table" 75 '3 rows are missing in the table'
is "and JSON counts them" "$(qb-check invoices --from=2025-01-01 --json 2>"$dir/err" | jq .missing)" 3
pg -c 'insert into raw.invoices select * from gone'
pg -c "update raw.invoices set deleted_at_utc = now() where id in (select id from gone)"
check invoices
says "rows that are marked as deleted do not count" 75 '3 rows are missing'
pg -c 'update raw.invoices set deleted_at_utc = null'

pg -c 'create table ledger as select * from raw.qb_windows'
alter() { # alter SQL: the ledger, until restore
	pg -c "$1"
}
restore() {
	pg -c "delete from raw.qb_windows;
		insert into raw.qb_windows overriding system value
		select * from ledger"
}
alter "delete from raw.qb_windows where entity = 'Invoice'
	and range_start_utc in ('2025-01-21', '2025-03-22')"
check invoices
says "a hole in the ledger" 75 'not loaded: 2025-01-21T00:00:00Z to 2025-01-31T00:00:00Z'
says "and one at the end" 75 'not loaded: 2025-03-22T00:00:00Z to 2025-04-01T00:00:00Z'
qb-check invoices --from=2025-01-31 >"$dir/out" 2>"$dir/err"
is "without --to the range ends where the last load did: status" "$?" 0
ok "and that is said" grep -q 'to 2025-03-22T00:00:00Z: ok' "$dir/out"
qb-check invoices --from=2025-01-31 --to=2999-01-01 >"$dir/out" 2>"$dir/err"
is "and with --to in the future: status" "$?" 0
ok "and that is said too" grep -q 'lies in the future' "$dir/err"
qb-check invoices bills --from=2025-01-31 >"$dir/out" 2>"$dir/err"
is "each entity to its own end: status" "$?" 0
ok "each entity to its own end: one ends early" grep -q '^Invoice.* to 2025-03-22T00:00:00Z: ok$' "$dir/out"
ok "each entity to its own end: the other does not" grep -q '^Bill.* to 2025-04-01T00:00:00Z: ok$' "$dir/out"
qb-check invoices bills items --from=2025-01-31 >"$dir/out" 2>"$dir/err"
is "one that was never loaded has no end: status" "$?" 75
ok "one that was never loaded has no end: that is said" grep -q 'qb-check: 1 of 3 entities are not ok: Item is incomplete$' "$dir/err"
ok "without --to the next step has none" grep -q 'next: load what is missing: qb-backfill Item --from=2025-01-31T00:00:00Z$' "$dir/err"
restore
alter "update raw.qb_windows set fetched_at_utc = range_end_utc - interval '1 s'
	where entity = 'Invoice' and range_start_utc = '2025-03-22'"
check invoices
says "a window fetched before it had passed" 75 'not loaded: 2025-03-22'
restore
alter "update raw.qb_windows set inserted = inserted - 1
	where entity = 'Invoice' and range_start_utc = '2025-03-22'"
check invoices
says "a ledger that does not add up" 65 'the load log is damaged'
restore

# The archive.
file=$(find "$dir/qb-archive" -name '20250121*.gz')
[ -s "$file" ] || { done_testing; exit 1; }
list=${file%/*}/SHA256SUMS
cp "$file" "$dir/kept" && cp "$list" "$dir/list"
sums() { (cd "${file%/*}" && sha256sum -- *.gz >SHA256SUMS); }
restore_file() { cp "$dir/kept" "$file" && cp "$dir/list" "$list"; }
archived() { # archived WHAT STATUS SAYING: what the archive is found to be
	check invoices --archive="$dir/qb-archive"
	says "$1" "$2" "$3"
	restore_file
}
rm "$file"
archived "a file is gone" 75 "${file##*/}: it is missing"
head -c 100 "$dir/kept" >"$file"
archived "a file is cut" 65 "${file##*/}: it does not match SHA256SUMS"
head -c -9 "$dir/kept" >"$file" && sums
archived "a file is cut and listed" 65 "${file##*/}: "
sed -i "/${file##*/}/d" "$list"
archived "a file is not listed" 65 'SHA256SUMS does not list it'
gzip -dc "$dir/kept" | sed '1s/"Id":"/"Id":"9/' | gzip >"$file" && sums
archived "a row was changed" 65 'bytes of rows came, the seal says'
gzip -dc "$dir/kept" | sed '$d' | gzip >"$file" && sums
archived "the end is cut off" 65 'before its end line'
cp "${file%/*}"/20250131*.gz "$file" && sums
archived "another window's file" 65 'it holds another window'
cat "$dir/kept" "$dir/kept" >"$file" && sums
archived "two windows in a file" 65 'it holds 2 windows, not one'
alter "update raw.qb_windows set archive_file = '../../etc/passwd'
	where entity = 'Invoice' and range_start_utc = '2025-01-21'"
archived "a path that climbs out" 65 '../../etc/passwd: '
restore
alter "update raw.qb_windows set rows = rows + 1, stale = stale + 1
	where entity = 'Invoice' and range_start_utc = '2025-01-21'"
archived "a ledger of other rows" 65 'its seal differs from the load log'
restore
newer() { # newer SEQ FILE: another load of that window, archived there
	pg -c "insert into raw.qb_windows overriding system value
		select (jsonb_populate_record(w, jsonb_build_object(
			'seq', $1, 'archive_file', '$2'))).*
		from raw.qb_windows as w where entity = 'Invoice'
		and by = 'updated' and range_start_utc = '2025-01-21' limit 1"
}
newer 1000 "4620/Invoice/a_b_000000000000.ndjson.gz"
archived "the newest load of a window counts, when it is bad" 75 'it is missing'
newer 1001 "$(pg -c "select archive_file from ledger where entity = 'Invoice'
	and range_start_utc = '2025-01-21'")"
archived "and when it is good again" 0 ': ok'
restore
archived "restored" 0 ': ok'
check invoices --archive="$dir/nowhere"
is "no such archive: status" "$status" 64
check invoices --schema=
is "a schema without a name: status" "$status" 64
ok "a schema without a name: this is said" grep -q -e '--schema takes a name' "$dir/err"

# A user's own program dropped rows and altered others.
windows Invoice 9 | qb-archive "$dir/qb-archive" |
	qb-stamp --jq='select(.Id | endswith("07") | not) | .mine = 1' |
	qb-load --schema=part >"$dir/receipts"
check invoices --schema=part --archive="$dir/qb-archive"
says "dropped rows are not missing" 0 'were dropped by qb-stamp --jq'
says "altered windows are not damaged" 0 'note: 9 windows were altered'
pg -c "delete from part.invoices where id = (select min(id) from part.invoices)"
check invoices --schema=part
says "what is missing beyond them is" 75 '1 rows are missing in the table'

# Rows that jsonb cannot hold.
# shellcheck disable=SC2046
"$QB_SIM" --print=Invoice --envelopes --windows=2 $(rows 300) --spoil=100 |
	qb-load --schema=odd --rejects="$dir/rejects" >"$dir/receipts" 2>"$dir/err"
check invoices --schema=odd
says "rejected rows" 65 '3 rows are missing in the table: 3 were rejected'
ok "rejected rows: the next step is to look at them" \
	grep -q 'next: see the rejected rows in the file of qb-load --rejects' "$dir/err"

# Another time of a row.
pg -c "update raw.qb_windows set by = 'created' where entity = 'Customer'"
qb-check customers --from=2025-01-01 --to=2025-04-01 --by=created >"$dir/out" 2>"$dir/err"
is "by the time of creation, the table is asked the same" \
	"$(sed -n 's/.*at QuickBooks, in range *\([0-9]*\).*/\1/p' "$dir/out")" \
	"$(sed -n 's/.*in the table, in range *\([0-9]*\).*/\1/p' "$dir/out")"
ok "by the time of creation: the first line says so" grep -q '^Customer (by creation), ' "$dir/out"
restore

check
is "no entity: status" "$status" 64
check invoyces
is "an unknown entity: status" "$status" 64
qb-check invoices --from=2025-02-01 --to=2025-01-01 >"$dir/out" 2>"$dir/err"
is "--from after --to: status" "$?" 64
qb-check invoices --from=2025-01-01 >/dev/full 2>"$dir/err"
is "a full disk: status" "$?" 74
pg -c "create schema theirs; create table theirs.qb_windows (); create table
	theirs.qb_realm as select '9999' as realm_id"
check invoices --schema=theirs
is "the schema of another company: status" "$status" 69
PGPORT=1 qb-check invoices --from=2025-01-01 >"$dir/out" 2>"$dir/err"
is "no PostgreSQL: status" "$?" 75
sim_stop
check invoices --retry-for=0s
is "no QuickBooks: status" "$status" 75
ok "no QuickBooks: nothing is claimed" test ! -s "$dir/out"
done_testing
