#!/bin/bash
# The load log grows with what changes, not with runs: the entry of a window that had no
# rows is replaced by a later one that says all that it said.
cd "${0%/*}/../.." || exit 1
. tests/lib/tap.sh
. tests/lib/pg.sh
PATH=$PWD/${QB_BUILD:-build}/bin:$PATH
root=$PWD
dir=$(mktemp -d) || exit 1
trap 'pg_stop; rm -rf "$dir"' EXIT
pg_start || exit 1
windows() { python3 "$root/tests/lib/windows.py" "$@"; }
# load WINDOW...: without rows and too early if it does not say otherwise
load() {
	local given=()
	for window in "$@"; do given+=("ids= provisional=true realm=4620 $window"); done
	windows "${given[@]}" | PGUSER=${user:-$PGUSER} qb-load --schema="${schema:-raw}" \
		>"$dir/out" 2>"$dir/err"
	echo "$?$(cat "$dir/err")"
}
day() {		# day N: the window from the first day on to the Nth, read after it
	echo "start=2025-01-01T00:00:00Z end=2025-01-$(printf %02d "$1")T00:00:00Z calls=${2:-1}"
}
log() {		# what is there: by, days, rows, calls
	pg -c "select by, extract(day from range_start_utc), extract(day from range_end_utc),
			rows, coalesce(calls::text, '?')
		from ${schema:-raw}.qb_windows where entity = 'Invoice' order by seq" |
		tr '|\n' '- ' | sed 's/ $//'
}
forget() { pg -c "truncate ${schema:-raw}.qb_windows"; }

# --- what is replaced

is 'the first window is an entry' "$(load "$(day 2 3)") $(log)" '0 updated-1-2-0-3'
is 'a longer one replaces it, and has its calls, too' "$(load "$(day 3 4)") $(log)" \
	'0 updated-1-3-0-7'
is 'again, by change' "$(load "$(day 4 1) by=change") $(log)" '0 change-1-4-0-8'
is 'and again by updated' "$(load "$(day 5 1)") $(log)" '0 updated-1-5-0-9'
is 'the same range replaces itself' "$(load "$(day 5 1)") $(log)" '0 updated-1-5-0-10'
is 'a shorter one does not' "$(load "$(day 4 1)") $(log)" '0 updated-1-5-0-10 updated-1-4-0-1'
is 'nor one that begins later' \
	"$(load 'start=2025-01-02T00:00:00Z end=2025-01-09T00:00:00Z calls=1') $(log)" \
	'0 updated-1-5-0-10 updated-1-4-0-1 updated-2-9-0-1'
is 'nor one of another entity' "$(load "$(day 9) entity=Bill") $(log | wc -w)" '0 3'
is 'nor one by another time' "$(load "$(day 9) by=created") $(log | wc -w)" '0 4'
is 'nor a census' "$(load "$(day 9) by=census provisional=false") $(log | wc -w)" '0 5'
is 'one that contains several replaces all of them' "$(load "$(day 9)") $(log)" \
	'0 created-1-9-0-1 census-1-9-0-1 updated-1-9-0-13'
is 'each time for itself' \
	"$(load "$(day 9) by=created" "$(day 9) by=txn-date" "$(day 10) by=txn-date") $(log)" \
	'0 census-1-9-0-1 updated-1-9-0-13 created-1-9-0-2 txn-date-1-10-0-2'
forget

is 'one with rows replaces it' \
	"$(load "$(day 2)" "$(day 3) ids=1-2 at=2030-01-01T00:00:00Z") $(log)" '0 updated-1-3-2-2'
is 'and stays' "$(load "$(day 4)") $(log)" '0 updated-1-3-2-2 updated-1-4-0-1'
is 'as does one without that was read late enough' \
	"$(load "$(day 4) provisional=false" "$(day 5)") $(log)" \
	'0 updated-1-3-2-2 updated-1-4-0-2 updated-1-5-0-1'
forget
is 'one that was read before it, by the time of its rows, replaces nothing' \
	"$(load "$(day 2)" "$(day 3) ids=1 at=2025-01-02T10:00:00Z") $(pg -c "update raw.qb_windows
		set loaded_at_utc = '2025-01-02T09:59:59Z' where rows = 0") $(log)" \
	'0  updated-1-2-0-1 updated-1-3-1-1'
is 'after it, it does' \
	"$(load "$(day 3) ids=1 at=2025-01-02T10:00:00Z") $(log)" \
	'0 updated-1-3-1-1 updated-1-3-1-2'
forget
is 'calls that are not known are none' \
	"$(load "$(day 2)" 'start=2025-01-01T00:00:00Z end=2025-01-03T00:00:00Z') $(log)" \
	'0 updated-1-3-0-1'
is 'unless none are known' "$(forget
	load 'start=2025-01-01T00:00:00Z end=2025-01-03T00:00:00Z' \
		'start=2025-01-01T00:00:00Z end=2025-01-03T00:00:00Z') $(log)" \
	'0 updated-1-3-0-?'
is 'all rows of the table are counted on' \
	"$(load "$(day 3) ids=1-5" "$(day 4)" "$(day 5)" "$(day 6) ids=5-7") $(pg -c 'select table_rows,
		(select count(*) from raw.invoices) from raw.qb_windows order by seq desc limit 1')" '0 7|7'

# --- a census

forget
census() { echo "$(day "$1") by=census provisional=${2:-false}"; }
is 'a census that found nothing is replaced by the next' \
	"$(load "$(census 2)" "$(census 3)" "$(census 4)") $(log)" '0 census-1-4-0-3'
is 'one that found rows missing is not' \
	"$(load "$(census 5 true)" "$(census 6)") $(log)" '0 census-1-5-0-4 census-1-6-0-1'
python3 - >"$dir/gone" <<'END'
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, "tests/lib")
import stream
win = stream.window(by="census", end="2025-01-07T00:00:00Z")
lines = [stream.gone(win, "1", at="2030-01-01T00:00:00Z")]
sys.stdout.buffer.write(lines[0] + stream.seal(win, lines, realm="4620") + stream.end(1, 1))
END
qb-load <"$dir/gone" >"$dir/out" 2>&1
is 'one that marked rows replaces one that found nothing' "$? $(log)" \
	'0 census-1-5-0-4 census-1-7-1-1'
is 'and stays' "$(load "$(census 8)" "$(census 9)") $(log)" \
	'0 census-1-5-0-4 census-1-7-1-1 census-1-9-0-2'
is 'qb-status knows the last one' "$(qb-status --json | jq -r 'select(.entity == "Invoice").last_census' | cut -c1-10)" \
	"$(pg -c "select to_char(max(loaded_at_utc) at time zone 'UTC', 'YYYY-MM-DD') from raw.qb_windows")"

# --- whoever may not delete, and older ledgers

schema=other
load "$(day 2)" >"$dir/out2"
pg -c "drop role if exists t_log" 2>"$dir/psql"
pg -c 'create role t_log login' -c "grant temporary on database $PGDATABASE to t_log"
pg -v schema=other -v role=t_log -f sql/schema/grants.sql
user=t_log
is 'a role that may not delete entries adds one' "$(load "$(day 3)") $(log)" \
	'0 updated-1-2-0-1 updated-1-3-0-1'
pg -c 'grant delete on other.qb_windows to t_log'
is 'with that right it replaces them' "$(load "$(day 4)") $(log)" '0 updated-1-4-0-3'
pg -c 'alter table other.qb_windows drop column deleted'
is 'in a ledger of an older version, too' \
	"$(load "$(day 5)" | cut -c1) $(log)" '0 updated-1-5-0-4'
pg -c 'alter table other.qb_windows drop column calls, drop column provisional'
is 'in one that does not know which are final it replaces none' \
	"$(load "$(day 6)" | cut -c1) $(pg -c 'select count(*) from other.qb_windows')" '0 2'
user=
pg -c 'drop owned by t_log; drop role t_log'
schema=

# --- many, and at once

forget
pg -c "insert into raw.qb_windows (entity, realm_id, by, range_start_utc, range_end_utc,
	run_id, pages, rows, inserted, updated, unchanged, stale, rejected, rows_left,
	table_rows, seal_sha256, calls, provisional) select 'Invoice', '4620', 'updated',
	'2025-01-01', '2025-01-02', 'old', 0, 0, 0, 0, 0, 0, 0, 0, 7, '', 1, true
	from generate_series(1, 2500)"
is 'a thousand at a time' "$(load "$(day 3)") $(log | wc -w) $(log | sed 's/.* //')" \
	'0 1501 updated-1-3-0-1001'
is 'until none is left' "$(load "$(day 4)" "$(day 5)") $(log)" '0 updated-1-5-0-2503'
forget
chosen=$(seq 2 25 | shuf)
pids=()
for n in 1 2 3 4; do
	given=()
	for d in $chosen; do given+=("ids= provisional=true realm=4620 $(day "$d") no=1 of=24"); done
	windows "${given[@]}" | qb-load --jobs=2 >"$dir/out$n" 2>"$dir/err$n" &
	pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid" || echo "$?"; done >"$dir/ended"
is 'by four at once: each ends with 0' "$(cat "$dir/ended" "$dir"/err[1-4])" ''
is 'and no call is lost' "$(pg -c 'select sum(calls), max(extract(day from range_end_utc)),
	count(*) < 30 from raw.qb_windows')" '96|25|t'
is 'which the next one replaces' "$(load "$(day 26)") $(log)" '0 updated-1-26-0-97'

# --- a commit in doubt

find() {	# find SEQ REPLACEABLE END: as qb-load does when the connection broke
	pg -v schema=raw -v entity=Invoice -v seq="$1" -v sha256="$sha" -v run="$run" \
		-v loaded_at="$at" -v by=updated -v start=2025-01-01 -v end="$3" \
		-v replaceable="$2" -f sql/load/find_commit.sql 2>"$dir/psql" | grep -c '^1$'
}
entry() {
	IFS='|' read -r seq sha run at <<-END2
		$(pg -c "select seq, seal_sha256, run_id, to_char(loaded_at_utc at time zone 'UTC',
			'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') from raw.qb_windows order by seq desc limit 1")
	END2
}
export PGTZ=UTC
entry
is 'an entry is found' "$(find "$seq" t 2025-01-26)" 1
load "$(day 27) by=change" >"$dir/out2"
is 'also when it was replaced since' "$(find "$seq" t 2025-01-26)" 1
is 'but not by one that ends before it' "$(find "$seq" t 2025-01-28)" 0
is 'and not one that had rows' "$(find "$seq" f 2025-01-26)" 0
entry
is 'nor by an earlier one' "$(find $((seq + 1)) t 2025-01-26)" 0
done_testing
