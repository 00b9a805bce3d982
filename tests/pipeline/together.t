#!/bin/sh
# Several at once: eight loaders over overlapping windows in random order, two
# backfills of the same range, and a loader with just the rights it needs.
set -u
. "${0%/*}/../lib/tap.sh"
. "${0%/*}/../lib/pg.sh"
root=$(cd "${0%/*}/../.." && pwd)
dir=$(mktemp -d) || exit 1
trap 'sim_stop; drop_roles; pg_stop; rm -rf "$dir"' EXIT
. "${0%/*}/../lib/sim.sh"
drop_roles() {
	pg -c 'drop owned by t_loader' -c 'drop role t_loader' 2>/dev/null
}
pg_start || { echo 'Bail out! no PostgreSQL'; exit 1; }

# --- eight loaders

# Three cuts of the same company: 60 windows, each row in three of them.
stream() {	# stream WINDOWS OPTION...
	windows=$1; shift
	"$QB_SIM" --seed=3 --rows=all=0,Invoice=600 --from=2025-01-01 \
		--to=2026-01-01 --print=Invoice --envelopes --windows="$windows" "$@"
}
mkdir "$dir/parts"
for windows in 10 20 30; do
	stream $windows | awk -v at="$dir/parts/$windows" '
		/^{"qb":"end"/ { exit }
		{ file = sprintf("%s.%03d", at, n); print >file; rows++ }
		/^{"qb":"seal"/ {
			printf "{\"qb\":\"end\",\"windows\":1,\"rows\":%d}\n", rows - 1 >file
			close(file); n++; rows = 0 }'
done
is 'there are sixty windows' "$(find "$dir/parts" -type f | wc -l)" 60
find "$dir/parts" -type f | sort | xargs cat | qb-load --schema=serial >"$dir/out"
is 'one loader loads them all' "$?" 0
pids=''
for i in 1 2 3 4 5 6 7 8; do
	{
		find "$dir/parts" -type f | shuf | xargs cat |
			qb-load --schema=eight >"$dir/receipts.$i" 2>"$dir/err.$i"
		echo $? >"$dir/rc.$i"
	} &
	pids="$pids $!"
done
# shellcheck disable=SC2086 # not for the simulator
wait $pids
is 'eight at once, each all of them in an order of its own: each ends with 0' \
	"$(cat "$dir"/rc.* | sort | uniq -c | tr -s ' ')" ' 8 0'
is 'nothing was said' "$(cat "$dir"/err.*)" ''
is 'the table is that of one loader' \
	"$(pg -c "select count(*), count(a.id), count(b.id)
		from serial.invoices a full join eight.invoices b using (id)
		where a.payload::text is distinct from b.payload::text
			or a.fingerprint is distinct from b.fingerprint
			or a.updated_at_utc is distinct from b.updated_at_utc")" '0|0|0'
is 'the ledger has each window eight times, and each row is inserted once' \
	"$(pg -c 'select count(*), sum(inserted) from eight.qb_windows')" '480|600'
is 'each ledger line accounts for all its rows' \
	"$(pg -c 'select count(*) from eight.qb_windows
		where rows <> inserted + updated + unchanged + stale + rejected')" 0
is 'and the table never shrank on the way' \
	"$(pg -c 'select count(*) from (select table_rows, lag(table_rows)
		over (order by seq) as before from eight.qb_windows) w
		where table_rows < before')" 0
# One large window, all at the same moment, its rows in reverse order for half of
# them: who does not go in the order of ids meets the others here.  The schema
# is bound before: who binds it is waited for.
stream 1 --rows=all=0,Invoice=3000 >"$dir/large0"
grep '^{"qb":"row"' "$dir/large0" | tac |
	python3 "$root/tests/lib/stream.py" --seal >"$dir/large1"
stream 1 --print=Item --rows=all=0,Item=5 >"$dir/items"
for round in 1 2 3; do
	pids=''
	qb-load --schema="race$round" <"$dir/items" >"$dir/out" || echo "$round: $?"
	for i in 1 2 3 4 5 6 7 8; do
		qb-load --schema="race$round" <"$dir/large$((i % 2))" >"$dir/out.$i" 2>"$dir/err.$i" &
		pids="$pids $!"
	done
	for pid in $pids; do
		wait "$pid" || echo "$round: $?"
	done
done >"$dir/raced"
is 'one large window by eight at once, three times: each ends with 0' \
	"$(cat "$dir/raced")" ''
is 'and each row is inserted once' \
	"$(for round in 1 2 3; do
		pg -c "select sum(inserted), count(*) from race$round.qb_windows
			where entity = 'Invoice'"
	done | uniq -c | tr -s ' ')" ' 3 3000|8'
# A first load of several windows, too large to go together: who is there by
# itself takes the rows as they come, and the next one to come may not.
stream 4 --rows=all=0,Invoice=18000 >"$dir/first0"
grep '^{"qb":"row"' "$dir/first0" | tac |
	python3 "$root/tests/lib/stream.py" --seal >"$dir/first1"
is 'four windows, and the same in reverse order' "$(grep -c '"qb":"seal"' "$dir/first0" "$dir/first1" | paste -sd' ')" \
	"$dir/first0:4 $dir/first1:4"
qb-load --schema=first <"$dir/items" >"$dir/out"
for i in 1 2 3 4; do
	{
		qb-load --schema=first <"$dir/first$((i % 2))" >"$dir/out.$i" 2>"$dir/err.$i"
		echo $? >"$dir/first.rc.$i"
	} &
	sleep 0.$i
done
wait
is 'each of four ends with 0' "$(cat "$dir"/first.rc.* | paste -sd' ')" '0 0 0 0'
is 'four windows by four one after the other: each row is inserted once' \
	"$(pg -c "select sum(inserted), count(*) from first.qb_windows
		where entity = 'Invoice'")" '18000|16'
is 'no deadlock was met' \
	"$(pg -c 'select deadlocks from pg_stat_database
		where datname = current_database()')" 0

# --- two backfills

# Slower than the second for which a lock is waited for.
sim_start --seed=4 --from=2025-01-01 --to=2026-01-01 --latency=700ms \
	--rows=all=0,Invoice=300,Item=20 || { echo 'Bail out! no simulator'; exit 1; }
export QBO_TOKEN_FILE="$dir/token.json"
range='--from=2025-01-01 --to=2026-01-01 --every=1mo'
pids=''
# shellcheck disable=SC2086 # one option a word
for i in 1 2; do
	{
		qb-backfill invoices items $range --jobs=1 --schema=pair \
			--archive="$dir/archive" >"$dir/table.$i" 2>"$dir/said.$i"
		echo $? >"$dir/ended.$i"
	} &
	pids="$pids $!"
done
# shellcheck disable=SC2086
wait $pids
is 'of two at once one ends with 0, the other with 75' \
	"$(sort -n "$dir"/ended.? | tr '\n' ' ')" '0 75 '
left=$(grep -l '^75$' "$dir"/ended.? | sed 's/.*\.//')
ok 'the one that leaves says who is there' grep -q \
	'^qb-lock: another run is loading I[a-z]* into schema pair' "$dir/said.$left"
ok 'and what to run' grep -qF "qb-backfill: next: qb-backfill invoices items" \
	"$dir/said.$left"
is 'each window was read once' \
	"$(pg -c 'select count(*), count(distinct (entity, range_start_utc))
		from pair.qb_windows')" '24|24'
is 'and archived once' "$(find "$dir/archive" -name '*.gz' | wc -l)" 24
# shellcheck disable=SC2086
qb-backfill invoices items $range --schema=pair --archive="$dir/archive" \
	>"$dir/table" 2>"$dir/err"
is 'the other, run again, finds it done' "$?, $(grep -c ' Invoice: ' "$dir/err")" '0, 0'

# --- a loader with just the rights it needs

pg -c 'create role t_loader login'
for file in 'schema/schema.sql' 'schema/table.sql -v table=invoices' \
	'schema/table.sql -v table=items' 'schema/grants.sql -v role=t_loader'; do
	# shellcheck disable=SC2086
	psql -X -q -v ON_ERROR_STOP=1 -v schema=granted \
		-f "$root/sql/"$file >"$dir/out" 2>&1 || cat "$dir/out"
done
rm -f "$QBO_TOKEN_FILE"
sim_start --seed=4 --from=2025-01-01 --to=2026-01-01 \
	--rows=all=0,Invoice=300,Item=20 || exit 1
# shellcheck disable=SC2086
PGUSER=t_loader qb-backfill invoices items $range --schema=granted \
	--archive="$dir/granted" >"$dir/table" 2>"$dir/err"
is 'a loader that owns nothing does a whole backfill' "$?" 0
stream 4 --seed=9 >"$dir/newer"
PGUSER=t_loader qb-load --schema=granted --dry-run <"$dir/newer" >"$dir/out" 2>"$dir/err"
is 'and a dry run' "$?" 0
stream 4 --print=Customer --rows=all=0,Customer=10 >"$dir/customers"
PGUSER=t_loader qb-load --schema=granted <"$dir/customers" >"$dir/out" 2>"$dir/err"
is 'a table that the owner has not made is refused' "$?" 69

granted=0 refused=0
may() {		# may yes|no STATEMENT
	printf 'begin;\n%s;\nrollback;\n' "$2" |
		PGUSER=t_loader psql -X -q -v ON_ERROR_STOP=1 >"$dir/out" 2>&1
	rc=$?
	if [ "$1" = yes ]; then
		granted=$((granted + 1))
		[ $rc = 0 ] || { wrong="$wrong
may: $2: $(tail -n 1 "$dir/out")"; }
	else
		refused=$((refused + 1))
		grep -qE 'permission denied|must be owner' "$dir/out" || wrong="$wrong
may not: $2: $(tail -n 1 "$dir/out")"
	fi
}
wrong=''
for table in invoices items; do
	may yes "select count(*) from granted.$table"
	may yes "update granted.$table set run_id = run_id"
	may yes "insert into granted.$table select * from granted.$table
		on conflict (id) do nothing"
	for word in 'delete from' truncate 'drop table'; do
		may no "$word granted.$table"
	done
	may no "alter table granted.$table add x integer"
	may no "create index on granted.$table (run_id)"
	may no "create trigger t before insert on granted.$table
		for each row execute function suppress_redundant_updates_trigger()"
done
may yes 'select * from granted.qb_windows'
may yes 'select * from granted.qb_realm'
may yes 'create temporary table t (i integer)'
may yes "select pg_advisory_xact_lock(1)"
may no 'update granted.qb_windows set rows = 0'
may no 'delete from granted.qb_windows'
may no 'truncate granted.qb_windows'
may no 'drop table granted.qb_windows'
may no "update granted.qb_realm set realm_id = '1'"
may no 'delete from granted.qb_realm'
may no 'create table granted.mine (i integer)'
may no 'create schema mine'
may no 'drop schema granted cascade'
may no 'select * from serial.invoices'
may no 'insert into serial.qb_windows default values'
is "of $((granted + refused)) statements it may do $granted and not $refused" "$wrong" ''
echo "# $((8 * 60 + 3 * 8)) windows loaded by eight at once, 2 backfills, $((granted + refused)) statements"
done_testing
