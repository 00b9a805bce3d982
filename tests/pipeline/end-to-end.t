#!/bin/sh
# The whole pipeline, from a simulated company to PostgreSQL: everything comes,
# nothing is doubled, nothing is changed on the way, and a replay is the same.
set -u
. "${0%/*}/../lib/tap.sh"
. "${0%/*}/../lib/pg.sh"
dir=$(mktemp -d) || exit 1
trap 'sim_stop; pg_stop; rm -rf "$dir"' EXIT
. "${0%/*}/../lib/sim.sh"

# WAL is counted here, and is that of a whole server: one of our own.
unset QB_TEST_PGHOST
pg_start || { echo 'Bail out! no PostgreSQL'; exit 1; }
world='--seed=11 --exotic --from=2025-01-01 --to=2026-01-01
	--rows=Customer=150,Invoice=900,Item=40'
# shellcheck disable=SC2086 # one option a word
sim_start $world || { echo 'Bail out! no simulator'; exit 1; }
export QBO_TOKEN_FILE="$dir/token.json"
# shellcheck disable=SC2086
held() { "$QB_SIM" $world --print="$1"; }

range='--from=2025-01-01 --to=2026-01-01 --every=3mo'
# shellcheck disable=SC2086
backfill() { qb-backfill customers invoices items $range "$@"; }
wal() { pg -c 'select pg_current_wal_insert_lsn()'; }
wal_since() { pg -c "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '$1')::bigint"; }

before=$(wal)
backfill --archive="$dir/archive" --run=first >"$dir/table" 2>"$dir/err"
is 'the backfill of three entities ends with 0' "$?" 0
first_wal=$(wal_since "$before")
[ "$tap_bad" = 0 ] || sed 's/^/# /' "$dir/err"
is 'qb-check found each of them whole' "$(grep -c ': ok$' "$dir/table")" 3

# Where every tuple is, and who wrote it: a row that is written again moves.
places() {
	for table in customers invoices items; do
		pg -c "select '$table', ctid, xmin, id from raw.$table order by id"
	done
}
payload_of() {	# the bytes behind "payload": up to the envelope's brace
	LC_ALL=C awk '/^{"qb":"row"/ {
		at = index($0, ",\"payload\":") + 11
		print substr($0, at, length($0) - at) }'
}
for pair in Customer:customers Invoice:invoices Item:items; do
	entity=${pair%:*} table=${pair#*:}
	held "$entity" >"$dir/held"
	is "$table: the table has as many rows as the company" \
		"$(pg -c "select count(*) from raw.$table")" \
		"$(wc -l <"$dir/held")"
	psql -X -q <<END
create table held_$table (payload jsonb);
\\copy held_$table from '$dir/held' with (format csv, quote e'\\x01', delimiter e'\\x02')
END
	is "$table: each payload is the one that the company holds" \
		"$(pg -c "select count(*) from held_$table h full join raw.$table r
			on r.id = h.payload->>'Id'
			where r.payload is distinct from h.payload")" 0
	find "$dir/archive" -path "*/$entity/*" -name '*.ndjson.gz' \
		-exec gzip -dc {} + | payload_of | LC_ALL=C sort >"$dir/kept"
	LC_ALL=C sort "$dir/held" >"$dir/sent"
	ok "$table: the archive holds the very bytes that were sent" \
		cmp -s "$dir/kept" "$dir/sent"
done
is 'each row tells its window, page, company, request and run' \
	"$(pg -c "select count(*) from raw.invoices where
		extract_window_start_utc < extract_window_end_utc
		and updated_at_utc >= extract_window_start_utc
		and updated_at_utc < extract_window_end_utc
		and page_number >= 1 and page_size >= 1
		and realm_id = '$QBO_REALM_ID' and run_id = 'first'
		and request_payload->>'method' in ('GET', 'POST')
		and ingested_at_utc <= now() and fetched_at_utc is not null")" 900
is 'the ledger covers each window once' \
	"$(pg -c 'select count(*), sum(rows) from raw.qb_windows')" '12|1090'

places >"$dir/places"
before=$(wal)
backfill --reload --run=second >/dev/null 2>&1
is 'the same again ends with 0' "$?" 0
is 'and inserts and updates nothing' \
	"$(pg -c "select sum(inserted), sum(updated), sum(unchanged)
		from raw.qb_windows where run_id = 'second'")" '0|0|1090'
places >"$dir/places2"
ok 'no tuple was written again' cmp -s "$dir/places" "$dir/places2"
second_wal=$(wal_since "$before")
ok 'next to no WAL: less than a twentieth of the first' \
	test "$((second_wal * 20))" -lt "$first_wal"
echo "# WAL: $first_wal bytes, then $second_wal"

backfill >"$dir/table" 2>"$dir/err"
is 'what is loaded is not read again' "$?, $(grep -c ' Invoice: ' "$dir/err")" \
	'0, 0'
ok 'and that is said' grep -q '^qb-backfill: up to date: 12 windows, all loaded before; ' "$dir/err"

# With no QuickBooks in sight, in any order, twice.
sim_stop
files() { find "$dir/archive" -name '*.ndjson.gz' | sort "$@"; }
files -r | xargs cat | qb-stamp --run=replay |
	qb-load --schema=replay >"$dir/receipts"
is 'a replay into an empty schema ends with 0' "$?" 0
files | xargs cat | qb-load --schema=replay >/dev/null
for table in customers invoices items; do
	is "$table: a replay gives the same ids and payloads" \
		"$(pg -c "select count(*) from raw.$table a
			full join replay.$table b using (id)
			where a.payload::text is distinct from b.payload::text
			or a.fingerprint is distinct from b.fingerprint")" 0
done

# Ended in the middle, it goes on from there.  The items are held back until
# then: there is a middle, however fast this machine is.
echo 'entity Item any always wait 60000' >"$dir/script"
# shellcheck disable=SC2086
sim_start $world --script="$dir/script" || { echo 'Bail out! no simulator'; exit 1; }
rm -f "$QBO_TOKEN_FILE"
loaded() { pg -c "select count(*) from $1.qb_windows" 2>/dev/null || echo 0; }
# Not through the function: the signal must meet qb-backfill, not a subshell.
# shellcheck disable=SC2086
qb-backfill customers invoices items $range --schema=broken --every=1mo \
	>/dev/null 2>&1 &
pid=$!
while kill -0 $pid 2>/dev/null && [ "$(loaded broken)" -lt 24 ]; do
	sleep 0.1
done
kill $pid
wait $pid 2>/dev/null
is 'a signal in the middle ends it' "$?" 143
# the server may still be at the commit that was its last word
while [ "$(pg -c "select count(*) from pg_stat_activity
	where application_name = 'qb-load' and datname = current_database()")" != 0 ]
do
	sleep 0.05
done
is 'what was read before it is loaded' "$(loaded broken)" 24
# shellcheck disable=SC2086
sim_start $world || { echo 'Bail out! no simulator'; exit 1; }
rm -f "$QBO_TOKEN_FILE"
backfill --schema=broken --every=1mo >"$dir/table" 2>"$dir/err"
is 'the same command goes on and ends with 0' "$?" 0
is 'only the windows that were missing are read' \
	"$(sed -n 's/^qb-backfill: \([0-9]*\) windows, .*/\1/p' "$dir/err")" \
	12
for table in customers invoices items; do
	is "$table: and the table is the same" \
		"$(pg -c "select count(*) from raw.$table a
			full join broken.$table b using (id)
			where a.payload is distinct from b.payload")" 0
done
done_testing
