#!/bin/sh
# qb-census where the load log begins in the middle: rows that were created before,
# and changed since, are in the table, and may be deleted as the others.
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
export QBO_TOKEN_FILE="$dir/token" PGOPTIONS='-c client_min_messages=error'
# shellcheck source=tests/lib/census.sh
. "${0%/*}/../lib/census.sh"

world='--seed=7 --from=2025-01-01 --to=2025-04-01 --rows=all=0,Invoice=5000,Customer=300'
range='--from=2025-03-01 --to=2025-04-01'
first="'2025-03-01'"
company
qb-window invoices,customers --from=2025-03-01 --every=1y |
	qb-fetch --no-rate-limit | qb-stamp >"$dir/all" || exit 1
again
tickets invoices,customers >"$dir/tickets"
older=$(ids "$created < $first")
ok 'the table has rows that were created before the load log begins' test "$(echo "$older" | wc -w)" -gt 100
census
is 'nothing is wrong: one call per entity' "$status $calls $(gone)" '0 2 '
is 'the window begins where the tickets do' "$(jq -r 'select(.qb == "seal").window.start' "$dir/out" | uniq)" 2025-03-01T00:00:00Z
is 'nothing is said' "$(cat "$dir/err")" ''

change() { # change DO ID,...
	curl -sf "$QBO_API_URL/sim/change?entity=Invoice&do=$1&id=$2" >"$dir/changed"
}
list() { echo "$*" | tr ' ' ','; }
all() { missed 2000-01-01 2025-04-01 | sort -n | paste -sd' ' -; }

# shellcheck disable=SC2086 # ids
set -- $older
some="$5 ${50} ${100}"
tickets >"$dir/tickets"
change delete "$(list "$some")"
census
is 'three of them are deleted: exactly these are gone' "$status $(gone)" "0 $(all)"
is 'they are three' "$(gone | wc -w)" 3
ok "that takes few calls ($calls)" test "$calls" -le 10
ok 'the window begins with the first of them' test \
	"$(jq -r 'select(.qb == "seal").window.start' "$dir/out")" \< 2025-03-01T00:00:00Z
ok 'the stream is sound' sound
qb-stamp <"$dir/out" | qb-load >"$dir/receipts"
is 'they are marked' "$(ids 'deleted_at_utc is not null')" "$(gone)"
census
is 'then nothing is wrong' "$status $calls $(gone)" '0 1 '
change delete "$(ids "$created >= $first and deleted_at_utc is null" | cut -d' ' -f7)"
census --thorough
is 'a row that was created since: with --thorough' "$status $(gone)" "0 $(all | tr ' ' '\n' | grep -vxF "$(ids 'deleted_at_utc is not null' | tr ' ' '\n')" | paste -sd' ' -)"

# Later tickets are about what was created later.
company
again
change delete "$(list "$some")"
range='--from=2025-03-15 --to=2025-04-01'
tickets >"$dir/tickets"
census
is 'tickets that begin later: rows before are not looked for' "$status $calls $(gone)" '0 1 '
range='--from=2025-03-01 --to=2025-04-01'
tickets >"$dir/tickets"

# Windows by created, and by updated from later on.
pg -c 'drop schema raw cascade'
company
range='--from=2025-03-10 --to=2025-04-01'
tickets >"$dir/tickets"
{
	qb-window invoices --by=created --from=2025-03-10 --to=2025-03-20
	qb-window invoices --from=2025-03-20 --every=1y
} | qb-fetch --no-rate-limit | qb-stamp | qb-load >"$dir/receipts"
census
is 'windows by created before those by updated: one call more' "$status $calls $(gone)" '0 2 '
for condition in "< '2025-03-10'" "between '2025-03-10' and '2025-03-20'" ">= '2025-03-20'"; do
	change delete "$(ids "$created $condition" | cut -d' ' -f3)"
done
census
is 'what is gone of both is found' "$status $(gone)" "0 $(all)"
is 'they are three' "$(gone | wc -w)" 3
is 'in one window' "$(jq -c 'select(.qb == "seal").fetch.rows' "$dir/out")" 3
pg -c "delete from raw.invoices where $created < '2025-03-10'"
census
is 'of older rows that the table has not, nothing is asked' "$status $(gone | wc -w)" '0 2'

# Rows that enter while it counts, since they are changed now for the first time.
company
again
range='--from=2025-03-01 --to=2025-04-01'
tickets >"$dir/tickets"
there 2025-02-16 2025-03-01 | sort >"$dir/there"
pg -c 'select id from raw.invoices' | sort | comm -13 - "$dir/there" >"$dir/untouched"
change edit "$(head -n 40 "$dir/untouched" | paste -sd, -)"
census
is 'older rows that were changed after the last load are not missing' "$status $(gone)" '0 '
is 'nothing is said of them' "$(cat "$dir/err")" ''
is 'the window is final' "$(jq -r 'select(.qb == "seal").window.provisional' "$dir/out")" null
change delete "$(list "$some")"
census
is 'what is gone is found among them' "$status $(gone)" "0 $(all)"
change edit "$(head -n 150 "$dir/untouched" | paste -sd, -)"
census
is 'too many of them: later' "$status $(seals)" '75 '
says 'too many of them' 'Invoice: 150 rows were changed since the table was loaded'
ok 'the command loads what was changed since' grep -q \
	'^qb-census: next: load what was changed: qb-backfill Invoice --from=20[-0-9]*T[:0-9]*Z$' "$dir/err"
sed -n 's/^qb-census: next: load what was changed: //p' "$dir/err" >"$dir/next"
sleep 1 # the second in which they were changed must be over
ok 'that command can be run' sh -c "cd '$dir' && sh -e next >next.out 2>&1"
census
is 'then what is gone is found' "$status $(gone)" "0 $(all)"

n=2
tried=0
good=0
while [ $n -le 8 ]; do
	company "request 1 delete-last 1 and delete 1" "request $n edit-here 2 and delete-here 2"
	again
	census
	[ "$calls" -ge $n ] && {
		tried=$((tried + 1))
		[ "$status" = 0 ] && [ "$(gone)" = "$(all)" ] && good=$((good + 1))
	}
	n=$((n + 1))
done
is 'rows deleted and edited before each of its requests: exactly these' $good $tried
ok "that was tried at some of them ($tried)" test $tried -ge 4

# A table without them is named, with a command that reads them all.
company
again
pg -c 'truncate raw.invoices'
census
is 'a table that was emptied: later' "$status $(seals)" '75 '
sed -n 's/^qb-census: next: reload: //p' "$dir/err" >"$dir/next"
is 'the command reads what was changed' "$(cat "$dir/next")" 'qb-backfill Invoice --reload --from=2025-03-01T00:00:00Z'
ok 'it can be run as it is told' sh -c "cd '$dir' && sh -e next >next.out 2>&1"
is 'then the older rows are there, too' "$(ids "$created < $first")" "$older"
census
is 'and nothing is wrong' "$status $calls" '0 1'
done_testing
