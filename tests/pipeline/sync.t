#!/bin/sh
# qb-sync keeps a copy of a company: the first load, what was changed, added, made
# inactive and deleted since, and nothing when nothing happened.
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
sim_start --seed=7 --from=2025-01-01 --to=2025-12-31 \
	--rows=all=0,Invoice=600,Customer=60,Item=30 || exit 1

# Without a settling time, unless it is set: what happened a moment ago is read once.
sync() {	# sync OPTION...: its status in $status, its last line in $said
	before=$(asked)
	qb-sync --settle="${settle-0s}" --every=2w --archive=archive "$@" >report 2>told
	status=$?
	said=$(tail -n 1 told | sed 's/[0-9.]* s$/T/')
	calls=$(($(asked) - before))
}
asked() { grep -c ' kind=\(count\|rows\|cdc\) ' sim.log; }
change() {	# change ENTITY DO id=ID,...|rows=N: prints the Ids
	curl -sf "$QBO_API_URL/sim/change" --get -d "entity=$1" -d "do=$2" -d "$3" |
		jq -r '.changed[]'
}
truth() {	# truth ENTITY TABLE: in how many rows QuickBooks and the table differ
	qb-window "$1" --from=2024-01-01 --every=10y |
		qb-fetch | jq -c 'select(.qb == "row").payload' >"$1.rows"
	PGOPTIONS='-c client_min_messages=warning' pg -c 'drop table if exists truth' -c 'create table truth (payload jsonb)' \
		-c "\\copy truth from $1.rows with (format csv, quote e'\\x01', delimiter e'\\x02')"
	pg -c "select count(*) from (select payload from truth) t
		full join (select payload from raw.$2 where deleted_at_utc is null) r
		using (payload) where t is null or r is null"
}
deleted() { pg -c "select count(*) from raw.$1 where deleted_at_utc is not null"; }

# --- before anything is loaded
sync
is 'nothing is loaded: that needs a start' "$status" 64
ok 'and it says how' grep -q 'next: name entities, and from when: qb-sync .* --from=' told
sync customers
is 'nor is one that is named' "$status" 64
ok 'which is told with it' grep -q 'Customer is not loaded yet' told
sync invoises --from=2020-01-01
is 'an unknown entity is refused' "$status" 64
sync --census=soon
is 'so is a --census that is no time' "$status" 64
sync --if-running=perhaps
is 'and an unknown --if-running' "$status" 64

PGDATABASE=nowhere sync
is 'no such database: that is not an empty schema' "$status" 69
ok 'PostgreSQL says so' grep -q 'database "nowhere" does not exist' told
ok 'a first load is not advised' sh -c '! grep -q -e --from= told'
PGDATABASE=nowhere sync customers --from=2020-01-01 --if-running=leave
is 'nor is one begun' "$status" 69

# --- the first load
sync customers invoices items --from=2020-01-01
is 'the first run loads all' "$status" 0
ok 'and says what it did' grep -q '^qb-sync: ok: 3 entities until .*: 690 inserted, 0 updated, 0 deleted; ' told
is 'the table equals QuickBooks' "$(truth Invoice invoices) $(truth Customer customers)" '0 0'

# --- nothing new
sync
is 'without names: all that is loaded' "$status" 0
ok 'deletions are looked for in the second run' sh -c "[ $(pg -c "select count(*) from raw.qb_windows where by = 'census'") = 3 ]"
is 'for a call per entity' "$calls" 4
find archive -type f >files
sleep 1.2
settle=15m
sync
unset settle
is 'nothing new costs one call' "$status $calls" '0 1'
ok 'and no file' sh -c 'find archive -type f | cmp - files'
is 'the last line says so' "${said%%until*}${said#*Z}" \
	'qb-sync: ok: 3 entities : 0 inserted, 0 updated, 0 deleted; 1 call, T'

# --- what happens in a company
sleep 1
gone=$(change Invoice delete rows=3 | sort)
change Invoice edit id="$(pg -c "select string_agg(id, ',') from (select id from raw.invoices
	where id <> all(string_to_array('$(echo "$gone" | paste -sd,)', ',')) order by id limit 5) i")" >edited
change Customer inactivate rows=2 >inactive
is 'three are deleted, five edited, two made inactive' \
	"$(echo "$gone" | wc -l) $(wc -l <edited) $(wc -l <inactive)" '3 5 2'
sleep 1.2
sync
is 'the edits come, and what was deleted' "$status $calls $(deleted invoices)" '0 2 3'
ok 'the line of the entity says it' grep -q '^qb-sync: Invoice: 0 inserted, 5 updated, 3 deleted$' told
ok 'and the last one' grep -q '^qb-sync: ok: .*: 0 inserted, 7 updated, 3 deleted; ' told
is 'just those are marked' "$(pg -c 'select id from raw.invoices where deleted_at_utc is not null' | sort)" "$gone"
is 'their payload is kept' "$(pg -c "select count(*) from raw.invoices where deleted_at_utc is not null and payload->>'TotalAmt' <> ''")" 3
is 'the others equal QuickBooks' "$(truth Invoice invoices) $(truth Customer customers)" '0 0'
ok 'qb-check has no doubt' grep -q '^3 of 3 entities ok' report
is 'the load log counts them' "$(pg -c 'select sum(deleted) from raw.qb_windows')" 3
sync --census=0s --progress=json
is 'the totals as JSON have them, too' "$(tail -n 1 told | jq -c '[.qb, .deleted, .status]')" '["progress_total",0,0]'
sync --census=0s
is 'once more: nothing is written' "$status $calls $(deleted invoices)" '0 4 3'
ok 'nothing is deleted twice' grep -q ', 0 deleted; ' told

# --- when deletions are looked for
# An entry that says no more than the one before replaces it, with the calls of both.
censuses() { pg -c "select sum(calls) from raw.qb_windows where by = 'census'"; }
age() { pg -c "update raw.qb_windows set loaded_at_utc = loaded_at_utc - interval '$1' where by = 'census'"; }
# as if the log of changes had been read for two months
pg -c "insert into raw.qb_windows (entity, realm_id, by, range_start_utc, range_end_utc, run_id,
		pages, rows, inserted, updated, unchanged, stale, rejected, rows_left, table_rows,
		seal_sha256, provisional)
	select entity, realm_id, 'change', now() - interval '60 days', now(), 'logged',
		0, 0, 0, 0, 0, 0, 0, 0, max(table_rows), '', true
	from raw.qb_windows group by entity, realm_id"
were=$(censuses)
age '6 days'
sync
is 'not again within a week' "$status $(($(censuses) - were))" '0 0'
age '2 days'
sync
is 'nor after one, where the log of changes told all deletions since' "$status $(($(censuses) - were))" '0 0'
age '27 days'
sync --census=never
is 'nor after five, where it is never to be done' "$status $(($(censuses) - were))" '0 0'
sync --census=9d
is 'nor where it is to be done less often' "$status $(($(censuses) - were))" '0 0'
sync
is 'after five weeks it is' "$status $(($(censuses) - were))" '0 3'
were=$(censuses)
age '6 days 20 hours'
pg -c "delete from raw.qb_windows where run_id = 'logged' and entity = 'Item'"
sync
is 'after a week where the log told nothing, and some hours earlier' "$status $(($(censuses) - were))" '0 1'

# --- what comes back
echo "$gone" | head -n 1 >back
change Invoice return id="$(cat back)" >/dev/null
sleep 1.2
sync --census=0s
is 'a row that is there again' "$status $(deleted invoices)" '0 2'
is 'is as QuickBooks has it' "$(truth Invoice invoices)" 0

# --- a role without rights
pg -c "create role stranger_$$ login"
PGUSER=stranger_$$ sync
is 'a role that may not see the load log' "$status" 69
ok 'is told what it lacks' grep -q 'permission denied for schema raw' told
ok 'and not to load again' sh -c '! grep -q -e --from= told'
pg -c "drop role stranger_$$"

# --- a row that QuickBooks has and the table does not
pg -c "update raw.items set deleted_at_utc = fetched_at_utc where id = (select min(id) from raw.items)"
sync --census=0s
is 'a census that misses a row' "$status" 75
pg -c "select count(*) from raw.qb_windows where by = 'census' and provisional" >provisional
sync
is 'is taken again by the next run, though it is not a week old' "$status" 75
ok 'which names the row, too' grep -q 'qb-census: Item: QuickBooks has 1 row that the table lacks' told
ok 'and a command that reads it into the archive, too' grep -q '^qb-sync: next: reload: .* --archive=archive' told
is 'the load log says that it was provisional' "$(cat provisional)" 1
sh -c "$(sed -n 's/^qb-sync: next: reload: //p' told)" >reloaded 2>&1
is 'the command that is told' $? 0
sync
is 'brings the row' "$status $(deleted items)" '0 0'
sync --census=7d
is 'and then the census is not taken again' "$status $(grep -c 'lacks' told)" '0 0'

# --- the archive alone
find archive -name '*.gz' | sort -R | xargs zcat | qb-load --schema=replay >/dev/null
is 'a replay in any order' $? 0
same='id, payload, updated_at_utc, deleted_at_utc'
is 'gives the same table, with its deletions' "$(pg -c "select count(*) from (
	select $same from raw.invoices except select $same from replay.invoices) d")" 0
is 'down to the last row' "$(pg -c 'select count(*) from replay.invoices')" 600

# --- an archive that begins after the first load
bare() { qb-sync --settle=0s --schema=bare "$@" >report 2>told; }
bare invoices items --from=2020-01-01 --every=2w
is 'a first load without an archive' $? 0
bare --archive=later
is 'an archive that lacks what was loaded before' $? 75
is 'is told once' "$(grep -c '^qb-sync: the tables are complete, but later is not: ' told)" 1
sh -c "$(sed -n 's/^qb-check: next: reload: //p' told)" >reloaded 2>&1
is 'the command that is told' $? 0
bare --archive=later
is 'completes it' $? 0
find later -name '*.gz' | sort -R | xargs zcat | qb-load --schema=completed >/dev/null
is 'so that it gives the tables' "$(pg -c "select count(*) from (select id, payload from bare.invoices
	except select id, payload from completed.invoices) d")" 0

# --- rows that the pipeline drops
dropping() { qb-sync --settle=0s --schema=dropped --jq='select(.Id != "1")' "$@" >report 2>told; }
dropping items --from=2020-01-01 --every=1y
is 'a program that drops a row' "$? $(pg -c 'select count(*) from dropped.items')" '0 29'
sleep 1.2
dropping --census=0
is 'is no row that the census misses' $? 0

# --- other runs at the same time
mkfifo held
exec 5<>held
qb-lock invoices <held >locked 5>&- &
until [ -s locked ]; do sleep 0.05; done
sync
is 'another run is at work' "$status" 75
ok 'which is told' grep -q 'another run is loading Invoice' told
sync --if-running=leave
is 'it may be left to that' "$status" 0
sync --if-running=leave -q
is 'without a word' "$status $(cat told report)" '0 '
qb-sync --settle=0s --if-running=wait --archive=archive >report 2>told 5>&- &
waiting=$!
until grep -q 'waiting for it' told; do sleep 0.1; done
sleep 2.5	# it tries again
exec 5>&-
wait $waiting
is 'or waited for' $? 0
is 'and says that it waits, once' "$(grep -c 'waiting for it' told)" 1
exec 5<>held
qb-lock invoices <held >locked 5>&- &
until [ -s locked ]; do sleep 0.05; done
late=0 silent=0
for delay in 0 0.03 0.06 0.1 0.5 1; do
	rm told
	qb-sync --if-running=wait >report 2>told 5>&- &
	waiting=$!
	until grep -qs 'waiting for it' told; do sleep 0.02; done
	sleep $delay
	began=$(date +%s%N)
	kill -TERM $waiting
	wait $waiting 2>waited
	[ $? = 143 ] && [ $((($(date +%s%N) - began) / 1000000)) -lt "${QB_TEST_SLACK:-1}500" ] || late=$((late + 1))
	grep -q '^qb-sync: stopped: ' told || silent=$((silent + 1))
done
exec 5>&-
is 'a signal ends the waiting at once, whenever it comes' $late 0
is 'which is told' $silent 0

# --- another run is at the first load
exec 5<>held
qb-lock items --schema=late <held >locked 5>&- &
until [ -s locked ]; do sleep 0.05; done
sync items --schema=late
is 'while another run loads for the first time' "$status" 75
ok 'a start is not advised' sh -c '! grep -q -e --from= told'
sync --schema=late
is 'nor without names' "$status" 75
ok 'but that run is told' grep -q 'another run is loading Item' told
sync --schema=late --if-running=leave
is 'it may be left to that, too' "$status" 0
before=$(asked)
for names in items ''; do
	# shellcheck disable=SC2086 # a name or none
	qb-sync $names --schema=late --if-running=wait >"report$names" 2>"told$names" 5>&- &
	eval "waiting$names=$!"
	until grep -qs 'waiting for it' "told$names"; do sleep 0.05; done
done
is 'or waited for, and nothing is asked of QuickBooks' $(($(asked) - before)) 0
qb-window items --from=2020-01-01 --every=10y | qb-fetch | qb-stamp | qb-load --schema=late >receipts
qb-window items --from=2020-01-01 --every=10y --by=created |
	qb-census --schema=late | qb-stamp | qb-load --schema=late >>receipts
before=$(asked)
exec 5>&-
# shellcheck disable=SC2154 # set by eval
wait "$waitingitems"
is 'a run that waited goes on from there' $? 0
wait "$waiting"
is 'and so does one without names' $? 0
is 'each by one call: the census was just taken, which it knows' $(($(asked) - before)) 2
ok 'with what was loaded' grep -q '^qb-sync: ok: 1 entity until .*; 1 call, ' told

# --- failures
sim_stop
sync
is 'no QuickBooks: the stage that failed is told' "$status" 75
ok 'with the command' sh -c 'tail -n 1 told | grep -q "next: .*qb-sync --settle=0s"'
done_testing
