#!/bin/sh
# Bad input: each has a sentence that says where, what and why, then the next
# command, the right exit status, and leaves no window half loaded.
set -u
. "${0%/*}/../lib/tap.sh"
. "${0%/*}/../lib/pg.sh"
dir=$(mktemp -d) || exit 1
trap 'pg_stop; rm -rf "$dir"' EXIT
sim=${QB_BUILD:-build}/tests/sim/qb-sim
pg_start || { echo 'Bail out! no PostgreSQL'; exit 1; }

# Four windows of 25 rows, as qb-fetch would write them.
stream() {
	"$sim" --seed=3 --rows=Invoice=100 --from=2025-01-01 --to=2025-05-01 \
		--print=Invoice --envelopes --windows=4 "$@"
}
stream >"$dir/good" || { echo 'Bail out! no stream'; exit 1; }

try() {		# try COMMAND...: its input is standard input; rc and $dir/err
	"$@" >"$dir/out" 2>"$dir/err"
	rc=$?
}
# refused WHAT STATUS TOOL WORDS: what the last try said, and how it ended.
refused() {
	is "$1: exit status $2" "$rc" "$2"
	ok "$1: says so" grep -qE -- "^$3: .*($4)" "$dir/err"
	ok "$1: says what to run next" grep -q "^$3: next: ." "$dir/err"
	is "$1: in two lines" "$(wc -l <"$dir/err")" 2
}
# Windows and rows in a schema, "0 0" also where there is none.
standing() {
	if [ "$(pg -c "select to_regclass('$1.qb_windows') is not null
			and to_regclass('$1.invoices') is not null")" = t ]; then
		pg -F ' ' -c "select (select count(*) from $1.qb_windows),
			(select count(*) from $1.invoices)"
	else
		echo '0 0'
	fi
}

# the command line
try qb-window unicorns --from=2025-01-01 </dev/null
refused 'an unknown entity' 64 qb-window unicorns
try qb-window invoices --from=2025-02-01 --to=2025-01-01 </dev/null
refused '--from after --to' 64 qb-window '2025-0'
try qb-window invoices --from=2025-02-30 </dev/null
refused 'a day that no month has' 64 qb-window 2025-02-30
try qb-window invoices --from=2025-03-30T02:30 --to=2025-05-01 \
	--tz=Europe/Berlin </dev/null
refused 'a time that the clocks never showed' 64 qb-window 2025-03-30T02:30
for wrong in --page-size=0 '--jq=(' --schema= --by=change; do
	PGHOST=/nowhere try qb-backfill invoices --from=2025-01-01 "$wrong" </dev/null
	is "qb-backfill refuses $wrong before anything begins" "$rc" 64
done
try qb-backfill unicorns --from=2025-01-01 </dev/null
is 'qb-backfill refuses an unknown entity before anything begins' "$rc" 64
try qb-check invoices --from=2025-02-30 </dev/null
is 'qb-check refuses an impossible date' "$rc" 64
try qb-check invoices --from=2025-01-01 --by=change </dev/null
is 'qb-check has no log of changes to compare with' "$rc" 64

# the stream; what each tool that reads it says
first_seal=$(grep -n '^{"qb":"seal"' "$dir/good" | head -n 1 | cut -d: -f1)
second_seal=$(grep -n '^{"qb":"seal"' "$dir/good" | sed -n 2p | cut -d: -f1)
{ head -n "$first_seal" "$dir/good"; echo 'hello'; } >"$dir/hello"
head -n "$((second_seal - 5))" "$dir/good" >"$dir/cut"
head -n "$((second_seal - 5))" "$dir/good" | head -c -20 >"$dir/cut-line"
head -n "$second_seal" "$dir/good" >"$dir/no-end"
sed "$((second_seal - 3))s/\"TotalAmt\":[0-9]/\"TotalAmt\":77/" "$dir/good" \
	>"$dir/flipped"
sed "$((second_seal - 3))s/\"payload\":{/\"payload\":{nonsense,/" "$dir/good" \
	>"$dir/not-json"
sed "$((second_seal - 3))d" "$dir/good" >"$dir/missing"
gzip -c "$dir/good" | head -c 1000 >"$dir/cut-gzip"
sed 's/^{"qb":"ticket".*//' "$dir/good" | sed '1i {"qb":"ticket"}' >"$dir/half"

archives=0
hold() {	# hold NAME WHAT STATUS WORDS WINDOWS: through three tools
	archives=$((archives + 1))
	try qb-stamp <"$dir/$1"
	refused "$2, qb-stamp" "$3" qb-stamp "$4"
	is "$2, qb-stamp: only whole windows have a seal" \
		"$(grep -c '^{"qb":"seal"' "$dir/out")" "$5"
	try qb-archive "$dir/archive$archives" <"$dir/$1"
	refused "$2, qb-archive" "$3" qb-archive "$4"
	is "$2, qb-archive: only whole windows are kept" \
		"$(find "$dir/archive$archives" -name '*.gz' | wc -l)" "$5"
	try qb-load --schema="s$archives" <"$dir/$1"
	refused "$2, qb-load" "$3" qb-load "$4"
	is "$2, qb-load: no window is half loaded" "$(standing "s$archives")" \
		"$5 $(($5 * 25))"
}
cmp -s "$dir/good" "$dir/flipped" && echo 'Bail out! nothing was flipped'
hold hello 'a line that is no envelope' 65 "line $((first_seal + 1))" 1
hold cut 'a stream cut between two lines' 75 'before its end line .complete windows: 1, rows: 25.$' 1
hold cut-line 'a stream cut in a line' 65 "line $((second_seal - 5))" 1
hold no-end 'a stream without its end' 75 'before its end line .complete windows: 2, rows: 50.$' 2
hold flipped 'a flipped byte' 65 'sha256|digest|bytes' 1
hold not-json 'a payload that is not JSON' 65 "line $((second_seal - 3))" 1
ok 'a payload that is not JSON, qb-load: its window is named too' \
	grep -q '^qb-load: Invoice 2/[0-9]* (.*): line [0-9]*: id ' "$dir/err"
hold missing 'a row that is missing' 65 '24 rows came, the seal says 25' 1
hold cut-gzip 'a cut gzip' 65 'gzip' 0
hold half 'an envelope without its window' 65 'line 1' 0

# what jsonb cannot hold
stream --spoil=60 >"$dir/spoiled"
try qb-load --schema=spoiled <"$dir/spoiled"
refused 'a payload that jsonb cannot hold' 65 qb-load 'line [0-9]+'
is 'a payload that jsonb cannot hold: its window is not loaded' \
	"$(standing spoiled | cut -d' ' -f1)" \
	"$(($(grep -n 'u0000\|\\ud[89a-f]' "$dir/spoiled" | head -n 1 |
		cut -d: -f1) / 26))"

# the schema
try qb-load --schema=ours <"$dir/good"
is 'a good stream is loaded' "$rc $(standing ours)" '0 4 100'
stream --realm=193514537028129 >"$dir/other"
try qb-load --schema=ours <"$dir/other"
refused 'another company' 69 qb-load 193514537028129
ok 'another company: the next command names a schema for it' \
	grep -q 'next: .*schema' "$dir/err"
is 'another company: nothing was loaded' "$(standing ours)" '4 100'

pg -c "create role stranger login" -c 'create schema locked'
PGUSER=stranger try qb-load --schema=locked <"$dir/good"
refused 'no rights in the schema' 69 qb-load 'locked|permission'
is 'no rights in the schema: nothing was loaded' "$(standing locked)" '0 0'
pg -c "grant create on database $PGDATABASE to stranger" \
	-c 'grant usage on schema ours to stranger' \
	-c 'grant select on all tables in schema ours to stranger'
stream --seed=4 >"$dir/newer"
PGUSER=stranger try qb-load --schema=ours <"$dir/newer"
refused 'a table that may be read and not written' 69 qb-load 'permission'
is 'a table that may be read and not written: nothing was loaded' \
	"$(standing ours)" '4 100'
pg -c 'drop owned by stranger' -c 'drop role stranger' 2>/dev/null
PGHOST=$dir/nowhere try qb-load <"$dir/good"
is 'no server there: exit status 75' "$rc" 75
PGDATABASE=nowhere try qb-load <"$dir/good"
is 'no such database: exit status 69' "$rc" 69

# this machine
full() {	# full TOOL...: its output is /dev/full
	"$@" >/dev/full 2>"$dir/err"
	rc=$?
}
full qb-window invoices --from=2025-01-01 --to=2025-02-01
refused 'a full disk behind qb-window' 74 qb-window 'No space left'
full qb-stamp <"$dir/good"
refused 'a full disk behind qb-stamp' 74 qb-stamp 'No space left'
full qb-archive "$dir/full" <"$dir/good"
refused 'a full disk behind qb-archive' 74 qb-archive 'No space left'
full qb-load --schema=disk <"$dir/good"
refused 'a full disk behind qb-load' 74 qb-load 'No space left'
is 'a full disk behind qb-load: whole windows only' \
	"$(standing disk | awk '{ print $2 == $1 * 25 }')" 1

gone() {	# gone TOOL...: its reader exits at once
	{ "$@" 2>"$dir/err"; echo $? >"$dir/rc"; } | :
	until [ -s "$dir/rc" ]; do sleep 0.05; done
	rc=$(cat "$dir/rc")
	rm -f "$dir/rc"
}
# so much that it does not fit into the pipe
"$sim" --rows=Invoice=2000 --from=2025-01-01 --to=2025-05-01 \
	--print=Invoice --envelopes --windows=4 >"$dir/large"
gone qb-window invoices --from=1990-01-01 --to=2025-01-01 --every=12h
refused 'a reader that exited from qb-window' 74 qb-window 'the next command in the pipe exited'
gone qb-stamp <"$dir/large"
refused 'a reader that exited from qb-stamp' 74 qb-stamp 'the next command in the pipe exited'
ok 'a reader that exited: the next step is to look at the reader' \
	grep -q 'next: see the message of that command' "$dir/err"
gone qb-archive "$dir/gone" <"$dir/large"
refused 'a reader that exited from qb-archive' 74 qb-archive 'the next command in the pipe exited'
done_testing
