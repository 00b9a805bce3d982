#!/bin/sh
# Rows that are hard to hold, and rows that jsonb cannot hold, through the whole
# pipeline: nothing is dropped or altered in silence.
set -u
. "${0%/*}/../lib/tap.sh"
. "${0%/*}/../lib/pg.sh"
lib=$(cd "${0%/*}/../lib" && pwd)
dir=$(mktemp -d) || exit 1
trap 'body_stop; pg_stop; rm -rf "$dir"' EXIT
body_stop() {
	[ -n "${body_child:-}" ] || return 0
	kill "$body_child"
	wait "$body_child" 2>/dev/null
	body_child=''
}
pg_start || { echo 'Bail out! no PostgreSQL'; exit 1; }

serve() {	# serve KIND...: that body, and a login of its own
	body_stop
	rm -rf "$dir/port" "$dir/state"
	python3 "$lib/badrows.py" "$@" >"$dir/body"
	# one row, where a depth is given
	python3 "$lib/bodyserver.py" "$dir/body" Invoice ${2:+1} >"$dir/port" &
	body_child=$!
	until [ -s "$dir/port" ]; do
		kill -0 "$body_child" || exit 1
		sleep 0.02
	done
	at="http://127.0.0.1:$(cat "$dir/port")"
	export QBO_API_URL="$at" QBO_TOKEN_URL="$at/tokens" QBO_ENV=sandbox \
		QBO_REALM_ID=4620816365000000000 QBO_CLIENT_ID=id \
		QBO_CLIENT_SECRET=secret QBO_REFRESH_TOKEN=token \
		XDG_STATE_HOME="$dir/state"
}
backfill() {	# backfill SCHEMA OPTION...: rc, $dir/table and $dir/err
	schema=$1; shift
	qb-backfill invoices --from=2010-01-01 --to=2010-04-01 --every=90d \
		--retries=1 --schema="$schema" --archive="$dir/$schema" "$@" \
		>"$dir/table" 2>"$dir/err"
	rc=$?
}
payloads() {	# the bytes behind "payload", in any order
	LC_ALL=C awk '/^{"qb":"row"/ {
		at = index($0, ",\"payload\":") + 11
		print substr($0, at, length($0) - at) }' "$@" | LC_ALL=C sort
}
kept() { find "$1" -name '*.gz' -exec gzip -dc {} +; }
sent() {	# the rows of the body, in any order
	python3 -c "import sys; sys.path.insert(0, '$lib'); import stream
for row in stream.slices(open('$dir/body', 'rb').read(), 'Invoice'):
	sys.stdout.buffer.write(bytes(row) + b'\\n')" | LC_ALL=C sort
}

serve good
backfill good
is 'large, deep and odd rows that jsonb can hold: status' $rc 0
is 'each is in the table' "$(pg -c 'select count(*) from good.invoices')" 6
sent >"$dir/sent"
kept "$dir/good" | payloads >"$dir/kept"
ok 'and in the archive byte for byte' cmp -s "$dir/sent" "$dir/kept"
is 'the ten thousand lines of an invoice are there' \
	"$(pg -c "select jsonb_array_length(payload->'Line') from good.invoices where id = '2'")" 10000
is 'the 8 MB are there' \
	"$(pg -c "select length(payload->>'PrivateNote') from good.invoices where id = '3'")" 8388605
is 'so are the digits' "$(pg -c "select payload->>'Digits' from good.invoices where id = '5'")" \
	12345678901234567890.123456789012345678901234567890
is 'an amount keeps its zeros' "$(pg -c "select payload->>'TotalAmt' from good.invoices where id = '1'")" 100.00

serve bad
bad=9
backfill bad
is 'with rows that it cannot hold: status' $rc 65
# which of them comes first is the table's order of ids
ok 'a row is named with its reason' grep -qE \
	'^qb-load: Invoice 1/1 \(.*\): line (7|8|9|1[0-5]): id \1: jsonb cannot hold it: ' "$dir/err"
is 'and nothing of the window is loaded' "$(pg -c "select count(*) from bad.qb_windows")" 0
sent >"$dir/sent"
kept "$dir/bad" | payloads >"$dir/kept"
ok 'the archive holds every row, byte for byte' cmp -s "$dir/sent" "$dir/kept"

backfill rejected --rejects="$dir/rejects"
is 'with --rejects: status' $rc 65
ok 'which says how many' grep -q "^qb-load: $bad rows that jsonb cannot hold were put into" "$dir/err"
is 'the others are loaded' "$(pg -c 'select count(*) from rejected.invoices')" 6
is 'the ledger counts both' \
	"$(pg -c 'select rows, inserted, rejected from rejected.qb_windows')" '15|6|9'
is 'each envelope that was rejected is whole' \
	"$(grep -c '^{"qb":"row","window":.*"page":.*"row":.*"stamp":.*"payload":{.*}}$' "$dir/rejects")" $bad
{
	payloads "$dir/rejects"
	pg -c 'select id from rejected.invoices' | while read -r id; do
		grep -a -e "^{\"Id\":\"$id\"," "$dir/sent"
	done
} | LC_ALL=C sort >"$dir/both"
ok 'what is in the table and what was rejected are together what was sent' \
	cmp -s "$dir/sent" "$dir/both"
ok 'qb-check counts them' grep -qE '6 inserted, .* 9 rejected' "$dir/table"
kept "$dir/rejected" | qb-load --schema=replayed --rejects="$dir/rejects2" \
	>"$dir/out" 2>"$dir/err"
is 'a replay rejects the same: status' $? 65
payloads "$dir/rejects" >"$dir/first"
payloads "$dir/rejects2" >"$dir/second"
ok 'a replay rejects the same: rows' cmp -s "$dir/first" "$dir/second"

# Rows that were loaded once, and come again as what jsonb cannot hold.
serve before
backfill changed
is 'the same ids, when they were small: status' $rc 0
kept "$dir/rejected" | qb-load --schema=changed --rejects="$dir/rejects3" \
	--dry-run >"$dir/out" 2>"$dir/err"
ok 'rows that turned bad: a dry run counts them once' \
	grep -q '"rows":15,"inserted":0,"updated":6,.*"rejected":9,' "$dir/out"
kept "$dir/rejected" | qb-load --schema=changed --rejects="$dir/rejects3" \
	>"$dir/out" 2>"$dir/err"
is 'rows that turned bad: status' $? 65
is 'rows that turned bad: the ledger counts them once' "$(pg -c 'select rows,
	inserted, updated, unchanged, stale, rejected from changed.qb_windows
	order by seq')" "15|15|0|0|0|0
15|0|6|0|0|9"
is 'rows that turned bad: the table keeps what they were' "$(pg -c "select
	count(*) from changed.invoices where payload->>'TotalAmt' = '1'")" $bad
payloads "$dir/rejects3" >"$dir/third"
ok 'rows that turned bad: they are rejected whole' cmp -s "$dir/first" "$dir/third"

# A body may nest 512 deep; the array that a row stands in is the third.
serve deep 509
backfill deep
is 'nesting to the bound: status' $rc 0
is 'nesting to the bound: it is there' "$(pg -c 'select count(*) from deep.invoices')" 1
depths=1
for levels in 510 600 100000; do
	depths=$((depths + 1))
	serve deep $levels
	backfill "deeper$levels" --retry-for=1s
	ok "$levels levels: it ends with 65 or 75, and not as if it were done" \
		test "$rc" = 65 -o "$rc" = 75
	ok "$levels levels: the window and the reason are named" grep -qE \
		'^qb-fetch: Invoice 1/1 \(.*(nest|deep)' "$dir/err"
	is "$levels levels: nothing is archived" \
		"$(find "$dir/deeper$levels" -name '*.gz' 2>/dev/null | wc -l)" 0
	is "$levels levels: nothing is loaded" "$(pg -c "select
		to_regclass('deeper$levels.invoices')")" ''
done
echo "# $((6 + bad + depths)) bodies and rows: 6 that it holds, $bad that it cannot, $depths depths"
done_testing
