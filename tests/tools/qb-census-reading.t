#!/bin/sh
# qb-census behind qb-fetch: what comes is passed on as it is, and what should have
# come and did not is asked for by its id; and qb-backfill --reload, which does that.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
dir=$(mktemp -d)
trap 'sim_stop; pg_stop; rm -rf "$dir"' EXIT
pg_start || exit 1
export QBO_TOKEN_FILE="$dir/token" XDG_STATE_HOME="$dir/state"
export PGOPTIONS='-c client_min_messages=error'
# shellcheck source=tests/lib/census.sh
. "${0%/*}/../lib/census.sh"

world='--seed=5 --from=2025-01-01 --to=2026-01-01 --rows=all=0,Invoice=1500,Item=40'
range='--from=2025-01-01 --to=2026-01-01'
read_again() { # the reading in $dir/read
	# shellcheck disable=SC2086
	qb-window invoices,items $range --every=1mo | qb-fetch --no-rate-limit >"$dir/read"
	ln -sf read "$dir/tickets"
}
whole_year() {
	# shellcheck disable=SC2086
	qb-window invoices,items $range | qb-fetch --no-rate-limit
}
change() { # change ENTITY DO id=ID,...|rows=N
	curl -sf "$QBO_API_URL/sim/change?entity=$1&do=$2&$3" | jq -r '.changed[]' |
		sort -n | paste -sd' ' - >"$dir/changed"
}
windows() { jq -c 'select(.qb == "seal").window.by' "$dir/out" | uniq -c | awk '{ print $1 $2 }' | paste -sd' ' -; }
company
read_again
qb-stamp <"$dir/read" >"$dir/all" || exit 1
again

# Nothing is gone: a pipe.
census
is 'nothing is gone: no call' "$status $calls" '0 0'
ok 'what comes is passed on byte for byte' cmp -s "$dir/read" "$dir/out"
is 'nothing is said' "$(cat "$dir/err")" ''
gzip -k "$dir/read"
qb-census --no-rate-limit <"$dir/read.gz" >"$dir/out" 2>"$dir/err"
ok 'compressed input, too' cmp -s "$dir/read" "$dir/out"
cat "$dir/read" "$dir/read" >"$dir/twice"
qb-census --no-rate-limit <"$dir/twice" >"$dir/out" 2>"$dir/err"
ok 'streams that follow each other, too' cmp -s "$dir/twice" "$dir/out"
mkfifo "$dir/slow"
three_lines() {
	head -n 3 "$dir/read"
	read -r _ <"$dir/slow"
}
three_lines | qb-census --no-rate-limit 2>"$dir/err" >"$dir/out" & slow=$!
for _ in $(seq 100); do
	[ "$(wc -l <"$dir/out")" = 3 ] && break
	sleep 0.05
done
is 'each line is passed on at once' "$(wc -l <"$dir/out")" 3
echo >"$dir/slow"
wait $slow
is 'a stream without an end: later' $? 75

# Some are gone.
change Invoice delete rows=20
twenty=$(cat "$dir/changed")
read_again
census
is 'twenty are gone: exactly these, by one call' "$status $calls $(gone)" "0 1 $twenty"
is 'a window of them comes after those that were read' "$(windows)" '24"updated" 1"census"'
is 'the lines that were read are not changed' "$(sed '$d' "$dir/read" | cmp - "$dir/out" 2>&1 | grep -c EOF) $(head -n $(($(wc -l <"$dir/read") - 1)) "$dir/out" | sha256sum)" \
	"1 $(sed '$d' "$dir/read" | sha256sum)"
is 'the end counts them, too' "$(tail -n 1 "$dir/out")" '{"qb":"end","windows":25,"rows":1540}'
is 'how it is known' "$(jq -r 'select(.qb == "gone").gone.by' "$dir/out" | uniq)" whole
is 'of others nothing is said, so the window is provisional' "$(jq -c 'select(.window.by == "census" and .qb == "seal") | [.window.provisional, .fetch.gone, .fetch.calls]' "$dir/out")" '[true,20,1]'
ok 'the stream is sound' sound
qb-load <"$dir/stamped" >"$dir/receipts"
is 'they are marked' "$(ids 'deleted_at_utc is not null')" "$twenty"
census
is 'then nothing is asked' "$status $calls" '0 0'

# What the table has as deleted is told again, for an archive that may lack it.
known() { # known: of the table, as the gone lines should have it
	pg -c "select id, fetched_at_utc, deleted_at_utc from raw.invoices
		where deleted_at_utc is not null order by id collate \"C\""
}
told() { # told: the same, of the output
	jq -r 'select(.qb == "gone").gone | [.id, .at, .deleted] | @tsv' "$dir/out" >"$dir/told"
	pg -c 'drop table if exists told' -c 'create table told (id text, at timestamptz, deleted timestamptz)' \
		-c "\\copy told from $dir/told" -c 'select id, at, deleted from told order by id collate "C"'
}
same() { # same WHAT: loading them once more writes nothing
	pg -c 'select ctid, xmin, * from raw.invoices' | sort >"$dir/were"
	qb-stamp <"$dir/out" | qb-load >"$dir/receipts"
	pg -c 'select ctid, xmin, * from raw.invoices' | sort >"$dir/are"
	ok "$1" cmp -s "$dir/were" "$dir/are"
}
is 'the twenty are said again' "$(windows) $(gone)" "24\"updated\" 1\"census\" $twenty"
is 'as the table has them' "$(told)" "$(known)"
is 'the window is provisional, and took no call' "$(jq -c 'select(.window.by == "census" and .qb == "seal") | [.window.provisional, .fetch.gone, .fetch.calls]' "$dir/out")" '[true,20,0]'
is 'the end counts them' "$(tail -n 1 "$dir/out")" '{"qb":"end","windows":25,"rows":1540}'
ok 'the stream with them is sound' sound
same 'loaded again they change nothing'
is 'the load log has them as unchanged' "$(pg -c "select rows, unchanged, deleted, provisional from raw.qb_windows
	where by = 'census' order by seq desc limit 1")" '20|20|0|t'
one=${twenty%% *}
pg -c "update raw.invoices set fetched_at_utc = '2026-01-02 03:04:05.000007+00',
		deleted_at_utc = '2026-01-02 03:04:04.999999+00' where id = '$one'" \
	-c "insert into raw.invoices select (jsonb_populate_record(i, '{\"id\": \"777\", \"payload\": {\"Id\": \"777\"},
		\"page_size\": 0, \"page_number\": 0, \"updated_at_utc\": null, \"deleted_at_utc\": \"2025-06-01T00:00:00.5Z\"}')).*
		from raw.invoices i where id = '$one'"
census
is 'microseconds, and a row that was never seen' "$status $calls $(told | wc -l)" '0 0 21'
is 'with their times' "$(told | grep "^\($one\|777\)|")" "$(known | grep "^\($one\|777\)|")"
same 'nothing of that changes either'
pg -c "update raw.invoices set deleted_at_utc = fetched_at_utc where id = (select id from raw.invoices
		where deleted_at_utc is null order by id limit 1)"
census
is 'a row that came is not said to be gone' "$status $calls $(told | wc -l)" '0 0 21'
qb-window invoices --from=2025-06-01 --to=2025-06-02 | qb-fetch --no-rate-limit >"$dir/day"
ln -sf day "$dir/tickets"
census
is 'a reading of a day: what was deleted on it' "$status $calls $(told | grep -c '^777|')" '0 0 1'
ok "and what was changed last on it, and no others ($(told | wc -l))" test "$(told | wc -l)" -lt 10
ln -sf read "$dir/tickets"
for by in created txn-date; do
	again
	qb-window invoices --by=$by --from=2020-01-01 --to=2026-06-01 | qb-fetch --no-rate-limit >"$dir/read"
	census
	is "a reading by $by: the same" "$status $calls $(gone)" "0 1 $twenty"
done

# Only what was sealed counts.
again
read_again
seal=$(grep -n '"qb":"seal"' "$dir/read" | sed -n 6p | cut -d: -f1)
head -n "$seal" "$dir/read" >"$dir/cut"
ln -sf cut "$dir/tickets"
census
is 'a stream that is cut: nothing is marked' "$status $calls $(gone) $(windows)" '75 0  6"updated"'
{
	cat "$dir/cut"
	jq -nc --argjson rows "$(jq -n '[inputs | select(.qb == "row")] | length' "$dir/cut")" '{qb: "end", windows: 6, rows: $rows}'
} >"$dir/part"
ln -sf part "$dir/tickets"
half=$(pg -c "select id from raw.invoices where updated_at_utc < '2025-07-01' and id in ('$(echo "$twenty" | sed "s/ /','/g")') order by id::int" | paste -sd' ' -)
census
is 'a stream of the first half: what is gone of that' "$status $(gone)" "0 $half"
ok 'that is some of them' test -n "$half"
sed '5d' "$dir/read" >"$dir/lacks"
ln -sf lacks "$dir/tickets"
census
is 'a window that lacks a row' "$status $(gone)" '65 '
read_again
QBO_REALM_ID=1 QBO_TOKEN_FILE="$dir/token.1" qb-census --no-rate-limit --schema=nowhere \
	<"$dir/read" >"$dir/out" 2>"$dir/err"
is 'a reading of another company is refused' $? 69
says 'a reading of another company' 'and QBO_REALM_ID is 1'

# Rows that moved, and rows of others.
company
again
read_again
change Invoice edit rows=30
whole_year >"$dir/moved"
ln -sf moved "$dir/tickets"
census
is 'rows that were edited lie elsewhere: they are asked for, and not gone' "$status $calls $(gone)" '0 1 '
ok 'and nothing is added' cmp -s "$dir/moved" "$dir/out"
one=$(cut -d' ' -f7 "$dir/changed")
company "entity Invoice row $one status 400 code 4002"
change Invoice edit "id=$one"
change Invoice delete rows=5
five=$(cat "$dir/changed")
whole_year >"$dir/moved"
census
is 'one of those that are asked for cannot be returned: the others are' "$status $(gone)" "0 $five"
says 'that one' "Invoice: QuickBooks has Id $one, but cannot return it: HTTP 400, 4002"
ok "it takes few calls ($calls)" test "$calls" -le 10
company 'entity Invoice any always status 500'
again
pg -c "insert into raw.invoices select (jsonb_populate_record(i, '{\"id\":\"999\"}')).* from raw.invoices i limit 1"
ln -sf read "$dir/tickets"
census --retries=0
is 'QuickBooks fails: later' "$status" 75
ok 'but what was read is complete' cmp -s "$dir/read" "$dir/out"
company
census --missing=ignore --thorough
is 'a row that never was is gone' "$status $(gone)" '0 999'
pg -c "update raw.invoices set fetched_at_utc = now() + interval '1 day' where id = '999'"
census
is 'what was loaded since the reading began is not looked for' "$status $calls $(gone)" '0 0 '

# qb-backfill --reload
pg -c 'drop schema raw cascade'
company
backfill() { # backfill OPTION...: its last line in $said
	calls=$(met)
	# shellcheck disable=SC2086
	qb-backfill invoices items $range --every=2mo "$@" >"$dir/report" 2>"$dir/err"
	status=$?
	calls=$(($(met) - calls))
	said=$(tail -n 1 "$dir/err" | sed 's/, [0-9.]* s$//')
}
backfill --archive="$dir/archive"
first=$calls
is 'a backfill' "$status" 0
backfill --archive="$dir/archive" --reload
is 'a reload where nothing is gone takes as many calls' "$status $calls" "0 $first"
change Invoice delete rows=20
twenty=$(cat "$dir/changed")
backfill --archive="$dir/archive" --reload --jq=.
is 'a reload where twenty are gone takes one more' "$status $calls" "0 $((first + 1))"
is 'it says so' "$said" "qb-backfill: 12 windows, 1,520 rows: 0 inserted, 0 updated, 1,520 unchanged, 20 deleted; $calls calls"
is 'they are marked' "$(ids 'deleted_at_utc is not null')" "$twenty"
pg -c 'drop schema raw cascade'
find "$dir/archive" -name '*.gz' -exec cat {} + | qb-stamp | qb-load >"$dir/receipts"
is 'the archive replayed: the same rows are marked' "$(ids 'deleted_at_utc is not null')" "$twenty"
backfill --archive="$dir/archive" --reload
is 'the next reload finds nothing' "$status $calls $(pg -c "select sum(deleted) from raw.qb_windows where run_id = (select run_id from raw.qb_windows order by seq desc limit 1)")" "0 $first 0"
change Invoice delete rows=1
backfill --reload --progress=json
is 'as JSON' "$(tail -n 1 "$dir/err" | jq -c '[.windows, .of, .deleted]')" '[12,12,1]'
company 'entity Invoice request 4..9999 status 500'
change Invoice delete rows=30
backfill --reload --retries=0
is 'QuickBooks fails: later' "$status" 75
done_testing
