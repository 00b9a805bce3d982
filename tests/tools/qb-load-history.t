#!/bin/bash
# qb-load --history: which versions it keeps, from when to when each stood, and that
# the order of loads, repeats and other loaders cannot change it.
cd "${0%/*}/../.." || exit 1
. tests/lib/tap.sh
. tests/lib/pg.sh
PATH=$PWD/${QB_BUILD:-build}/bin:$PATH
dir=$(mktemp -d) || exit 1
trap 'pg_stop; rm -rf "$dir"' EXIT
pg_start || exit 1
export PGTZ=UTC
cat >"$dir/lines.py" <<'END'
"""lines.py FILE: a line of FILE is a window, its words are ID=FACT.  A FACT is
NAME:UPDATED/FETCHED, a version of that name, or -:DELETED/AT, an object that is gone;
times are hours, "-" is none.  Prints one stream."""
import re, sys
sys.dont_write_bytecode = True
sys.path.insert(0, "tests/lib")
import stream

STAMP = b'{"ingested_at":"2025-04-01T00:00:00Z","run":"r1"}'
FETCHED = b'"at":"2025-09-12T18:43:35.406-07:00"'


def hour(n):
    return "2025-03-01T%02d:00:00Z" % int(n)


def fact(win, word):
    id, name, first, at = re.fullmatch(r"([^=]+)=([^:]+):([^/]+)/(\d+)",
                                       word).groups()
    if name == "-":
        known = None if first == "-" else hour(first)
        return stream.gone(win, id, hour(at), known, stamp=STAMP)
    payload = '{"Id":"%s","SyncToken":"%d","V":"%s"}' % (id, ord(name[0]), name)
    if name == "bad":
        payload = '{"A":"\\u0000"}'
    line = stream.row(win, payload.encode(), id, stamp=STAMP,
                      updated=first if first == "-" else hour(first))
    return line.replace(FETCHED, b'"at":"' + hour(at).encode() + b'"').replace(
        b'"updated":"-"', b'"updated":null')


rows = n = 0
entity = sys.argv[2] if len(sys.argv) > 2 else "Invoice"
with open(sys.argv[1]) as file:
    windows = [line.split() for line in file]
for n, words in enumerate(windows, 1):
    win = stream.window(entity, n, len(windows), by="change")
    lines = [fact(win, word) for word in words]
    rows += len(lines)
    sys.stdout.buffer.write(b"".join(lines) + stream.seal(win, lines).replace(
        b"}}\n", b'},"stamp":' + STAMP + b"}\n"))
sys.stdout.buffer.write(stream.end(n, rows))
END
# load SCHEMA WORD...: its exit status and the numbers of its receipt
load() {
	schema=$1
	shift
	echo "$*" >"$dir/words"
	python3 "$dir/lines.py" "$dir/words" >"$dir/in"
	# shellcheck disable=SC2086 # one option a word
	qb-load --schema="$schema" ${options:-} <"$dir/in" >"$dir/out" 2>"$dir/err"
	echo "$? $(sed -n 's/.*"rows":\([0-9]*\),"inserted":\([0-9]*\),"updated":\([0-9]*\),"unchanged":\([0-9]*\),"stale":\([0-9]*\),"rejected":\([0-9]*\),"deleted":\([0-9]*\),.*/\1=\2+\3+\4+\5+\6+\7/p' "$dir/out")"
}
# timelines SCHEMA: ID NAME[FROM,UNTIL) ...
timelines() {
	pg -c "select id || ' ' || string_agg(coalesce(payload ->> 'V', 'gone') || '['
			|| extract(hour from from_utc)::int || ','
			|| coalesce(extract(hour from until_utc)::int::text, '') || ')', ' '
			order by from_utc, until_utc)
		from $1.qb_history group by id order by id collate \"C\""
}
versions() { pg -c "select * from $1.qb_versions order by 1, 2, 3, 4, 5"; }
history() { pg -c "select $columns from $1.qb_history order by entity, id, from_utc, until_utc, fingerprint"; }
columns='*'
same() {		# same WHAT COMMAND OF: both print the same
	ok "$1" diff -q <($2 "$3") <($2 "$4")
}
table() { pg -c "select * from $1.invoices order by id"; }
as_of() {		# as_of SCHEMA HOUR
	PGOPTIONS='-c client_min_messages=error' pg -c "select id, payload ->> 'V'
		from $1.qb_as_of('Invoice', '2025-03-01 $2') order by 1" | paste -sd' '
}
objects() { pg -c "select relname from pg_class where relnamespace = '$1'::regnamespace and relkind in ('r', 'v') order by 1" | paste -sd' '; }

# --- off
is 'without the option' "$(load off 1=A:1/2 2=A:1/2) $(load off 1=B:3/4 2=-:3/4)" '0 2=2+0+0+0+0+0 0 2=0+1+0+0+0+1'
is 'there is no history' "$(objects off)" 'invoices qb_freshness qb_realm qb_windows'
is 'nor with a dry run' "$(options='--history --dry-run' load off 1=C:5/6) $(objects off)" \
	'0 1=0+1+0+0+0+0 invoices qb_freshness qb_realm qb_windows'

# --- on, and what is known from then on
is 'with the option' "$(options=--history load off 1=C:5/6)" '0 1=0+1+0+0+0+0'
is 'it begins' "$(objects off)" 'invoices qb_freshness qb_history qb_history_since qb_realm qb_settings qb_versions qb_windows'
is 'what was replaced before is not known' "$(timelines off)" '1 B[3,5) C[5,)'
is 'it stays on' "$(load off 1=D:7/8 2=A:1/6 3=A:1/2) $(timelines off | paste -sd';')" \
	'0 3=1+2+0+0+0+0 1 B[3,5) C[5,7) D[7,);2 A[1,)'
is 'a row says so, and since when' "$(pg -c 'select name, value from off.qb_settings' -c "select entity, table_name, since_utc between now() - interval '10 minutes' and now() from off.qb_history_since" | paste -sd' ')" \
	'history|on Invoice|invoices|t'
is 'that row deleted, it is off' "$(pg -c 'delete from off.qb_settings') $(load off 1=E:9/10) $(timelines off | head -1)" \
	' 0 1=0+1+0+0+0+0 1 B[3,5) C[5,7) D[7,)'
is 'the table is right all the same' "$(as_of off 08:00) / $(as_of off 10:00)" '1|D 2|A 3|A / 1|E 2|A 3|A'
is 'on again, what was missed is a gap' "$(options=--history load off 1=F:11/12) $(timelines off | head -1)" \
	'0 1=0+1+0+0+0+0 1 B[3,5) C[5,7) D[7,9) E[9,11) F[11,)'

# --- what is written
is 'rows' "$(options=--history load one 1=A:1/2 2=A:1/2 3=A:1/2 4=A:1/2)" '0 4=4+0+0+0+0+0'
is 'a first load writes no history' "$(versions one)" ''
is 'replaced, deleted, stale, twice in one window' \
	"$(load one 1=B:3/4 2=-:3/4 3=B:0/1 5=B:3/4 5=A:1/2 5=A:1/2)" '0 6=1+1+0+3+0+1'
is 'all versions are there' "$(timelines one | paste -sd';')" \
	'1 A[1,3) B[3,);2 A[1,3) gone[3,);3 B[0,1) A[1,);5 A[1,3) B[3,)'
is 'with what the table had' "$(pg -c "select entity, sync_token, payload, updated_at_utc, fetched_at_utc, deleted, ingested_at_utc, extract_window_start_utc, page_number, page_size, request_payload is not null, realm_id, run_id, fingerprint is not null from one.qb_history where id = '2' order by from_utc")" \
	'Invoice|65|{"V": "A", "Id": "2", "SyncToken": "65"}|2025-03-01 01:00:00+00|2025-03-01 02:00:00+00|f|2025-04-01 00:00:00+00|2025-01-01 00:00:00+00|1|1000|t|4620816365000000000|r1|t
Invoice||||2025-03-01 04:00:00+00|t|2025-04-01 00:00:00+00||||f|4620816365000000000|r1|f'
before=$(pg -c 'select xmin, ctid, * from one.qb_versions order by 3, 4, 5, 6')
load one 1=A:1/2 2=A:1/2 3=A:1/2 4=A:1/2 >"$dir/again"
load one 1=B:3/4 2=-:3/4 3=B:0/1 5=B:3/4 5=A:1/2 5=A:1/2 >>"$dir/again"
is 'again nothing is written' "$(pg -c 'select xmin, ctid, * from one.qb_versions order by 3, 4, 5, 6')" "$before"
is 'a dry run counts, and writes nothing' "$(options=--dry-run load one 1=C:5/6 4=-:5/6 1=A:0/1) $(versions one | wc -l)" '0 3=0+1+0+1+0+1 8'
load one 6=A:1/2 >"$dir/again"
is 'a deleted row that comes back unchanged' "$(load one 6=-:3/4) $(timelines one | tail -1) $(load one 6=A:1/6) $(timelines one | tail -1)" \
	'0 1=0+0+0+0+0+1 6 A[1,3) gone[3,) 0 1=0+1+0+0+0+0 6 A[1,)'
is 'was never deleted, also when it is replaced' "$(load one 6=B:7/8) $(timelines one | tail -1)" '0 1=0+1+0+0+0+0 6 A[1,7) B[7,)'
load one 7=A:1/2 >"$dir/again"
load one 7=-:3/4 >"$dir/again"
pg -c 'delete from one.qb_settings'
load one 7=A:1/6 >"$dir/again"
is 'nor if it came back while the history was off' "$(options=--history load one 7=B:7/8) $(timelines one | tail -1)" '0 1=0+1+0+0+0+0 7 A[1,7) B[7,)'
before=$(versions one)
is 'a stale row that jsonb cannot hold fails, since it cannot be kept' "$(load one 1=bad:1/2 4=B:3/4) $(grep -c 'id 1: jsonb cannot hold' "$dir/err")" '65  1'
is 'nothing of the window is kept' "$(versions one)" "$before"
is 'or it is rejected' "$(options=--rejects=$dir/rejects load one 1=bad:1/2 4=B:3/4 | head -1) $(wc -l <"$dir/rejects") $(timelines one | sed -n 4p)" \
	'65 2=0+1+0+0+1+0 1 4 A[1,3) B[3,)'

# --- all orders
# One line per case: a name, its facts, and how it must look in whatever order they
# come; every order is an object of its own.
cat >"$dir/cases" <<'END'
alone	A:1/2	A[1,)
edited	A:1/2 B:3/4 C:5/6	A[1,3) B[3,5) C[5,)
deleted	A:1/2 B:3/4 -:5/6	A[1,3) B[3,5) gone[5,)
noticed	A:1/2 -:-/6	A[1,6) gone[6,)
back	A:1/2 -:3/4 B:5/6 C:7/8	A[1,3) gone[3,5) B[5,7) C[7,)
again	A:1/2 -:3/4 B:5/6 -:7/8 C:9/10	A[1,3) gone[3,5) B[5,7) gone[7,9) C[9,)
wrong	A:1/2 -:3/4 B:1/6	A[1,6) B[6,)
seen	A:1/2 B:1/4 C:5/6	A[1,4) B[4,5) C[5,)
timeless	A:-/2 B:-/4 C:-/6	A[2,4) B[4,6) C[6,)
told	A:1/2 -:-/6 -:3/7	A[1,3) gone[3,6) gone[6,)
twice	A:1/2 -:3/4 -:3/6 B:7/8	A[1,3) gone[3,7) B[7,)
odd	A:1/2 B:5/6 -:3/8	A[1,5) B[5,5) gone[5,)
late	A:1/2 B:1/9 C:5/6	A[1,5) B[5,5) C[5,)
END
cat >"$dir/orders.py" <<'END'
"""Writes windows (the n-th fact of each order of each case), and what is expected
of each object: its timeline, and its version at each half hour."""
import itertools, re, sys

windows = {}
with open(sys.argv[1] + "/cases") as cases, \
        open(sys.argv[1] + "/timelines", "w") as timelines, \
        open(sys.argv[1] + "/instants", "w") as instants:
    wanted, at = [], []
    for line in cases:
        name, facts, timeline = line.rstrip("\n").split("\t")
        for i, order in enumerate(itertools.permutations(facts.split())):
            for n, fact in enumerate(order):
                windows.setdefault(n, []).append("%s-%03d=%s" % (name, i, fact))
            if len(order) > 1:
                wanted.append("%s-%03d %s\n" % (name, i, timeline))
            for half in range(24):
                for version, begin, end in re.findall(
                        r"(\w+)\[(\d+),(\d*)\)", timeline):
                    if version != "gone" and 2 * int(begin) <= half < (
                            2 * int(end) if end else 99):
                        at.append("%04.1f|%s-%03d|%s\n" % (half / 2, name, i,
                                                          version))
    timelines.writelines(sorted(wanted))
    instants.writelines(sorted(at))
for n, words in windows.items():
    with open("%s/window.%d" % (sys.argv[1], n), "w") as file:
        print(*words, file=file)
END
python3 "$dir/orders.py" "$dir"
for n in 0 1 2 3 4; do python3 "$dir/lines.py" "$dir/window.$n" >"$dir/in.$n"; done
instants() {
	PGOPTIONS='-c client_min_messages=error' pg -c "select to_char(half / 2.0, 'FM00.0'), o.id, o.payload ->> 'V'
		from generate_series(0, 23) half,
		$1.qb_as_of('Invoice', timestamptz '2025-03-01' + half * interval '30 minutes') o" |
		LC_ALL=C sort
}
for n in 0 1 2 3 4; do
	qb-load --schema=orders --history <"$dir/in.$n" >"$dir/out" 2>&1 || cat "$dir/out"
done
ok 'in all orders each version stood from when to when it did' \
	diff <(timelines orders) "$dir/timelines"
ok 'the table is at every half hour what it was' diff <(instants orders) "$dir/instants"
live() { pg -c "select id, payload, updated_at_utc, fingerprint from $1.invoices where deleted_at_utc is null order by id"; }
now() { PGOPTIONS='-c client_min_messages=error' pg -c "select id, payload, updated_at_utc, fingerprint from $1.qb_as_of('invoices', 'infinity') order by id"; }
ok 'and now what it is' diff -q <(now orders) <(live orders)
{ history orders; table orders; } >"$dir/before"
for n in 3 1 4 0 2; do qb-load --schema=orders <"$dir/in.$n" >"$dir/out" 2>&1 || cat "$dir/out"; done
ok 'again, in another order: the same' diff -q <(history orders; table orders) "$dir/before"
versions orders >"$dir/versions"
cat "$dir"/in.[0-4] | qb-load --schema=orders --jobs=4 >"$dir/out" 2>&1
ok 'and nothing is written any more' diff -q <(versions orders) "$dir/versions"
qb-load --schema=together --history </dev/null >"$dir/out" 2>&1
cat "$dir"/in.{0,1,2,3,4} | qb-load --schema=together --history --jobs=4 >"$dir/out.1" 2>&1 &
cat "$dir"/in.{4,2,0,3,1} | qb-load --schema=together --history >"$dir/out.2" 2>&1 &
cat "$dir"/in.{1,3} | qb-load --schema=together --history --jobs=2 >"$dir/out.3" 2>&1 &
wait
same 'three at the same time: the same history' history together orders
same 'the same table' table together orders

# --- facts that contradict each other
# Deletions at any time, rows fetched before they were changed: there is no right
# timeline, but there is one, and it ends with what the table has.
cat >"$dir/chance.py" <<'END'
import random, sys

chance = random.Random(18)
facts = []
for i in range(400):
    hours = sorted(chance.sample(range(1, 10), 4))
    fetched = sorted(chance.sample(range(1, 20), 4))
    for n in range(4):
        facts.append("c%d=%s:%d/%d" % (i, "ABCD"[n], hours[n], fetched[n]))
    for n in range(chance.randint(0, 3)):
        at = chance.randint(1, 20)
        facts.append("c%d=-:%d/%d" % (i, chance.randint(1, at), at))
for n in range(3):
    chance.shuffle(facts)
    with open("%s/chance.%d" % (sys.argv[1], n), "w") as file:
        for k in range(0, len(facts), 97):
            print(*facts[k:k + 97], file=file)
END
python3 "$dir/chance.py" "$dir"
for n in 0 1 2; do
	python3 "$dir/lines.py" "$dir/chance.$n" |
		qb-load --schema="chance$n" --history --jobs=$((n + 1)) >"$dir/out" 2>&1 || cat "$dir/out"
done
columns='id, payload, from_utc, until_utc, deleted, updated_at_utc, fetched_at_utc, run_id'
for n in 1 2; do
	same 'whatever QuickBooks says, the order does not matter' history chance0 "chance$n"
	same 'nor for the table' live chance0 "chance$n"
done
for n in 0 1 2; do ok 'the last version is that of the table' diff -q <(now "chance$n") <(live "chance$n"); done
is 'and timelines have no holes' "$(pg -c "select count(*), count(*) filter (where until_utc is distinct from next) from (select *, lead(from_utc) over (partition by id order by from_utc, until_utc) as next from chance0.qb_history) as h where from_utc < until_utc or until_utc is null" | sed 's/^[1-9][0-9]*|0$/none/')" none
python3 "$dir/lines.py" "$dir/chance.2" | qb-load --schema=chance0 >"$dir/out" 2>&1
same 'loaded again in another order they stay' history chance0 chance1

# --- the function
is 'the table by either name, and in any case' \
	"$(PGOPTIONS='-c client_min_messages=error' pg -c "select (select count(*) from one.qb_as_of('Invoice', 'infinity')), (select count(*) from one.qb_as_of('invoices', 'infinity')), (select count(*) from one.qb_as_of('INVOICE', 'infinity'))")" '6|6|6'
is 'it has the columns of the table' \
	"$(pg -c "create view one.then as select * from one.qb_as_of('Invoice', 'infinity')" -c "select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'one.then'::regclass and attnum > 0 order by attnum")" \
	"$(pg -c "select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'one.invoices'::regclass and attnum > 0 order by attnum")"
is 'an entity without history' "$(pg -c "select * from one.qb_as_of('Bill', 'infinity')" 2>&1 | grep -c 'there is no history of Bill in schema one')" 1
is 'before the history began it warns' "$(pg -c "select count(*) from one.qb_as_of('Invoice', '2025-03-01 02:00')" 2>&1 | grep -c -e '^[0-9]*$' -e 'WARNING:  the history of Invoice began at')" 2
is 'after that it does not' "$(pg -c "select count(*) from one.qb_as_of('Invoice', 'now')" 2>&1 | grep -c WARNING)" 0
is 'a search_path does not matter' "$(pg -c "set search_path = pg_catalog; select count(*) from one.qb_as_of('Invoice', 'now')")" 6
is 'a table emptied by hand, and loaded again, is as it was' \
	"$(before=$(now orders); pg -c 'truncate orders.invoices'; cat "$dir"/in.[0-4] | qb-load --schema=orders >/dev/null 2>&1; [ "$before" = "$(now orders)" ] && echo yes)" yes
python3 - "$dir" <<'END'
import sys
with open(sys.argv[1] + "/many", "w") as file:
    for v, at in (("A", 1), ("B", 3)):
        print(*("%d=%s:%d/%d" % (i, v, at, at + 1) for i in range(5000)), file=file)
    print(*("%d=-:5/6" % i for i in range(5000)), file=file)
END
python3 "$dir/lines.py" "$dir/many" | qb-load --schema=many --history >"$dir/out" 2>&1
is 'thousands' "$(pg -c 'select deleted, count(*) from many.qb_versions group by 1 order by 1' | paste -sd' ') $(timelines many | cut -d' ' -f2- | uniq -c | tr -s ' ')" \
	'f|10000 t|5000  5000 A[1,3) B[3,5) gone[5,)'

# --- another entity of the same ids
printf '1=A:1/2\n1=B:3/4\n' >"$dir/words"
python3 "$dir/lines.py" "$dir/words" Customer | qb-load --schema=one >"$dir/out" 2>&1
is 'entities are told apart' "$(pg -c "select entity, count(*) from one.qb_history where id = '1' group by 1 order by 1" | paste -sd' ') $(PGOPTIONS='-c client_min_messages=error' pg -c "select count(*) from one.qb_as_of('Customer', '2025-03-01 02:00')")" 'Customer|2 Invoice|2 1'

# --- both or none
load dies 1=A:1/2 2=A:1/2 >"$dir/before"
options=--history load dies 1=A:1/2 >"$dir/before"
pg -c "create function dies.die() returns trigger language plpgsql as \$\$ begin
	perform pg_terminate_backend(pg_backend_pid()); return null; end \$\$" \
	-c 'create trigger die after update on dies.invoices execute function dies.die()'
is 'a server process that ends after the history was written' "$(load dies 1=B:3/4 | cut -d' ' -f1)" 75
is 'leaves neither' "$(versions dies)$(pg -c "select payload ->> 'V' from dies.invoices where id = '1'")" A
pg -c 'drop trigger die on dies.invoices' -c "create function dies.wait() returns trigger language plpgsql as \$\$ begin
	perform pg_sleep(3); return null; end \$\$" \
	-c 'create trigger wait after update on dies.invoices execute function dies.wait()'
echo 1=B:3/4 >"$dir/words"
python3 "$dir/lines.py" "$dir/words" >"$dir/in"
qb-load --schema=dies <"$dir/in" >"$dir/out" 2>&1 &
loader=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	[ "$(pg -c "select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'")" = 1 ] && break
	sleep 0.1
done
kill -9 "$loader"
wait "$loader" 2>"$dir/err"
pg -c "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'qb-load%'" >"$dir/out"
is 'nor does a loader that is killed' "$(versions dies)$(pg -c "select payload ->> 'V' from dies.invoices where id = '1'")" A
pg -c 'drop trigger wait on dies.invoices'
is 'the same command again writes both' "$(load dies 1=B:3/4) $(timelines dies)" '0 1=0+1+0+0+0+0 1 A[1,3) B[3,)'

# --- two loaders
# Each waits in the middle of its transaction; each replaces the row that is stale for
# the other.
load locks 1=B:3/4 2=B:3/4 >"$dir/before"
options=--history load locks 1=B:3/4 >"$dir/before"
pg -c "create function locks.wait() returns trigger language plpgsql as \$\$ begin
	perform pg_sleep(1); return null; end \$\$" \
	-c 'create trigger wait after update on locks.invoices execute function locks.wait()'
for id in 1 2; do
	echo "$id=C:5/6 $((3 - id))=A:1/2" >"$dir/words.$id"
	python3 "$dir/lines.py" "$dir/words.$id" | qb-load --schema=locks >"$dir/out.$id" 2>&1 &
done
wait
is 'do not deadlock' "$(timelines locks | paste -sd';') $(pg -c 'select deadlocks from pg_stat_database where datname = current_database()')" \
	'1 A[1,3) B[3,5) C[5,);2 A[1,3) B[3,5) C[5,) 0'

# --- rights
pg -c 'create role t_history login' -c "grant temporary on database $PGDATABASE to t_history"
load rights 1=A:1/2 >"$dir/before"
pg -v schema=rights -v role=t_history -f sql/schema/grants.sql
is 'who may not create the tables' "$(PGUSER=t_history options=--history load rights 1=B:3/4 | cut -d' ' -f1)" 69
is 'is told what the owner should run' \
	"$(grep -c 'the tables of the history are missing in schema rights, and cannot be created' "$dir/err") $(grep -c 'next: have the owner .*: psql -v schema=rights -f history.sql; psql -v schema=rights -v role=t_history -f grants.sql$' "$dir/err")" '1 1'
is 'and loads nothing' "$(pg -c "select payload ->> 'V' from rights.invoices")" A
pg -v schema=rights -f sql/schema/history.sql >"$dir/out"
is 'the owner runs it, also twice' "$(pg -v schema=rights -f sql/schema/history.sql >"$dir/out" 2>"$dir/err"; echo $?) $(objects rights)" \
	'0 invoices qb_freshness qb_history qb_history_since qb_realm qb_settings qb_versions qb_windows'
is 'which does not switch it on' "$(PGUSER=t_history load rights 1=B:3/4) $(versions rights)" '0 1=0+1+0+0+0+0 '
pg -v schema=rights -v role=t_history -f sql/schema/grants.sql
is 'with the rights of grants.sql it works' "$(PGUSER=t_history options=--history load rights 1=C:5/6) $(PGUSER=t_history timelines rights)" \
	'0 1=0+1+0+0+0+0 1 B[3,5) C[5,)'
is 'with deletions and the function, too' "$(PGUSER=t_history load rights 1=-:7/8) $(PGUSER=t_history as_of rights 06:00)/$(PGUSER=t_history as_of rights 07:00)" \
	'0 1=0+0+0+0+0+1 1|C/'
pg -c 'create role t_reader login' -c 'grant usage on schema rights to t_reader' -c 'grant select on rights.invoices, rights.qb_history, rights.qb_history_since, rights.qb_versions to t_reader'
is 'analysts need to read four of them' "$(PGUSER=t_reader as_of rights 06:00)" '1|C'
pg -c 'revoke select on rights.qb_settings from t_history'
is 'a loader that cannot read the setting is refused' "$(PGUSER=t_history load rights 1=D:9/10 | cut -d' ' -f1) $(grep -c 'next: have the owner run, .* -f grants.sql' "$dir/err")" '69 1'
done_testing
