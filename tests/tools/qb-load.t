#!/bin/sh
# Each promise of tools/qb-load.c about what is in the tables afterwards.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
gen=$(cd "${0%/*}/../lib" && pwd)/windows.py
sql=$(cd "${0%/*}/../../sql" && pwd)
root=$(cd "${0%/*}/../.." && pwd)
dir=$(mktemp -d /tmp/qb-load.XXXXXX); chmod 755 "$dir"; own=
cleanup() {
	[ -z "$own" ] || "$root/scripts/private-postgres" stop "$own"
	pg_stop
	rm -rf "$dir"
}
trap cleanup EXIT; cd "$dir" || exit 1
trap 'exit 1' INT TERM HUP
# WAL is counted here, and is that of a whole server: one of our own.
unset QB_TEST_PGHOST
pg_start || exit 1

windows() { python3 "$gen" "$@"; }
# load WINDOW...: leaves receipts in out, talk in err, says the exit status
load() { windows "$@" | qb-load >out 2>err; echo $?; }
# the numbers of the receipts: inserted,updated,unchanged,stale,rejected/table
counts() {
	sed -n 's/.*"inserted":\([0-9]*\),"updated":\([0-9]*\),"unchanged":\([0-9]*\),"stale":\([0-9]*\),"rejected":\([0-9]*\),"deleted":0,"table_rows":\([0-9]*\),.*/\1,\2,\3,\4,\5\/\6/p' out | paste -sd' '
}
content() {	# ids and payloads, whatever the order
	pg -c "select id, fingerprint, updated_at_utc, payload from $1 order by id"
}

# --- a first load
is 'a first load ends well' "$(load 'ids=1-5 run=r1 archive=4620/Invoice/a.ndjson.gz')" 0
is 'everything is inserted' "$(counts)" 5,0,0,0,0/5
is 'a receipt bears the window as it came' \
	"$(sed -n 's/^{"qb":"receipt","window":\({[^}]*}\),"load":{"table":"raw.invoices","rows":5,.*/\1/p' out)" \
	'{"entity":"Invoice","by":"updated","start":"2025-01-01T00:00:00Z","end":"2025-01-08T00:00:00Z","no":1,"of":1}'
is 'and the run, and when' "$(grep -cE '"run":"r1","loaded_at":"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{15}Z"}}$' out)" 1
is 'an end follows' "$(tail -n 1 out)" '{"qb":"end","windows":1,"rows":5}'
is 'nothing is said' "$(cat err)" ''
is 'each column holds what the envelope says' "$(pg -c "select id, payload,
	ingested_at_utc, extract_window_start_utc, extract_window_end_utc,
	page_number, page_size, request_payload, realm_id, updated_at_utc,
	fetched_at_utc, deleted_at_utc is null, run_id
	from raw.invoices where id = '3'")" \
	'3|{"Id": "3", "Memo": "a", "MetaData": {"LastUpdatedTime": "2025-01-02T03:04:05-08:00"}, "TotalAmt": 100.00}|2025-09-13 02:00:00+00|2025-01-01 00:00:00+00|2025-01-08 00:00:00+00|1|1000|{"query": "select * from X", "method": "GET"}|4620816365|2025-01-02 11:04:05+00|2025-09-13 01:43:35.406+00|t|r1'
is 'the ledger has the window' "$(pg -c "select entity, realm_id, by,
	range_start_utc, range_end_utc, run_id, fetched_at_utc, count_before,
	count_after, pages, rows, inserted, updated, unchanged, stale, rejected,
	rows_left, table_rows, seal_sha256, archive_file,
	loaded_at_utc > now() - interval '1 hour' from raw.qb_windows")" \
	"Invoice|4620816365|updated|2025-01-01 00:00:00+00|2025-01-08 00:00:00+00|r1|2025-09-13 01:43:35.406+00|5|5|1|5|5|0|0|0|0|0|5|$(windows 'ids=1-5' | sed -n 's/.*"sha256":"\([0-9a-f]*\)".*/\1/p')|4620/Invoice/a.ndjson.gz|t"
# What rows of a page have in common is kept once: more pages than there is room
# for, two windows, stamps that come and go; then all of them replaced.
pages() {	# pages OF_EACH TABLE: rows whose columns are not those of their page
	pg -c "select count(*), count(*) filter (where
		page_number <> (id::int - 1) % 600 / $1 + 1 or page_size <> $1
		or (run_id = 'r3') <> (id::int > 600)
		or extract(day from extract_window_start_utc) <> case when id::int > 600 then 8 else 1 end
		or request_payload->>'query' <> repeat('q', 300)) from raw.$2"
}
q=$(printf '%300s' '' | tr ' ' q)
load "entity=VendorCredit ids=1-600 size=2 query=$q" "entity=VendorCredit ids=601-1200 size=2 query=$q run=r3 start=2025-01-08T00:00:00Z end=2025-01-15T00:00:00Z" >/dev/null
is 'each row bears its page, window and run' "$(counts) $(pages 2 vendor_credits)" '600,0,0,0,0/600 600,0,0,0,0/1200 1200|0'
load "entity=VendorCredit ids=1-600 size=3 query=$q memo=b at=2025-10-01T00:00:00Z" "entity=VendorCredit ids=601-1200 size=3 query=$q memo=b at=2025-10-01T00:00:00Z run=r3 start=2025-01-08T00:00:00Z end=2025-01-15T00:00:00Z" >/dev/null
is 'and that of the load that replaced it' "$(counts) $(pages 3 vendor_credits)" '0,600,0,0,0/1200 0,600,0,0,0/1200 1200|0'
is 'payloads are packed with lz4' "$(pg -c "select attcompression from pg_attribute where attrelid = 'raw.invoices'::regclass and attname = 'payload'")" l

# --- again
load 'ids=1-5' >/dev/null
is 'the same again is unchanged' "$(counts)" 0,0,5,0,0/5
is 'and keeps the run that wrote it' "$(pg -c 'select distinct run_id from raw.invoices')" r1
load 'ids=1-5 at=2025-10-01T00:00:00Z' >/dev/null
is 'the same fetched later is unchanged too' "$(counts)" 0,0,5,0,0/5

await() {	# await ANSWER QUESTION: for ten seconds at the most
	for _ in $(seq 200); do
		[ "$(pg -c "$2")" != "$1" ] || break
		sleep 0.05
	done
}
# scans: how often the table was read whole, once the last loader has gone
scans() {
	await 0 "select count(*) from pg_stat_activity where application_name = 'qb-load'"
	pg -c "select pg_stat_get_numscans('raw.employees'::regclass)"
}
load 'entity=Employee ids=1-2000' >/dev/null
pg -c 'analyze raw.employees'
before=$(scans)
load 'entity=Employee ids=1-2000' >/dev/null
is 'each row is looked for by its id, also once the table has been analyzed' \
	"$(counts), whole $(($(scans) - before)) times" '0,0,2000,0,0/2000, whole 0 times'

# --- newer and older
load 'ids=4-8 memo=b updated=2025-02-01T00:00:00Z run=r2' >/dev/null
is 'rows updated later replace, new ones are inserted' "$(counts)" 3,2,0,0,0/8
is 'with the run that wrote them' "$(pg -c "select string_agg(id, ',' order by id) from raw.invoices where run_id = 'r2'")" 4,5,6,7,8
load 'ids=1-8' >/dev/null
is 'an older window changes nothing' "$(counts)" 0,0,3,5,0/8
load 'ids=1 memo=link2 at=2025-09-20T00:00:00Z' >/dev/null
is 'of two texts with one LastUpdatedTime the later fetched wins' "$(counts)" 0,1,0,0,0/8
load 'ids=1 memo=link1 at=2025-09-19T00:00:00Z' >/dev/null
is 'and stays' "$(counts)" 0,0,0,1,0/8
load 'entity=TaxAgency ids=1-2 updated=none' >/dev/null
is 'rows without LastUpdatedTime are loaded' "$(counts)" 2,0,0,0,0/2
load 'entity=TaxAgency ids=2-3 updated=none memo=b at=2025-10-01T00:00:00Z' >/dev/null
is 'and the later fetched replaces' "$(counts)" 1,1,0,0,0/3
pg -c "update raw.invoices set deleted_at_utc = now() where id = '2'"
load 'ids=2 memo=c updated=2025-03-01T00:00:00Z at=2025-10-01T00:00:00Z' >/dev/null
is 'a newer row is not deleted any more' "$(pg -c "select deleted_at_utc is null from raw.invoices where id = '2'")" t

# --- twice in one window
load 'entity=Item ids=1-3+2' >/dev/null
is 'an id that occurs twice is loaded once' "$(counts)" 3,0,0,1,0/3
load 'entity=Vendor ids=9' 'entity=Vendor ids=' >/dev/null
is 'a window without rows has its receipt' "$(counts)" '1,0,0,0,0/1 0,0,0,0,0/1'

# --- what the ledger says of calls, and of windows that were read too early
load 'entity=PaymentMethod ids=1 calls=4' 'entity=PaymentMethod ids=2 no=2 calls=0' 'entity=PaymentMethod ids=3 no=3' \
	'entity=PaymentMethod ids= provisional=true calls=1' 'entity=PaymentMethod ids=4 provisional=true calls=2' >/dev/null
is 'the ledger has the calls of each seal, and which windows are provisional' \
	"$(pg -c "select rows, calls, provisional from raw.qb_windows where entity = 'PaymentMethod' order by seq" | paste -sd' ')" \
	'1|4|f 1|0|f 1||f 0|1|t 1|2|f'
is 'and so do the receipts, where they are known' \
	"$(sed -n 's/.*"table_rows":\([0-9]*\)\(,"calls":[0-9]*\)*,"run".*/\1\2/p' out | paste -sd' ')" \
	'1,"calls":4 2,"calls":0 3 3,"calls":1 4,"calls":2'
windows 'entity=PaymentMethod ids=5 provisional=true start=2025-01-08T00:00:00Z end=2025-01-09T00:00:00Z' |
	qb-stamp --jq=empty | qb-load >out
is 'one whose rows a program dropped is not, for it had rows' \
	"$(pg -c "select rows, provisional from raw.qb_windows where entity = 'PaymentMethod' order by seq desc limit 1")" '0|f'

# --- the ledger of an older version
older() {	# older SCHEMA: as it was, before there were calls
	pg -c "alter table $1.qb_windows drop column calls, drop column provisional, drop column deleted"
}
columns() { pg -c "select count(*) from information_schema.columns
	where table_schema = '$1' and table_name = 'qb_windows' and column_name in ('calls', 'provisional', 'deleted')"; }
as() { user=$1; shift; windows "$@" | PGUSER=$user qb-load --schema=before --jobs="${jobs:-1}" >out 2>err; echo $?; }
load_before() { windows "$@" | qb-load --schema=before >out 2>err; echo $?; }
load_before 'entity=PaymentMethod ids=1 calls=3' >/dev/null
windows 'ids=1' | qb-load --schema=other >out 2>err
older before
windows 'entity=PaymentMethod ids=1-2' | qb-load --schema=before --dry-run >out 2>err
is 'a dry run adds no columns' "$? $(columns before)" '0 0'
is 'the first load adds those that it lacks' \
	"$(load_before 'entity=PaymentMethod ids=2 calls=4') $(columns before) $(cat err)" '0 3 '
is 'and what was loaded before has none' \
	"$(pg -c 'select calls, provisional from before.qb_windows order by seq' | paste -sd' ')" '|f 4|f'
older before
pg -c 'create role stranger login' -c "grant temporary on database $PGDATABASE to stranger"
pg -v schema=before -v role=stranger -f "$sql/schema/grants.sql"
pg -c 'create table before.vendors (like before.payment_methods including all)'
pg -c 'grant all on before.vendors to stranger'
# the other loader may commit the empty window before the first one: N is 2 then
is 'who may not add them loads without' \
	"$(jobs=2; as stranger 'entity=PaymentMethod ids=3 calls=5' 'entity=Vendor ids=1 calls=1' 'entity=PaymentMethod ids= no=2 provisional=true calls=1') $(columns before) $(counts | sed 's,/[23]$,/N,')" \
	'0 0 1,0,0,0,0/3 1,0,0,0,0/1 0,0,0,0,0/N'
is 'and is told once what the owner should run' "$(wc -l <err) $(grep -c \
	'^qb-load: the load log before.qb_windows has no columns calls, provisional and deleted, and they cannot be added: .*: psql -v schema=before -f schema.sql$' err)" '1 1'
qb-window payment-methods --from=2025-01-01 --to=2025-01-08 | qb-pending --schema=before >out
is 'qb-pending reads it' "$? $(tail -n 1 out)" '0 {"qb":"end","windows":0,"rows":0}'
pg -v schema=before -f "$sql/schema/schema.sql" 2>/dev/null
is 'which adds them' "$(columns before) $(as stranger 'entity=PaymentMethod ids=3 calls=5') $(cat err)" '3 0 '
is 'and nothing is lost' "$(pg -c 'select calls from before.qb_windows order by seq' | paste -sd' ')" '     5'
psql -X -q -c 'begin' -c 'lock table before.qb_windows in access share mode' -c 'select pg_sleep(60)' >/dev/null 2>&1 & reader=$!
until [ "$(pg -c "select count(*) from pg_locks where relation = 'before.qb_windows'::regclass and mode = 'AccessShareLock' and granted")" = 1 ]; do sleep 0.05; done
is 'a ledger that has them is not locked, whoever reads it for long' \
	"$(load_before 'entity=PaymentMethod ids=3 calls=5') $(cat err)" '0 '
older other
psql -X -q -c 'begin' -c 'lock table other.qb_windows in access share mode' -c 'select pg_sleep(60)' >/dev/null 2>&1 & longer=$!
until [ "$(pg -c "select count(*) from pg_locks where relation = 'other.qb_windows'::regclass and mode = 'AccessShareLock' and granted")" = 1 ]; do sleep 0.05; done
is 'nor is one that lacks them waited for' \
	"$(windows 'ids=1 calls=2' | qb-load --schema=other >out 2>err; echo $?) $(columns other) $(grep -c 'cannot be added: .*lock timeout' err)" '0 0 1'
kill $longer; wait $longer 2>/dev/null
kill $reader; wait $reader 2>/dev/null
cat >doubles.py <<'END'
import sys, subprocess, json, hashlib
# the same id three times in one window, the newest in the middle
lines = []
for memo, at in (("old", "01"), ("new", "03"), ("mid", "02")):
    out = subprocess.run([sys.executable, sys.argv[1], "entity=Bill ids=5 "
        "memo=%s updated=2025-01-%sT00:00:00Z" % (memo, at)],
        stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
    lines.append(out[0])
seal = json.loads(out[1])
body = "".join(line + "\n" for line in lines).encode()
seal["fetch"].update(rows=3, count_before=3, count_after=3, bytes=len(body), sha256=hashlib.sha256(body).hexdigest())
sys.stdout.write(body.decode() + json.dumps(seal, separators=(",", ":")) + "\n"
                 + '{"qb":"end","windows":1,"rows":3}\n')
END
python3 doubles.py "$gen" | qb-load >out 2>err
is 'of three that differ the newest is loaded' \
	"$(counts) $(pg -c "select payload->>'Memo' from raw.bills")" '1,0,0,2,0/1 new'

# --- loads commute
set -- 'ids=1-9 updated=2025-01-02T00:00:00Z memo=a' \
	'ids=5-12 updated=2025-01-03T00:00:00Z memo=b' \
	'ids=3-7 updated=2025-01-03T00:00:00Z memo=c at=2025-09-30T00:00:00Z' \
	'ids=9-10 updated=2025-01-02T00:00:00Z memo=d at=2025-09-30T00:00:00Z'
n=0
for order in '1 2 3 4' '4 3 2 1' '3 1 4 2' '2 4 1 3 2 4'; do
	n=$((n + 1))
	for i in $order; do
		eval "windows \"\${$i}\"" | qb-load --schema="order$n" >>out 2>err
	done
	content "order$n.invoices" >"content$n"
done
for i in 2 3 4; do
	ok "any order gives the same rows ($i)" cmp -s content1 "content$i"
done
is 'all of them' "$(wc -l <content1)" 12
windows "$1" >w1; windows "$2" >w2; windows "$3" >w3; windows "$4" >w4
for i in 1 2 3 4; do
	cat "w$i" "w$(((i + 1) % 4 + 1))" | qb-load --schema=side >"side$i" 2>"err$i" &
done
wait
content side.invoices >content5
ok 'and so do loads side by side' cmp -s content1 content5
is 'which all set up the schema at once' "$(cat err1 err2 err3 err4)" ''

# --- what jsonb makes of it
if [ -f "$sql/../../shared/recorded/SOURCES.txt" ]; then
	python3 - "$sql/../../shared/recorded" >bodies <<'END'
import glob, json, re, sys
# every row of every recorded QueryResponse, as one line of its own text
decoder = json.JSONDecoder()
for name in sorted(glob.glob(sys.argv[1] + "/*.json")):
    text = open(name, encoding="utf-8").read()
    for at in (m.start() for m in re.finditer(r'\{', text)):
        try:
            value, end = decoder.raw_decode(text, at)
        except ValueError:
            continue
        if isinstance(value, dict) and "Id" in value and "MetaData" in value:
            print(text[at:end].replace("\n", " ").replace("\r", " "))
END
	rows=$(wc -l <bodies)
	load 'entity=Estimate payload=bodies' >/dev/null
	is "the $rows recorded rows are loaded" "$(counts)" "$rows,0,0,0,0/$rows"
	pg -c "copy (select id::int, payload from raw.estimates order by 1) to stdout" |
		python3 -c '
import json, sys
for line in sys.stdin.buffer:
    text = line.split(b"\t", 1)[1].decode().rstrip("\n").replace("\\\\", "\\")
    print(json.dumps(json.loads(text, parse_float=str, parse_int=str), sort_keys=True))' >stored
	python3 -c '
import json
for line in open("bodies", encoding="utf-8"):
    print(json.dumps(json.loads(line, parse_float=str, parse_int=str), sort_keys=True))' >sent
	ok 'and are stored with every number as it was written' cmp -s stored sent
else
	skip 'the recorded rows are loaded' 'there are no recorded bodies here'
fi
cat >odd <<'END'
{"Id":"1","A":100.00,"B":1.10,"C":12345678901234567890123,"D":-0.0,"E":"\u00e9\\\"\/\b\f\n\r\t","F":"日本語 😀 \ud83d\ude00"}
{"Id":"2","A":0.1000000000000000000000000000001,"B":[[[]]],"C":{"":null},"D":true,"E":"\\u0000"}
END
load 'entity=Deposit payload=odd' >/dev/null
is 'odd forms are loaded' "$(counts)" 2,0,0,0,0/2
is 'with their numbers as text, but for the sign of zero' "$(pg -c "select payload->>'A', payload->>'B', payload->>'C', payload->>'D' from raw.deposits where id = '1'")" '100.00|1.10|12345678901234567890123|0.0'
ok 'and equal to what was sent' [ "$(pg -c "select count(*) from raw.deposits where payload = \$json\$$(sed -n 1p odd)\$json\$::jsonb")" = 1 ]

# --- a dry run
windows 'entity=Term ids=1-4' | qb-load --dry-run --schema=nowhere >out 2>err
is 'a dry run of a first load' "$(counts) $?" '4,0,0,0,0/4 0'
is 'says so' "$(grep -c '"dry_run":true}}$' out)" 1
is 'and makes no schema' "$(pg -c "select count(*) from pg_namespace where nspname = 'nowhere'")" 0
before=$(content raw.invoices | cksum; pg -c 'select count(*) from raw.qb_windows')
windows 'ids=7-10 memo=z updated=2025-04-01T00:00:00Z' 'entity=Term ids=1' | qb-load --dry-run >out 2>err
is 'a dry run says what would be done' "$(counts)" '2,2,0,0,0/10 1,0,0,0,0/1'
windows 'ids=9-10 no=1' 'ids=7-10 memo=z updated=2025-04-01T00:00:00Z no=2' | qb-load --dry-run >out 2>err
is 'of each window, also where all of the last was new' "$(counts)" '2,0,0,0,0/10 2,2,0,0,0/10'
is 'and leaves nothing' "$(content raw.invoices | cksum; pg -c 'select count(*) from raw.qb_windows')" "$before"
is 'nor a table' "$(pg -c "select to_regclass('raw.terms') is null")" t

# --- the files in sql/ run as they are
odd="By \"hand\" it's"; quoted='"By ""hand"" it'"'"'s"'
file() { psql -X -q -v ON_ERROR_STOP=1 -v schema="$odd" -v table=invoices -f "$sql/$1" 2>&1 >/dev/null | grep -v NOTICE; }
for run in 1 2; do
	is "psql runs them ($run)" "$(file schema/schema.sql; file schema/table.sql)" ''
done
windows 'ids=1-2' | qb-load --schema="$odd" >out 2>err
is 'and qb-load uses what they made' "$(counts)" 2,0,0,0,0/2
is 'a schema of any name is one name' "$(pg -c "select count(*) from $quoted.invoices")" 2
shape() {
	pg -c "select attname, atttypid::regtype, attnotnull from pg_attribute a join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace where nspname = '$1' and relname = 'invoices' and attnum > 0 order by attnum"
}
is 'qb-load makes the table that the files make' "$(shape raw)" "$(shape "By \"hand\" it''s")"

# --- streams
{ windows 'entity=Class ids=1'; windows 'entity=Class ids=2' | gzip -c | zcat; } | qb-load >out 2>err
is 'concatenated streams are loaded' "$(counts)" '1,0,0,0,0/1 1,0,0,0,0/2'
is 'each with its end' "$(grep -c '"qb":"end"' out)" 2
# archived windows are each a stream of its own
for i in $(seq 1 40); do windows "entity=Account no=$i of=40 ids=$i"; done >replayed
for jobs in 1 3; do
	qb-load --schema="replay$jobs" --jobs=$jobs <replayed >out 2>err
	is "forty streams by $jobs: each window is loaded once, and each end is passed on" \
		"$? $(pg -c "select count(*), sum(rows), count(distinct seal_sha256) from replay$jobs.qb_windows") $(grep -c '"qb":"end"' out)" '0 40|40|40 40'
done
# An end is told while the loaders are still on their way, and its place in the
# crew is taken by the window after the next.  They are the second thread and
# those after it; sanitizers have a pthread_create() of their own.
case $QB_BUILD in
*/address*|*/thread*) printf '# loaders that are late: not with a sanitizer\n' ;;
*)
	cc -shared -fPIC -D_GNU_SOURCE -o late.so "$root/tests/lib/late.c" -ldl || exit 1
	for i in 1 2 3; do
		windows "entity=Account no=1 of=2 ids=$((2 * i))" "entity=Account no=2 of=2 ids=$((2 * i + 1))" >paused.$i
	done
	{ for i in 1 2 3; do sed '$d' paused.$i; sleep 1; tail -n 1 paused.$i; done; } |
		QB_LATE_FROM=2 LD_PRELOAD=$PWD/late.so qb-load --schema=late >out 2>err
	is 'so is each where a loader is late' \
		"$? $(pg -c 'select count(*), sum(rows), count(distinct seal_sha256) from late.qb_windows') $(grep -c '"qb":"end"' out)" '0 6|6|6 3'
	for i in 1 2 3; do
		QB_LATE_NONE=$i LD_PRELOAD=$PWD/late.so timeout 60 qb-load --schema=late --jobs=3 <replayed >out 2>err
		is "a machine that has no thread for it is told ($i)" \
			"$? $(grep -c 'pthread_create: Resource temporarily unavailable' err)" '74 1'
	done
	qb-load --schema=late --jobs=3 <replayed >out 2>err
	is 'and the same command goes on' "$? $(grep -c '"qb":"end"' out) $(pg -c 'select count(*) from late.accounts')" '0 40 40'
esac
windows 'entity=Class ids=3' | gzip -c | qb-load >out 2>err
is 'gzip is read' "$(counts)" 1,0,0,0,0/3
windows 'entity=Class ids=4' | QB_RUN_ID=night qb-load >out 2>err
is 'rows without a stamp bear the run that is given' "$(pg -c "select run_id from raw.classes where id = '4'")" night
is 'and so does the receipt' "$(grep -c '"run":"night"' out)" 1
windows 'entity=Class ids=5 run=day' | qb-load --run=night >out 2>err
is 'a stamp wins over it' "$(pg -c "select run_id from raw.classes where id = '5'")" day
windows 'entity=Class ids= run=day' | qb-load --run=night >out 2>err
is 'on a window without rows, too' "$(grep -c '"run":"day"' out)" 1
is '--verbose logs a window in one line' "$(windows 'entity=Class ids=6' | qb-load --verbose 2>&1 >/dev/null | sed 's/ms=.*//')" \
	'qb-load: window loaded entity=Class window=1/1 rows=1 inserted=1 updated=0 unchanged=0 stale=0 rejected=0 deleted=0 '

# --- several windows at once
small=
for i in $(seq 1 30); do small="$small|entity=Department no=$i of=30 ids=$i"; done
IFS='|'
# shellcheck disable=SC2086 # a word a window
windows ${small#|} >small
unset IFS
for jobs in 1 3; do
	qb-load --schema="jobs$jobs" --jobs=$jobs <small >out 2>err
	is "small windows by $jobs: all are loaded" \
		"$? $(pg -c "select count(*), sum(inserted), max(table_rows) from jobs$jobs.qb_windows")" '0 30|30|30'
	is 'their receipts come in the order of the stream' \
		"$(sed -n 's/.*"no":\([0-9]*\),.*/\1/p' out | paste -sd' ')" "$(seq 1 30 | paste -sd' ')"
	is 'and the end after them' "$(tail -n 1 out)" '{"qb":"end","windows":30,"rows":30}'
done
# while the first window waits for the ledger the others come, and go together
held="select count(*) from pg_locks where relation = 'jobs1.qb_windows'::regclass and mode = 'ShareLock' and granted"
held() {	# held STREAM [OPTION]: loaded while somebody holds the ledger for a while
	psql -X -q -c 'begin' -c 'lock table jobs1.qb_windows in share mode' \
		-c 'select pg_sleep(1)' -c 'commit' >held 2>&1 & holder=$!
	await 1 "$held"
	qb-load --schema=jobs1 ${2:+"$2"} <"$1" >out 2>err
	echo $?; wait $holder
}
w() { printf 'entity=Vendor no=%s of=6 ids=%s memo=%s updated=2025-01-0%sT00:00:00Z' "$1" "$2" "$3" "$1"; }
windows "$(w 1 1-3 a)" "$(w 2 2-4 b)" "$(w 3 1-4 c)" "$(w 4 '' d)" "$(w 5 4-5 e)" "$(w 6 4-5 e)" >chain
is 'windows that change the same rows, one after the other' "$(held chain) $(counts)" \
	'0 3,0,0,0,0/3 1,2,0,0,0/4 0,4,0,0,0/4 0,0,0,0,0/4 1,1,0,0,0/5 0,2,0,0,0/5'
ok 'some of them in one transaction' [ "$(pg -c "select count(distinct xmin::text) from jobs1.qb_windows where entity = 'Vendor'")" -lt 6 ]
is 'leave what the last of them said' "$(pg -c "select string_agg(id || (payload->>'Memo'), ' ' order by id) from jobs1.vendors")" '1c 2c 3c 4e 5e'
is 'and the ledger in their order' "$(pg -c "select string_agg(rows::text, ' ' order by seq) from jobs1.qb_windows where entity = 'Vendor'")" '3 3 4 0 2 2'
windows 'entity=Estimate ids=1 no=1' 'entity=Estimate ids=2 no=2' 'entity=Estimate ids=3+3 no=3' 'entity=Estimate ids=4 no=4' >doubled
is 'of windows that go together one has an id twice' "$(held doubled) $(counts)" '0 1,0,0,0,0/1 1,0,0,0,0/2 1,0,0,1,0/3 1,0,0,0,0/4'
printf '%s\n' '{"Id":"9","Memo":"\u0000"}' >nul
windows 'entity=Term ids=11 no=1' 'entity=Term ids=12 no=2' 'entity=Term ids=13 no=3' 'entity=Term payload=nul no=4' 'entity=Term ids=15 no=5' >broken
is 'of windows that go together one is wrong: those before it are loaded' "$(held broken) $(counts)" '65 1,0,0,0,0/1 1,0,0,0,0/2 1,0,0,0,0/3'
is 'and it is the one that is named' "$(grep -c 'Term 4/1 .*: line 7: id 1: jsonb cannot hold it' err)" 1
is 'and none after it' "$(pg -c 'select count(*) from jobs1.terms')" 3
windows 'entity=Bill ids=1 no=1' 'entity=Bill ids=2 realm=77 no=2' >companies
is 'two companies do not go together' "$(held companies) $(counts)" '69 1,0,0,0,0/1'
# of four windows, of 3000 rows each, the most that are in one transaction
shared() {
	pg -c "select count(*) from jobs1.qb_windows where entity = '$1' group by xmin::text order by 1 desc limit 1"
}
for e in Account PaymentMethod; do
	windows "entity=$e ids=1-3000 no=1" "entity=$e ids=3001-6000 no=2" "entity=$e ids=6001-9000 no=3" "entity=$e ids=9001-12000 no=4" >$e
done
is 'a loader takes windows of 8000 rows at once' "$(held Account) $(shared Account)" '0 2'
is 'of two each takes windows of 2000 rows at the most' "$(held PaymentMethod --jobs=2) $(shared PaymentMethod)" '0 1'

# while the first window waits for the ledger no more rows are read than may be
# ahead: windows of 5000 rows, of which the last that is begun is read whole
for no in $(seq 10); do echo "entity=Estimate no=$no of=10 ids=$((no * 5000 + 1))-$((no * 5000 + 5000))"; done >ten
set --; while read -r window; do set -- "$@" "$window"; done <ten
windows "$@" >ten
ahead() {	# ahead LEAST OPTION...: how many windows were read, once LEAST are
	least=$1; shift
	mkfifo hold; psql -X -q -A -t <hold >held 2>&1 & exec 7>hold
	echo 'begin; lock table jobs1.qb_windows in share mode;' >&7
	await 1 "$held"
	qb-load --schema=jobs1 "$@" <ten >out 2>err 7>&- & loader=$!
	for _ in $(seq 400); do
		read=$(awk '/^pos/ { print $2 }' /proc/$loader/fdinfo/0)
		[ $((read * 10 / $(wc -c <ten))) -lt "$least" ] || break
		sleep 0.05
	done
	sleep 0.5
	read=$(awk '/^pos/ { print $2 }' /proc/$loader/fdinfo/0)
	exec 7>&-; wait $loader; echo "$? $((read * 10 / $(wc -c <ten)))"; rm hold
}
is 'one loader may have 32,000 rows ahead' "$(ahead 7)" '0 7'
is 'two may have 4,000 and what they load' "$(ahead 3 --jobs=2)" '0 3'

# --- what the server puts in order
memo=$(printf '%0500d' 0)
for update in 2026-01-01 2026-01-02; do
	windows "entity=Deposit ids=1-8000 memo=$memo updated=${update}T00:00:00Z" | qb-load --schema=jobs1 >out 2>err
done
is 'rows that replace others are put in order without a disk' \
	"$(counts) $(pg -c 'select temp_files from pg_stat_database where datname = current_database()')" '0,8000,0,0,0/8000 0'

# --- table_rows goes on from the ledger
is 'the ledger counts the table' "$(pg -c 'select table_rows = (select count(*) from raw.classes) from raw.qb_windows order by seq desc limit 1')" t
pg -c "insert into raw.terms select * from raw.classes" 2>/dev/null ||
	pg -c 'create table raw.terms (like raw.classes including all)' -c "insert into raw.terms select * from raw.classes"
load 'entity=Term ids=100' >/dev/null
is 'a table that was there before is counted' "$(counts)" 1,0,0,0,0/7
# --- an identical load writes next to nothing; the log is the whole server's,
# so this one is ours alone
own=$dir/server
eval "$("$root/scripts/private-postgres" start "$own")"
export PGHOST PGPORT PGUSER PGDATABASE
wal() { pg -c "select pg_current_wal_lsn() - '0/0'"; }
windows 'ids=1-3000 pad=1000' | qb-load >out 2>err
is '3,000 rows are inserted' "$(counts)" 3000,0,0,0,0/3000
pg -c checkpoint; before=$(wal)
windows 'ids=1-3000 pad=1000' | qb-load >out 2>err
after=$(wal)
is 'loaded again, none is written twice' "$(counts)" 0,0,3000,0,0/3000
ok "and the log grows by next to nothing ($((after - before)) bytes)" \
	[ $((after - before)) -lt 200000 ]
is 'no dead row is left' "$(pg -c 'create extension if not exists pgstattuple' -c "select dead_tuple_count from pgstattuple('raw.invoices')" 2>&1)" 0
# as autovacuum does in time
pg -c 'vacuum raw.invoices'
gone() {	# what a server process counted is known once it has ended
	await 0 "select count(*) from pg_stat_activity where application_name = 'qb-load'"
}
fetched() { gone; pg -c "select idx_scan >= 3000, idx_tup_fetch from pg_stat_user_tables where schemaname = 'raw' and relname = 'invoices'"; }
before=$(fetched)
windows 'ids=1-3000 pad=1000' | qb-load >out 2>err
is 'loaded once more, no row is read: the index has all that is compared' "$(counts) $(fetched)" "0,0,3000,0,0/3000 $before"

# --- a first load: windows too large to go together
many() { printf 'entity=%s no=%s of=5 ids=%s memo=%s updated=2025-01-0%sT00:00:00Z' "$@"; }
asked() { gone; pg -c "select idx_scan from pg_stat_user_indexes where schemaname = 'raw' and indexrelname = '$1_pkey'"; }
dead() { pg -c "select dead_tuple_count from pgstattuple('raw.$1')"; }
windows "$(many Item 1 1-4500 a 1)" "$(many Item 2 4501-9000 a 1)" "$(many Item 3 9001-13500 a 1)" | qb-load >out 2>err
is 'a table that is empty is not asked about, nor where all rows of the last window were new' \
	"$(counts) $(asked items)" '4500,0,0,0,0/4500 4500,0,0,0,0/9000 4500,0,0,0,0/13500 0'
load 'entity=Account ids=1-100' >/dev/null
pg -c 'alter table raw.accounts set (autovacuum_enabled = off)' -c 'delete from raw.accounts'
load 'entity=Account ids=1-100' >/dev/null
is 'one that has held rows is' "$(counts | cut -d/ -f1) $(asked accounts)" '100,0,0,0,0 100'
pg -c 'truncate raw.accounts'
load 'entity=Account ids=1-100' >/dev/null
is 'until it is truncated' "$(counts | cut -d/ -f1) $(asked accounts)" '100,0,0,0,0 100'
load 'entity=Account ids=1-100+101' >/dev/null
is 'and one that holds some' "$(counts | cut -d/ -f1) $(asked accounts)" '1,0,100,0,0 201'
first_load() {	# first_load SCHEMA OPTION...: the first row of two windows, as they are put into a table that was empty
	into=$1; shift
	windows "$(many Item 1 1-4500 a 1)" "$(many Item 2 8001-12500 a 1)" | timeout 60 qb-load --schema="$into" "$@" >out 2>err
	echo "$? $(counts) $(pg -c "select id from $into.items where id::int > 8000 order by ctid limit 1")"
}
is 'its rows go into the table as they came' "$(first_load came)" '0 4500,0,0,0,0/4500 4500,0,0,0,0/9000 8001'
down() { printf 'entity=Item no=%s of=5 ids=%s' "$1" "$(seq "$2" -1 "$3" | paste -sd+)"; }
downs() {	# downs SCHEMA OPTION...: rows with a larger id before them, of five windows that come with the largest first; -1: not all are there
	into=$1; shift
	windows "$(down 1 14999 10000)" "$(down 2 24999 20000)" "$(down 3 34999 30000)" "$(down 4 44999 40000)" "$(down 5 54999 50000)" |
		timeout 60 qb-load --schema="$into" "$@" >out 2>err
	pg -c "select case when count(*) = 25000 then count(*) filter (where id < before) else -1 end from (select id collate \"C\" as id, lag(id collate \"C\") over (order by ctid) as before from $into.items) t"
}
ok 'all of them' [ "$(downs one)" -gt 20000 ]
# pages of two are not sorted
few() { [ "$1" -ge 0 ] && [ "$1" -lt 1000 ]; }
got=$(downs two --jobs=2)
ok "in the order of their ids where two load ($got)" few "$got"
mkfifo fifo; psql -X -q -A -t <fifo >said & exec 7>fifo
echo "begin; select pg_advisory_xact_lock_shared(hashtextextended('qb rows other items', 0)); select 'held';" >&7
for _ in $(seq 200); do ! grep -q held said || break; sleep 0.05; done
is 'and where another session is writing, which is not waited for' "$(first_load other 7>&-)" '0 4500,0,0,0,0/4500 4500,0,0,0,0/9000 10000'
exec 7>&-; wait $!
windows "$(many Class 1 1-4500 a 1)" "$(many Class 2 8901-13400 a 1)" "$(many Class 3 4401-8900 b 2)" \
	"$(many Class 4 15001-19500 a 1)" "$(many Class 5 19401-23900 a 1)" | qb-load >out 2>err
is 'and where that was wrong it is' "$? $(counts)" \
	'0 4500,0,0,0,0/4500 4500,0,0,0,0/9000 4400,100,0,0,0/13400 4500,0,0,0,0/17900 4400,0,100,0,0/22300'
is 'once, and then all are, and 100 merged' "$(asked classes)" 13600
is 'each row is there as it was said last' "$(pg -c "select payload->>'Memo', count(*) from raw.classes group by 1 order by 1" | paste -sd' ')" 'a|17800 b|4500'
ok "what was copied and rolled back is less than a window ($(dead classes) dead rows)" [ "$(dead classes)" -le 4600 ]
windows "$(many Term 1 1-4500 a 1)" "$(many Term 2 4501-9000+6000 a 1)" "$(many Term 3 9001-13500 a 1)" | qb-load >out 2>err
is 'a window with an id that occurs twice is compared, and the one after it' "$(counts) $(asked terms)" \
	'4500,0,0,0,0/4500 4500,0,0,1,0/9000 4500,0,0,0,0/13500 9001'
unkeyed() {	# unkeyed TABLE ENTITY SQL
	pg -c "create table raw.$1 as table raw.classes with no data" -c "$3"
	windows "$(many "$2" 1 1-4500 a 1)" "$(many "$2" 2 4501-9000 a 1)" "$(many "$2" 3 6001-10500 a 1)" | qb-load >out 2>err
	counts
}
is 'where a second row of an id would be taken each window is asked about' \
	"$(unkeyed payments Payment 'create index on raw.payments (id)')" '4500,0,0,0,0/4500 4500,0,0,0,0/9000 1500,0,3000,0,0/10500'
is 'and where it would be refused late' \
	"$(unkeyed purchases Purchase 'alter table raw.purchases add primary key (id) deferrable initially deferred')" '4500,0,0,0,0/4500 4500,0,0,0,0/9000 1500,0,3000,0,0/10500'
pg -c "insert into raw.payments select * from raw.payments where id = '1'"
load 'entity=Payment ids=1+2 updated=2024-01-01T00:00:00Z' >/dev/null
is 'and a row that the table has twice is one' "$(counts)" 0,0,0,2,0/10500
# A row that jsonb cannot hold, by what we see or by what the server says, and is
# stale, in a window that is not compared first: the row is not stored, so it is no
# failure.
old='updated=2024-01-01T00:00:00Z at=2025-01-03T00:00:00Z'
uncompared() {	# uncompared ENTITY OPTION...: row 2 is there, newer
	windows "entity=$1 ids=2" | qb-load >out 2>err
	windows "entity=$1 ids=1001-9100 no=1" "entity=$1 payload=bad $old no=2" >in
	shift
	qb-load "$@" <in >out 2>err
	echo "$? $(counts)"
}
refused() {	# refused VALUE ENTITY ENTITY
	printf '%s\n' '{"Id":"1"}' "{\"Id\":\"2\",\"A\":$1}" >bad
	is "a stale row of $1 is not asked of jsonb" "$(uncompared "$2")" '0 8100,0,0,0,0/8101 1,0,0,1,0/8102'
	printf '%s\n' "{\"Id\":\"1\",\"A\":$1}" "{\"Id\":\"2\",\"A\":$1}" >bad
	rm -f rejects
	is 'only the new one is rejected' "$(uncompared "$3" --rejects=rejects) $(grep -o '"row":{"id":"[0-9]*"' rejects)" \
		'65 8100,0,0,0,0/8101 0,0,0,1,1/8101 "row":{"id":"1"'
}
refused '"\u0000"' Budget Estimate
refused 1e200000 Deposit Employee
{ windows "$(many Vendor 1 1-4500 a 1)"; windows "$(many Bill 1 1-4500 a 1)"; windows "$(many Bill 2 4501-9000 a 1)"; } | qb-load >out 2>err
is 'nor is the first of another table that is empty' "$(asked bills)" 0
done_testing
