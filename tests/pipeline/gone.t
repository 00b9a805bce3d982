#!/bin/bash
# Loads commute, also where objects are gone: what is said of an id, a row or that
# it is gone, loaded in every order, twice, and at the same time.
cd "${0%/*}/../.." || exit 1
. tests/lib/tap.sh
. tests/lib/pg.sh
PATH=$PWD/${QB_BUILD:-build}/bin:$PATH
root=$PWD
dir=$(mktemp -d) || exit 1
trap 'pg_stop; rm -rf "$dir"' EXIT
pg_start || exit 1
cat >"$dir/orders.py" <<'END'
"""orders.py FOLDER EXCEPT EVENT...: an id for each order of the events, but those
that match EXCEPT; FOLDER/1 has the first event of each id, FOLDER/2 the second."""
import itertools, os, re, sys
sys.dont_write_bytecode = True
sys.path.insert(0, "tests/lib")
import stream

# row: which version, by its LastUpdatedTime, and when it was fetched; gone: when
# QuickBooks said so, and when it was deleted.  All are hours of one day.
EVENTS = {
    "v1": ("row", 1, 1), "v2": ("row", 2, 2), "g3": ("gone", 3, None),
    "v2again": ("row", 2, 4), "g5": ("gone", 5, 4),
    "v6": ("row", 6, 7), "g7": ("gone", 7, None), "g7sooner": ("gone", 7, 6),
    "v0late": ("row", 0, 8), "both": ("both", 2, 2),
    "n1": ("row", None, 1),
}


def hour(n):
    return n and "2025-03-01T%02d:00:00Z" % n


def lines_of(win, event, row_id):
    kind, first, second = EVENTS[event]
    if kind == "gone":
        return [stream.gone(win, row_id, hour(first), hour(second))]
    updated = "null" if first is None else '"2025-03-01T%02d:00:00Z"' % first
    row = stream.row(
        win, b'{"Version":%d}' % (first or 0), row_id, updated="U").replace(
            b'"updated":"U"', b'"updated":' + updated.encode()).replace(
                b"2025-09-12T18:43:35.406-07:00", hour(second).encode())
    # in one window, the gone line comes first
    return [stream.gone(win, row_id, hour(second))] * (kind == "both") + [row]


folder, skip, events = sys.argv[1], sys.argv[2], sys.argv[3:]
orders = [order for order in itertools.permutations(events)
          if not skip or not re.search(skip, " ".join(("",) + order + ("",)))]
os.makedirs(folder, exist_ok=True)
for at in range(len(events)):
    win = stream.window(by="change", no=at + 1, of=len(events))
    lines = [line for order in orders
             for line in lines_of(win, order[at], "-".join(order))]
    with open("%s/%d" % (folder, at + 1), "wb") as out:
        out.write(b"".join(lines) + stream.seal(win, lines) +
                  stream.end(1, len(lines)))
print(len(orders))
END
rows() {	# rows SCHEMA: what is stored, each different row once
	pg -c "select payload->>'Version', extract(hour from updated_at_utc),
			extract(hour from fetched_at_utc),
			coalesce(extract(hour from deleted_at_utc)::text, 'live'),
			case when count(*) < 3 then ': ' || string_agg(id, ' ') end
		from $1.invoices group by 1, 2, 3, 4" | sed 's/|$//'
	pg -c "select 'wrong: ' || w::text from $1.qb_windows w
		where rows <> inserted + updated + unchanged + stale + rejected
			+ deleted
		or table_rows <> (select count(*) from $1.invoices)"
}
forget() { pg -c "truncate $1.invoices, $1.qb_windows"; }
# commute WHAT WANT EXCEPT EVENT...: every order of them, but those that match EXCEPT
commute() {
	what=$1 want=$2 except=$3
	shift 3
	schema=case$((cases += 1))
	orders=$(python3 "$dir/orders.py" "$dir/$schema" "$except" "$@")
	for n in $(seq $#); do
		qb-load --schema=$schema <"$dir/$schema/$n" >"$dir/out" || echo "$n: $?"
	done >"$dir/failed"
	is "$what: $orders orders give the same row" \
		"$(cat "$dir/failed")$(rows $schema | sed 's/|*: .*//')" "$want"
	for n in $(seq $# -1 1) $(seq $#); do
		qb-load --schema=$schema <"$dir/$schema/$n" >"$dir/out" || echo "$n: $?"
	done >"$dir/failed"
	is 'and so they do when all is loaded twice more' \
		"$(cat "$dir/failed")$(rows $schema | sed 's/|*: .*//')" "$want"
}
cases=0
commute 'gone for good' '2|2|5|4' '' v1 v2 g3 v2again g5
# What was seen again unchanged writes nothing, so a gone line from between the two
# sightings that is loaded after both marks the row: qb-load(1), CAVEATS.
commute 'taken back by the same row, fetched later' '2|2|4|live' \
	' v2 .*v2again .*g3 ' v1 v2 g3 v2again
commute 'changed after it was thought to be gone' '6|6|7|7' '' v1 v2 g3 v6 g7
commute 'changed, and there' '6|6|7|live' '' v1 v2 g3 v6 g5
commute 'two lines of one time' '2|2|7|7' '' v1 v2 g7 g7sooner
commute 'never seen' '||7|7' '' g3 g5 g7sooner g7
commute 'a row without LastUpdatedTime' '0||7|7' '' n1 g3 g7
commute 'a row and a gone line of the same time in one window' '2|2|2|2' '' v1 both
# A stale row, too, writes nothing when it was fetched later.
commute 'taken back by an older version, fetched later' '2|2|8|live' \
	' v0late .*v2 | v2 .*v0late .*(g7|g3) ' v2 g3 g7 v0late


order=$dir/order
python3 "$dir/orders.py" "$order" 'g5 .*v|v2again .*g3|.*g3 .*v2 |v2 .*v1' \
	v1 v2 g3 v2again g5 >"$dir/out"
is 'one order alone' "$(cat "$dir/out")" 1
cat "$order"/[1-5] "$order"/[1-5] >"$dir/twice"
qb-load --schema=one <"$dir/twice" >"$dir/out"
is 'one window after the other, twice: what each does' \
	"$(sed -n 's/.*"inserted":\([0-9]*\),"updated":\([0-9]*\),"unchanged":\([0-9]*\),"stale":\([0-9]*\),"rejected":0,"deleted":\([0-9]*\),"table_rows":1,.*/\1\2\3\4\5/p' "$dir/out" | paste -sd' ')" \
	'10000 01000 00001 01000 00001 00010 00100 00010 00100 00100'
is 'and what becomes of the row' "$(rows one)" '2|2|5|4|: v1-v2-g3-v2again-g5'
cat "$order"/{5,4,3,2,1} >"$dir/backwards"
cat "$order"/{1,2,3,4,5} >"$dir/forwards"
raced=''
for _ in 1 2 3 4 5; do
	forget one
	qb-load --schema=one --jobs=4 <"$dir/backwards" >"$dir/out1" 2>"$dir/err1" & first=$!
	qb-load --schema=one --jobs=4 <"$dir/forwards" >"$dir/out2" 2>"$dir/err2"
	raced="$raced $?"
	wait $first
	raced="$raced $? $(rows one | sed 's/|: .*//');"
done
is 'two at once, with four connections each, five times' "$raced" \
	"$(printf ' 0 0 2|2|5|4;%.0s' 1 2 3 4 5)"

# --- many ids by many loaders, in every order
python3 - "$dir" <<'END'
import random, sys
sys.dont_write_bytecode = True
sys.path.insert(0, "tests/lib")
import stream
chance = random.Random(5)
windows = []
for hour in range(1, 13):
    win = stream.window(no=hour, of=12, by="change")
    at = "2025-03-01T%02d:00:00Z" % hour
    lines = []
    for i in chance.sample(range(600), 250):
        if chance.random() < 0.5:
            lines.append(stream.gone(win, str(i), at))
        else:
            # each fetch shows another version: none is seen again unchanged
            lines.append(stream.row(
                win, b'{"Id":"%d","Version":%d}' % (i, hour), str(i),
                updated=at).replace(b"2025-09-12T18:43:35.406-07:00",
                                    at.encode()))
    windows.append((lines, b"".join(lines) + stream.seal(win, lines)))
for n in range(8):
    if n:
        chance.shuffle(windows)
    with open("%s/many%d" % (sys.argv[1], n), "wb") as out:
        out.write(b"".join(text for _, text in windows) + stream.end(
            len(windows), sum(len(lines) for lines, _ in windows)))
END
content() {	# content SCHEMA
	pg -c "select id, payload, updated_at_utc, fetched_at_utc, deleted_at_utc
		from $1.invoices order by id collate \"C\""
}
qb-load --schema=serial <"$dir/many0" >"$dir/out"
is 'windows of rows and gone lines, by one' "$?" 0
content serial >"$dir/want"
qb-load --schema=many <"$order/1" >"$dir/out"
forget many
pids=()
for n in 1 2 3 4 5 6 7; do
	qb-load --schema=many --jobs=$((n % 3 + 1)) <"$dir/many$n" \
		>"$dir/many.out$n" 2>"$dir/many.err$n" &
	pids+=($!)
done
for pid in "${pids[@]}"; do
	wait "$pid" || echo "$?"
done >"$dir/ended"
is 'by seven at once, each in another order: each ends with 0' "$(cat "$dir/ended")" ''
content many | cmp - "$dir/want"
is 'and the table is the same' "$?" 0
is 'with rows that are there and rows that are gone' \
	"$(pg -c 'select count(*) filter (where deleted_at_utc is null) > 100, count(deleted_at_utc) > 100 from many.invoices')" 't|t'
is 'the ledger accounts for every line' \
	"$(pg -c 'select count(*), sum(rows), sum(inserted + updated + unchanged + stale + rejected + deleted),
		max(table_rows) = (select count(*) from many.invoices) from many.qb_windows')" '84|21000|21000|t'
is 'no deadlock was met' "$(pg -c 'select deadlocks from pg_stat_database
	where datname = current_database()')" 0
cd "$root" || exit 1
done_testing
