#!/bin/sh
# What qb-load does when something is wrong: with the stream, with the rights,
# with a row, with the server, with this machine.  No window is ever half
# loaded, and what has its receipt stays.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
lib=$(cd "${0%/*}/../lib" && pwd)
root=$(cd "${0%/*}/../.." && pwd)
dir=$(mktemp -d /tmp/qb-trouble.XXXXXX); chmod 755 "$dir"; other=
cleanup() {
	[ -z "$other" ] || "$root/scripts/private-postgres" stop "$other"
	pg_stop
	rm -rf "$dir"
}
trap cleanup EXIT; trap 'exit 1' INT TERM HUP
cd "$dir" || exit 1
pg_start || exit 1

windows() { python3 "$lib/windows.py" "$@" 2>/dev/null; }
load() { windows "$@" | qb-load >out 2>err; echo $?; }
counts() {
	sed -n 's/.*"inserted":\([0-9]*\),"updated":\([0-9]*\),"unchanged":\([0-9]*\),"stale":\([0-9]*\),"rejected":\([0-9]*\),"deleted":0,"table_rows":\([0-9]*\),.*/\1,\2,\3,\4,\5\/\6/p' out | paste -sd' '
}
said() { grep -q -- "$1" err; }
await() { n=0; until [ -s "$1" ] || [ $n -ge 200 ]; do sleep 0.1; n=$((n + 1)); done; }
reseal() {	# seal again what was changed, as somebody would to fool us
python3 - "$1" <<'END'
import hashlib, json, sys
lines = open(sys.argv[1], encoding="utf-8", errors="surrogateescape").read().splitlines(True)
rows = [line for line in lines if line.startswith('{"qb":"row"')]
seal = json.loads(next(line for line in lines if '"seal"' in line))
body = "".join(rows).encode(errors="surrogateescape")
seal["fetch"].update(bytes=len(body), sha256=hashlib.sha256(body).hexdigest())
sys.stdout.buffer.write(body + (json.dumps(seal, separators=(",", ":")) + "\n" + lines[-1]).encode())
END
}
has_next() { grep -q '^qb-load: next: ' err; }
rows() { pg -c "select count(*) from raw.$1" 2>/dev/null || echo none; }
ledger() { pg -c "select count(*) from raw.qb_windows where entity = '$1'"; }
# trouble WHAT STATUS WANTED_STATUS WORDS: the status, the words, and advice
trouble() {
	is "$1: exit $3" "$2" "$3"
	ok "$1: says so" said "$4"
	ok "$1: and what to do next" has_next
}

# --- the stream
two='entity=Invoice no=1 of=2 ids=1-3|entity=Invoice no=2 of=2 ids=4-6'
trouble 'a stream without an end' "$(load "${two%|*}" NOEND)" 75 'complete windows: 1, rows: 3'
is 'its sealed window is safe' "$(rows invoices) $(counts)" '3 3,0,0,0,0/3'
trouble 'a window without its seal' "$(load "${two%|*}" "${two#*|} seal=no" NOEND)" 75 'before its end line'
is 'nothing of it is loaded' "$(rows invoices) $(ledger Invoice)" '3 2'
windows "${two#*|}" | head -c 700 | qb-load >out 2>err
trouble 'half a line' $? 65 'incomplete'
windows "${two#*|}" | sed 's/"Memo":"a"/"Memo":"b"/' | qb-load >out 2>err
trouble 'a changed byte' $? 65 'were changed after they were sealed'
windows "${two#*|}" | sed 2d | qb-load >out 2>err
trouble 'a missing row' $? 65 'the seal says 3'
is 'nothing of them is loaded' "$(rows invoices) $(ledger Invoice)" '3 2'
windows "${two#*|}" | sed 's/}$//' | qb-load >out 2>err
trouble 'a line that is no JSON' $? 65 'line 1'
printf '%s\n' '{"qb":"ticket","window":{}}' | qb-load >out 2>err
trouble 'a ticket' $? 65 'a ticket'
qb-load </dev/null >out 2>err
trouble 'no input at all' $? 75 'before its end line'
windows "${two#*|}" | sed 's/"no":1,"size":1000/"no":1.5,"size":1000/' >bad
reseal bad >resealed
qb-load <resealed >out 2>err
trouble 'a page number that is none' $? 65 'page: "no" is invalid'
trouble 'rows of another company than their seal'"'s" "$(load 'ids=1 row_realm=77')" 65 'the rows are of company 77'
is 'still nothing' "$(rows invoices) $(ledger Invoice)" '3 2'
rm -f out; mkfifo stall
qb-load <stall >out 2>err & loader=$!
exec 7>stall
windows 'ids=1-3' 'entity=Customer ids=1-9' NOEND | head -n 9 >&7
await out
is 'while the stream stalls no transaction is open, and no lock is held' \
	"$(pg -c "select state, backend_xmin is null, (select count(*) from pg_locks l where l.pid = a.pid) from pg_stat_activity a where application_name = 'qb-load' and datname = '$PGDATABASE'")" 'idle|t|0'
is 'and the receipt is there already' "$(grep -c receipt out)" 1
exec 7>&-; wait $loader
trouble 'then it ends' $? 75 'before its end line'
is 'the window that was open is not loaded' "$(rows customers)" none

# --- another company
trouble 'another company in the schema' "$(load 'ids=1 realm=99')" 69 'belongs to company 4620816365'
ok 'with the schema to use' said '--schema=raw_other'
windows 'ids=1 realm=99' | qb-load --schema raw_other >out 2>err
is 'which works' "$? $(counts)" '0 1,0,0,0,0/1'
windows 'ids=1 realm=99' | qb-load --dry-run >out 2>err
trouble 'a dry run of it' $? 69 'belongs to company'
trouble 'two companies in one stream' "$(windows 'ids=1 realm=5' 'ids=2 realm=6' | qb-load --schema=fresh >out 2>err; echo $?)" 69 'belongs to company 5'
is 'leave the first one loaded' "$(counts)" 1,0,0,0,0/1
printf '%s\n' '{"Id":"1","Memo":"\u0000"}' >nul
windows 'payload=nul realm=7' | qb-load --schema=unbound >out 2>err
windows 'ids=1 realm=8' | qb-load --schema=unbound >out 2>err
is 'a first window that fails binds nothing' "$? $(counts)" '0 1,0,0,0,0/1'

# --- rights
pg -c "create role loader_$$ login" -c "create role owner_$$ login"
as() { windows "$2" | PGUSER="$1" qb-load ${3:+--schema=$3} >out 2>err; echo $?; }
trouble 'no right to make the schema' "$(as loader_$$ 'ids=1' mine)" 69 'schema mine is missing and cannot be created'
ok 'with the GRANT' said "GRANT CREATE ON DATABASE $PGDATABASE TO loader_$$"
pg -c 'create schema bare' -c "grant usage on schema bare to loader_$$"
trouble 'a schema that is there, without a ledger and the right to make one' "$(as loader_$$ 'ids=1' bare)" 69 'the load log of schema bare is missing and cannot be created'
ok 'with the GRANT' said "GRANT CREATE ON SCHEMA bare TO loader_$$"
pg -c "grant create on schema bare to loader_$$"
is 'which is enough' "$(as loader_$$ 'ids=1' bare) $(counts)" '0 1,0,0,0,0/1'
trouble 'no right to look into the schema' "$(as loader_$$ 'ids=1' raw)" 69 'permission denied for schema raw'
ok 'with the GRANT' said "GRANT USAGE ON SCHEMA raw TO loader_$$"
pg -c "grant usage on schema raw to loader_$$"
trouble 'no right to the tables' "$(as loader_$$ 'ids=1' raw)" 69 'permission denied for table'
pg -c "grant select, insert on all tables in schema raw to loader_$$"
trouble 'no right to update' "$(as loader_$$ 'ids=1 memo=new updated=2026-01-01T00:00:00Z' raw)" 69 'permission denied for table invoices'
trouble 'no right to make a table' "$(as loader_$$ 'entity=Vendor ids=1' raw)" 69 'table raw.vendors is missing and cannot be created'
ok 'with the folder of the files and the GRANT' said 'share/qb/sql/schema.*-f table.sql'
ok 'which is of the schema, not of the database' said "GRANT CREATE ON SCHEMA raw TO loader_$$"
psql -X -q -v schema=raw -v role="loader_$$" -f "$root/sql/schema/grants.sql" >psqlout 2>&1
is 'grants.sql gives what is needed' "$(cat psqlout; as loader_$$ 'ids=1 memo=new updated=2026-01-01T00:00:00Z' raw) $(counts)" '0 0,1,0,0,0/3'
pg -c "revoke temporary on database $PGDATABASE from public, loader_$$"
trouble 'no right to temporary tables' "$(as loader_$$ 'ids=1 memo=newer updated=2026-01-02T00:00:00Z' raw)" 69 'permission denied to create temporary tables'
is 'which what is new or the same needs not' "$(as loader_$$ 'ids=1 memo=new updated=2026-01-01T00:00:00Z' raw) $(counts)" '0 0,0,1,0,0/3'
pg -c "grant temporary on database $PGDATABASE to public"
trouble 'a user that is not there' "$(as nobody_$$ 'ids=1')" 69 'nobody_'
trouble 'a database that is not there' "$(windows ids=1 | PGDATABASE=nowhere_$$ qb-load >out 2>err; echo $?)" 69 'nowhere_'
trouble 'a server that is not there' "$(windows ids=1 | PGHOST=$dir qb-load >out 2>err; echo $?)" 75 "$dir"
mkfifo stalled; exec 8<>stalled
trouble 'nor does the stream begin' "$(PGHOST=$dir timeout 60 qb-load <stalled >out 2>err; echo $?)" 75 "$dir"
exec 8>&-
for jobs in 1 4; do
	trouble 'nor is the stream one' "$(echo hello | PGHOST=$dir qb-load --jobs=$jobs >out 2>err; echo $?)" 75 "$dir"
done
printf '%s\n' '{"qb":"end","windows":0,"rows":0}' | PGHOST=$dir qb-load >out 2>err
is 'and an end is not told' "$? $(wc -c <out)" '75 0'
pg -c "create role one_$$ login connection limit 1" -c "create schema one authorization one_$$" -c "grant temporary on database $PGDATABASE to one_$$"
windows 'ids=1' | PGUSER=one_$$ qb-load --schema=one --jobs=3 >out 2>err
trouble 'fewer connections than loaders' $? 75 'too many connections'
is 'what is told as loaded is, and nothing else' "$(grep -c '"receipt"' out)" \
	"$(pg -c 'select count(*) from one.qb_windows' 2>/dev/null || echo 0)"
pg -c "drop owned by one_$$" -c "drop role one_$$"
trouble 'a --dsn that is none' "$(windows ids=1 | qb-load --dsn='password=sesame host' >out 2>err; echo $?)" 64 'connection string'
ok 'its password is not shown' [ "$(grep -c sesame err)" = 0 ]
is '--dsn wins over the environment' "$(windows ids=1 | qb-load --dsn='dbname=elsewhere' >out 2>err; echo $?; grep -c '"elsewhere" does not exist' err)" "69
1"
pg -c "create schema strange" -c "create table strange.qb_windows (a int)"
trouble 'a ledger that is not ours' "$(windows ids=1 | qb-load --schema=strange >out 2>err; echo $?)" 69 'schema strange has tables with other columns'
is 'nothing is added to it' "$(pg -c "select count(*) from information_schema.columns where table_schema = 'strange' and table_name = 'qb_windows'")" 1
pg -c "create schema older" -c "create table older.invoices (id text primary key, payload jsonb)"
trouble 'a table that is not ours' "$(windows ids=1 | qb-load --schema=older >out 2>err; echo $?)" 69 'schema older has tables with other columns'
ok 'and the schema to use is named' said '--schema=older_other'
is 'nothing is changed there' "$(pg -c 'select count(*) from older.invoices; select count(*) from older.qb_realm' | paste -sd' ')" '0 0'
trouble 'a schema that no schema can be' "$(windows ids=1 | qb-load --schema="$(printf 'x%.0s' $(seq 70))" >out 2>err; echo $?)" 64 '1 to 63 bytes'
trouble 'a read-only server' "$(windows ids=1 | PGOPTIONS='-c default_transaction_read_only=on' qb-load >out 2>err; echo $?)" 69 'read-only'
pg -c "drop owned by loader_$$" -c "drop role loader_$$, owner_$$"

# --- rows that jsonb cannot hold
cat >mixed <<'END'
{"Id":"1","Memo":"good"}
{"Id":"2","Memo":"a\u0000b"}
{"Id":"3","Memo":"good"}
{"Id":"4","Memo":"\ud83d"}
{"Id":"5","Memo":1e200000}
END
trouble 'a row that jsonb cannot hold' "$(load 'entity=Item ids=1-2' 'entity=Bill payload=mixed')" 65 'line 5: id 2: jsonb cannot hold it'
is 'fails its window, not the one before' "$(rows items) $(rows bills)" '2 0'
ok 'and --rejects is named' said '--rejects=FILE'
load_rejects() { windows "$@" | qb-load --rejects=rejects >out 2>err; echo $?; }
trouble 'with --rejects' "$(load_rejects 'entity=Bill payload=mixed run=r' 'entity=Item ids=3')" 65 '3 rows that jsonb cannot hold'
is 'the others are loaded, and the windows after it' "$(counts)" '2,0,0,0,3/2 1,0,0,0,0/3'
is 'and the end is there' "$(grep -c '"qb":"end","windows":2,"rows":6' out)" 1
ok 'the file has the envelopes as they came' sh -c 'cmp -s rejects want' "$(windows 'entity=Bill payload=mixed run=r' | grep -E '"Id":"[245]"' >want)"
is 'and what is advised works on it' \
	"$(sh -c "$(sed -n 's/^qb-load: next: see their ids: //p' err)" | wc -l)" 3
is 'for nobody else to read' "$(stat -c %a rejects)" 600
is 'the ledger counts them' "$(pg -c "select rows, inserted, rejected, table_rows from raw.qb_windows where entity = 'Bill'")" '5|2|3|2'
load_rejects 'entity=Bill payload=mixed' >/dev/null
is 'again: the good are unchanged, the others rejected again' "$(counts)" 0,0,2,0,3/2
windows 'entity=Term payload=mixed' | qb-load --dry-run --rejects=rejects2 >out 2>err
is 'a dry run counts them' "$(counts)" 2,0,0,0,3/2
ok 'and puts nothing aside' [ ! -s rejects2 ]
ok 'and says so' said 'nothing was loaded or put into rejects2'
windows 'entity=Bill payload=mixed memo=x' | qb-load --rejects=/dev/full >out 2>err
trouble 'a full disk under --rejects' $? 74 'the file of --rejects'
windows ids=1 | qb-load --rejects=/nonexistent/file >out 2>err
trouble 'a file that cannot be' $? 74 '/nonexistent/file'
# what only the server finds out
windows 'entity=Transfer ids=1-40' >clean
nul() { printf '%s\n' "$1" | sed 's/ /\n/g' >which; awk 'NR == FNR { bad[$1]; next }
	/"qb":"row"/ && ++n in bad { sub(/select . from X/, "a\\u0000b") } { print }' which clean >bad; reseal bad; }
nul '7' | qb-load >out 2>err
trouble 'a request that jsonb cannot hold' $? 65 'line 7: id 7: PostgreSQL says: unsupported Unicode escape'
is 'fails its window' "$(rows transfers)" 0
nul '7 8 40' | qb-load --rejects=rejects3 >out 2>err
trouble 'three of them are put aside' $? 65 '3 rows that jsonb cannot hold'
is 'and the others loaded' "$(counts) $(wc -l <rejects3)" '37,0,0,0,3/37 3'
# payloads are the server's to read: what was sealed and is no JSON
spoil() { sed -i "7s/$1/$2/" clean2; reseal clean2 >bad; }
no_json() {	# no_json WHAT OPTION...
	what=$1; shift
	qb-load "$@" <bad >out 2>err
	trouble "$what" $? 65 'line 7: id 7: the payload is not JSON: byte [0-9]'
	is 'nothing of it is loaded' "$(rows time_activities)" 0
}
windows 'entity=TimeActivity ids=1-40' | tee clean3 >clean2
spoil '"payload":{' '&nonsense,'
no_json 'a payload that is not JSON'
rm -f rejects4
no_json 'and where rows are put aside' --rejects=rejects4
ok 'is not among them' [ ! -s rejects4 ]
no_json 'and in a dry run' --dry-run
cp clean3 clean2; spoil '}}$' '},\"row\":{}}'
no_json 'a member behind the payload'
cp clean3 clean2; spoil '}}$' '}}}'
no_json 'a brace too many'
cp clean3 clean2; spoil '"Memo":"' "&$(printf '\355\240\200')"
LC_ALL=C no_json 'half a surrogate pair in bytes'
{ windows 'entity=TimeActivity ids=101-140'; cat bad; } | qb-load >out 2>err
trouble 'behind a window of rows that are all new' $? 65 'line 49: id 7: the payload is not JSON'
is 'that one is loaded' "$(rows time_activities)" 40
printf '%s\n' '{"Id":"1"}' '{"Id":"2",nonsense}' >older
load 'entity=TimeActivity ids=1-2' >/dev/null
trouble 'in a row that is stale' "$(load 'entity=TimeActivity payload=older updated=2020-01-01T00:00:00Z at=2020-01-02T00:00:00Z')" 65 'line 2: id 2: the payload is not JSON'
pg -c "create function raw.picky() returns trigger language plpgsql as \$\$ begin
	if new.id = '3' then raise 'not this one' using errcode = '23514'; end if; return new; end \$\$" \
	-c 'create trigger picky before insert on raw.items for each row execute function raw.picky()'
trouble 'a row that the table refuses' "$(load 'entity=Item ids=3-4 memo=n updated=2026-01-01T00:00:00Z')" 65 'not this one'
is 'fails its window' "$(rows items)" 3
pg -c 'drop trigger picky on raw.items'

# --- what others do
# one psql that keeps a transaction open until fd 7 is closed
keep() { rm -f kept; mkfifo kept; psql -X -q -A -t <kept >said 2>&1 & exec 7>kept; echo "begin; $1; select 'held';" >&7; await said; }
give() { exec 7>&-; wait $!; rm kept; }
keep 'lock table raw.invoices in access exclusive mode'
is 'a lock on the same table of another schema is nobody'"'"'s matter' \
	"$(windows ids=1 | timeout 20 qb-load --schema=aside >out 2>err 7>&-; echo $?; exec 7>&-)" 0
give
# windows that go together, the server gone at their commit, and no way back
pg -c "create role doubt_$$ login" -c "create schema doubt authorization doubt_$$" -c "grant temporary on database $PGDATABASE to doubt_$$"
windows ids=1 | PGUSER=doubt_$$ qb-load --schema=doubt >out 2>err
pg -c "create function doubt.die() returns trigger language plpgsql security definer as \$\$ begin
	perform pg_terminate_backend(pg_backend_pid()); return null; end \$\$" \
	-c "create constraint trigger die after insert on doubt.invoices deferrable initially deferred
		for each row when (new.id = '40') execute function doubt.die()"
keep 'lock table doubt.qb_windows in share mode'
for n in 10 20 30 40 50; do echo "no=$n of=50 ids=$n"; done >five
set --; while read -r window; do set -- "$@" "$window"; done <five
windows "$@" >five
PGUSER=doubt_$$ qb-load --schema=doubt <five >out 2>err 7>&- & loader=$!
for _ in $(seq 200); do
	[ "$(pg -c "select count(*) from pg_locks where relation = 'doubt.qb_windows'::regclass and not granted")" = 0 ] || break
	sleep 0.05
done
pg -c "alter role doubt_$$ nologin"
exec 7>&-; wait $loader; rc=$?
trouble 'a commit in doubt, and nobody to ask' $rc 69 'not permitted to log in'
is 'what is told as loaded is' "$(grep -c '"receipt"' out)" "$(pg -c "select count(*) - 1 from doubt.qb_windows")"
pg -c "drop schema doubt cascade" -c "drop owned by doubt_$$" -c "drop role doubt_$$"

# --- two at once
load 'entity=Payment ids=1-40' >/dev/null
pg -c "create function raw.slow() returns trigger language plpgsql as \$\$ begin
	perform pg_sleep(0.01); return new; end \$\$" \
	-c 'create trigger slow before insert or update on raw.payments for each row execute function raw.slow()'
for round in 1 2 3; do
	windows "entity=Payment ids=1-40 memo=$round-up updated=2025-02-0${round}T00:00:00Z" >up
	windows "entity=Payment ids=40-1 memo=$round-down updated=2025-02-0${round}T00:00:01Z" >down
	qb-load <up >up.out 2>up.err & first=$!
	qb-load <down >down.out 2>down.err & second=$!
	wait $first || echo "up: $round" >>lost
	wait $second || echo "down: $round" >>lost
done
is 'two loaders in opposite order both load' "$(cat lost up.err down.err 2>/dev/null)" ''
is 'and never wait for each other in a circle' "$(pg -c "select deadlocks from pg_stat_database where datname = '$PGDATABASE'")" 0
is 'and the newer wins' "$(pg -c "select count(*), min(payload->>'Memo') from raw.payments")" '40|3-down'
load 'entity=Payment ids=' >/dev/null
for round in 1 2 3; do
	windows "entity=Payment ids=${round}00-${round}40+1-40 memo=$round-up updated=2025-03-0${round}T00:00:00Z" >up
	windows "entity=Payment ids=40-1+${round}40-${round}00 memo=$round-down updated=2025-03-0${round}T00:00:01Z" >down
	qb-load <up >up.out 2>up.err & first=$!
	qb-load <down >down.out 2>down.err & second=$!
	wait $first || echo "up: $round" >>lost
	wait $second || echo "down: $round" >>lost
done
is 'so do two that bring new rows and changed ones' "$(cat lost up.err down.err 2>/dev/null)" ''
is 'without a circle' "$(pg -c "select deadlocks from pg_stat_database where datname = '$PGDATABASE'")" 0
is 'and the newer wins again' "$(pg -c "select count(*), min(payload->>'Memo'), count(*) filter (where payload->>'Memo' like '%-down') from raw.payments")" '163|1-down|163'
is 'the ledger'"'"'s counts add up' "$(pg -c "select sum(inserted), max(table_rows), bool_and(rows = inserted + updated + unchanged + stale + rejected) from raw.qb_windows where entity = 'Payment'")" '163|163|t'
windows 'ids=1-2' | qb-load --schema=led >out 2>err
pg -c "create trigger slow before insert on led.qb_windows for each row execute function raw.slow()" \
	-c "create or replace function raw.slow() returns trigger language plpgsql as \$\$ begin
	perform pg_sleep(0.5); return new; end \$\$"
windows 'ids=3-5' | qb-load --schema=led >out 2>err &
windows 'ids=6-9' | qb-load --schema=led >out2 2>err2
wait $!
is 'the ledger counts on from the entry before, side by side too' "$(pg -c 'select max(table_rows) from led.qb_windows')" 9
pg -c 'drop function raw.slow cascade' 2>/dev/null
windows 'entity=Estimate ids=1-50' >same
for i in 1 2 3 4; do qb-load --schema=once <same >"same$i" 2>"same$i.err" & done; wait
is 'four that load the same at once insert it once' "$(cat same?.err; pg -c 'select sum(inserted), sum(inserted + unchanged), max(table_rows) from once.qb_windows')" '50|200|50'

# --- the connection
proxy() {	# proxy MODE: a server that breaks so, in $dir/proxy
	rm -rf proxy fifo ready; mkdir proxy; mkfifo fifo
	python3 "$lib/pgproxy.py" "$dir/proxy" "$PGHOST/.s.PGSQL.$PGPORT" "$1" <fifo >ready &
	proxy=$!
	exec 8>fifo
	await ready
}
unproxy() { exec 8>&-; wait "$proxy"; }
through() { windows "$1" 8>&- | PGHOST=$dir/proxy PGPORT=5432 qb-load >out 2>err 8>&-; echo $?; }
proxy commit-done
is 'COMMIT done, its answer lost: found in the ledger' "$(through 'entity=Class ids=1-3') $(counts)" '0 3,0,0,0,0/3'
unproxy
proxy commit-lost
trouble 'COMMIT lost on its way' "$(through 'entity=Class ids=4-6')" 75 'it was not loaded'
unproxy
is 'and nothing is loaded' "$(rows classes) $(ledger Class)" '3 1'
proxy copy
is 'cut in the middle of COPY: tried again' "$(through 'entity=Class ids=4-6') $(counts)" '0 3,0,0,0,0/6'
unproxy
rm -f out
(windows 'entity=Class ids=7' NOEND; until [ -e go ]; do sleep 0.1; done; windows 'entity=Class ids=8') |
	sed -u '/"qb":"end"/s/"windows":1,"rows":1/"windows":2,"rows":2/' | qb-load >out 2>err & loader=$!
await out
pg -c "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'qb-load' and datname = '$PGDATABASE'" >/dev/null
: >go; wait $loader
is 'a connection that was closed between windows is opened again' "$? $(counts)" '0 1,0,0,0,0/7 1,0,0,0,0/8'

# --- where a table was, there is none
between() {	# between SQL [IDS]: run while the loader waits for its second window
	rm -f out go
	(windows 'entity=Term ids=7' NOEND; until [ -e go ]; do sleep 0.1; done; windows "entity=Term ids=${2-8}") |
		sed -u '/"qb":"end"/s/"windows":1,"rows":1/"windows":2,"rows":2/' | qb-load >out 2>err & loader=$!
	await out; pg -c "$1"; : >go; wait $loader; echo $?
}
is 'a table that was dropped between windows is made again' "$(between 'drop table raw.terms') $(counts) $(rows terms)" '0 1,0,0,0,0/1 1,0,0,0,0/2 1'
pg -c 'create schema kept' -c 'alter table raw.qb_windows set schema kept'
is 'and so is a ledger' "$(between 'drop table raw.qb_windows cascade') $(ledger Term)" '0 1'
pg -c 'drop table raw.terms'
is 'a key that was dropped in a first load is not counted on' "$(between 'alter table raw.terms drop constraint terms_pkey' 7) $(rows terms)" '0 1'
pg -c 'drop table raw.qb_windows cascade' -c 'alter table kept.qb_windows set schema raw' -c 'drop schema kept'

# --- this machine
windows 'entity=Deposit ids=1-3' | qb-load >/dev/full 2>err
trouble 'standard output is full' $? 74 'No space left'
is 'what was committed stays' "$(rows deposits)" 3
windows 'entity=Deposit ids=1-3' | qb-load 2>err | true
load 'entity=Deposit ids=1-3' >/dev/null
is 'a reader that went away leaves it whole' "$(counts)" 0,0,3,0,0/3
windows 'entity=Deposit ids=1-4000 pad=1000' | TMPDIR=/nonexistent qb-load >out 2>err
trouble 'no room for rows that wait' $? 74 '/nonexistent'
windows 'entity=Deposit ids=1-4000 pad=1000' >long
(qb-load <long >out 2>err & echo $! >pid; sleep 0.2; kill -9 "$(cat pid)") 2>/dev/null
qb-load <long >out 2>err
is 'killed, and run again: all is there' "$? $(rows deposits)" '0 4000'
ok 'the window was never half loaded' [ "$(pg -c "select count(*) from raw.qb_windows where entity = 'Deposit' and rows = 4000 and inserted not in (0, 3997)")" = 0 ]

# --- a server of our own, to be stopped
other=$dir/server
eval "$("$root/scripts/private-postgres" start "$other")"
export PGHOST PGPORT PGUSER PGDATABASE
rm -f out
(windows 'ids=1-3' NOEND; until [ -e stopped ]; do sleep 0.1; done; windows 'ids=4') |
	qb-load >out 2>err & loader=$!
await out
"$root/scripts/private-postgres" stop "$other"; : >stopped
wait $loader; trouble 'the server stops between windows' $? 75 PostgreSQL
is 'the first window has its receipt' "$(counts)" 3,0,0,0,0/3
eval "$("$root/scripts/private-postgres" start "$other")"
is 'and is there when the server is back' "$(rows invoices)" 3
"$root/scripts/private-postgres" stop "$other"; other=
done_testing
