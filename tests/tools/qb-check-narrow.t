#!/bin/sh
# qb-check: which windows differ, with few calls; a table that is older than its
# load log; and all of that without QuickBooks.
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
export QBO_TOKEN_FILE="$dir/token"

world='--seed=7 --from=2025-01-01 --to=2025-04-01 --rows=all=0,Invoice=300'
range='--from=2025-01-01 --to=2025-04-01'
company() { # company [RULE...]: it answers as it is now, by a script
	printf '%s\n' "$@" >"$dir/script"
	# shellcheck disable=SC2086
	sim_start $world --script="$dir/script" || exit 1
}
windows() { # windows N: of the invoices, as qb-fetch writes them
	# shellcheck disable=SC2086
	"$QB_SIM" --print=Invoice --envelopes --windows="$1" $world
}
check() { # check [OPTION...]: of the whole range; $calls are its counts
	calls=$(grep -c kind=count "$dir/sim.log")
	# shellcheck disable=SC2086
	qb-check invoices $range --no-rate-limit "$@" >"$dir/out" 2>"$dir/err"
	status=$?
	calls=$(($(grep -c kind=count "$dir/sim.log") - calls))
}
named() { grep -cE '[0-9]Z( \([0-9]+ windows\))?: (up to )?[0-9]+ (at QuickBooks|rows are not as)' "$dir/out"; }
says() { # says WHAT STATUS TEXT: of the last check
	is "$1: status" "$status" "$2"
	ok "$1: \"$3\" is said" grep -qF -e "$3" "$dir/out"
}
next() { # next: run the command that is advised
	sed -n 's/^qb-check: next: reload: \(.*\), or replay the archive$/\1/p' "$dir/err" >"$dir/next"
	sh -e "$dir/next" >"$dir/out" 2>"$dir/err"
}
gone() { # gone CONDITION: take these rows out of the table
	pg -c "delete from raw.invoices where $1"
}
again() { # again N: the table and its load log, from N windows
	PGOPTIONS='-c client_min_messages=error' pg -c 'drop schema if exists raw cascade'
	windows "$1" | qb-load >"$dir/receipts"
}

company
again 90
# Rows that are missing.
gone "updated_at_utc >= '2025-01-05' and updated_at_utc < '2025-01-06'"
gone "updated_at_utc >= '2025-03-20' and updated_at_utc < '2025-03-21'"
check
says "rows of two days are gone" 75 'WRONG: 2025-01-05T00:00:00Z to 2025-01-06T00:00:00Z: '
says "the other one" 75 'WRONG: 2025-03-20T00:00:00Z to 2025-03-21T00:00:00Z: '
is "they alone are named" "$(named)" 2
is "two of 90 windows: a count of each, since they are suspected" "$calls" 3
ok "the next command reads just these days" grep -qF -e \
	"qb-backfill Invoice --reload --from=2025-01-05T00:00:00Z --to=2025-01-06T00:00:00Z && qb-backfill Invoice --reload --from=2025-03-20T00:00:00Z --to=2025-03-21T00:00:00Z" "$dir/err"
pages=$(grep -c kind=rows "$dir/sim.log")
ok "and it can be run as it is told" next
is "it reads no more than these" "$(($(grep -c kind=rows "$dir/sim.log") - pages))" 2
check
is "then all is there, and one call says so" "$status $calls" '0 1'

# Rows that have left the range at QuickBooks hide others that are missing.
again 90
gone "id = (select min(id) from raw.invoices where updated_at_utc < '2025-01-15')"
company 'request 1 delete 1'
check
is "one row is gone here, another one there: the totals agree" \
	"$status $(grep -c 'in range  *299' "$dir/out")" '75 2'
is "the window where a row is missing is named" "$(named)" 1
ok "as missing" grep -q 'WRONG: 2025-01-.*: 1 missing$' "$dir/out"
company

# An older copy of a row.
again 9
pg -c "update raw.invoices set fingerprint = 1, updated_at_utc = '2025-01-02',
	payload = jsonb_set(payload, '{MetaData,LastUpdatedTime}', '\"2025-01-02T00:00:00Z\"')
	where id = (select min(id) from raw.invoices where updated_at_utc >= '2025-02-10' and updated_at_utc < '2025-02-20')"
check
says "an older copy of one row" 75 'WRONG: 2025-02-10T00:00:00Z to 2025-02-20T00:00:00Z: '
is "one count for the range, one for the window" "$calls" 2
ok "an older copy of one row: the next command" next
check
is "an older copy of one row: then it is new again" "$status" 0

# The table restored from an older dump; the ledger is as it was.
again 9
pg -c 'create table dump as table raw.invoices'
restore() { pg -c "truncate raw.invoices; insert into raw.invoices select * from $1"; }
company 'request 1 edit 12' 'request 1 delete-last 3'
check
is "some rows are edited and deleted" "$status $(named)" '0 2'
sleep 1.5 # the range of the next command ends with the last whole second
later() { qb-backfill invoices --from=2025-01-01 --every=1y >"$dir/table" 2>"$dir/err"; }
ok "the changes are loaded" later
pg -c 'create table current as table raw.invoices'
is "the changes are there" "$(pg -c 'select count(*) from current join dump using (id) where current.run_id <> dump.run_id')" 12
qb-check invoices --from=2025-01-01 >"$dir/out" 2>"$dir/err"
is "that is ordinary life" "$? $(grep -c WRONG "$dir/out")" '0 0'
qb-check invoices --from=2025-01-01 --offline >"$dir/out" 2>"$dir/err"
is "without QuickBooks, too" "$? $(grep -c WRONG "$dir/out")" '0 0'
restore dump
qb-check invoices --from=2025-01-01 --offline >"$dir/out" 2>"$dir/err"
is "the table is restored from the dump: that is found without a call" "$?" 75
is "its window is named" "$(named)" 1
ok "with what is wrong" grep -q 'WRONG: .*: up to 12 rows are not as they were loaded' "$dir/out"
qb-check invoices --from=2025-01-01 >"$dir/out" 2>"$dir/err"
is "and with QuickBooks" "$? $(grep -c 'WRONG: .*: 12 missing$' "$dir/out")" '75 1'
ok "the next command repairs it" next
is "as before the dump" "$(pg -c 'select count(*) from raw.invoices join current using (id) where raw.invoices.fingerprint <> current.fingerprint')" 0
qb-check invoices --from=2025-01-01 >"$dir/out" 2>"$dir/err"
is "then all is well" "$?" 0
qb-check invoices --from=2025-01-01 --offline >"$dir/out" 2>"$dir/err"
is "without QuickBooks, too" "$?" 0

# Ordinary life: other windows, replays, two loaders, run IDs used again.
company
PGOPTIONS='-c client_min_messages=error' pg -c 'drop schema raw cascade'
offline() { # offline WHAT: no window is suspected
	# shellcheck disable=SC2086
	qb-check invoices $range --offline >"$dir/out" 2>"$dir/err"
	is "$1" "$? $(grep -c WRONG "$dir/out")" '0 0'
}
windows 9 | qb-archive "$dir/qb-archive" | qb-stamp --run=same | qb-load >"$dir/receipts"
windows 9 | qb-stamp --run=same | qb-load >"$dir/receipts"
offline "the same windows twice, by one run ID"
windows 4 | qb-stamp --run=same | qb-load >"$dir/receipts"
windows 40 | qb-stamp --run=other | qb-load >"$dir/receipts" & first=$!
windows 7 | qb-stamp --run=another | qb-load >"$dir/receipts.7"
wait "$first"
offline "other windows, by two loaders at the same time"
find "$dir/qb-archive" -name '*.gz' | sort -r | xargs cat | qb-stamp | qb-load >"$dir/receipts"
offline "the archive replayed"
pg -c "update raw.invoices set deleted_at_utc = now() where id < '5'"
offline "rows that are marked as deleted"
pg -c 'update raw.invoices set deleted_at_utc = null'
# shellcheck disable=SC2086
"$QB_SIM" --print=Invoice --envelopes --windows=2 $world --spoil=100 |
	qb-load --schema=odd --rejects="$dir/rejects" >"$dir/receipts" 2>"$dir/err"
# shellcheck disable=SC2086
qb-check invoices $range --schema=odd --offline >"$dir/out" 2>"$dir/err"
is "rows that were rejected are not suspected" "$? $(grep -c WRONG "$dir/out")" '0 0'

# Without QuickBooks.
sim_stop
here() { # here [OPTION...]: with no setting of QuickBooks
	# shellcheck disable=SC2086
	(
		unset QBO_ENV QBO_REALM_ID QBO_CLIENT_ID QBO_CLIENT_SECRET \
			QBO_REFRESH_TOKEN QBO_TOKEN_FILE QBO_API_URL QBO_TOKEN_URL
		exec qb-check invoices $range --offline "$@"
	) >"$dir/out" 2>"$dir/err"
	status=$?
}
here --archive="$dir/qb-archive" --status-file="$dir/status"
says "offline, with the archive" 0 '  at QuickBooks, in range   not asked'
is "offline, with the archive: nothing on standard error" "$(cat "$dir/err")" ''
is "no call was made, and that is recorded" "$(cat "$dir/status")" \
	'{"qb":"status","tool":"qb-check","calls":0}'
here --json
is "offline, in JSON" "$(jq -c '[.verdict, .counted, .quickbooks_total, .missing]' "$dir/out")" '["ok",null,null,0]'
here --schema=nowhere
says "offline, nothing loaded" 75 'not loaded: 2025-01-01T00:00:00Z'
here --outside
is "offline and outside: status" "$status" 64
gone "id = (select min(id) from raw.invoices)"
here
is "offline, a row that was deleted is found" "$status $(named)" '75 1'

# Counts that are too slow are halved; those that fail.
company 'request 1 status 504 body xml'
again 9
check --status-file="$dir/status"
is "a count that is too slow is made in two halves" "$status $calls" '0 3'
is "only those that succeed are metered" "$(tail -n 1 "$dir/status")" \
	'{"qb":"status","tool":"qb-check","calls":2}'
gone "updated_at_utc < '2025-01-05'"
company 'request 2..9 status 403 body json code 5020'
check
is "a count that fails while narrowing down is a warning" \
	"$status $(grep -c 'windows are not counted: Invoice: ' "$dir/err")" '75 1'
says "what is known stays" 75 'rows are missing in the table'

# Rows that QuickBooks has and nobody loaded: no window is suspected.
again 90
company 'request 1 delete 1'
check
ok "one of 90 windows takes few counts ($calls)" test "$calls" -le 8
is "one of 90 windows is named" "$status $(named)" '0 1'

# Very many windows that differ.
company
again 3000
gone "id::int % 3 = 0"
check
ok "very many windows: a bound on the counts ($calls)" test "$calls" -le 201 -a "$calls" -gt 100
is "very many windows: 20 are named" "$status $(named)" '75 20'
ok "very many windows: that there are more is said" grep -q '^  and [0-9]* more$' "$dir/out"
ok "very many windows: that it ended early is said" grep -q 'not narrowed down further' "$dir/out"
ok "very many windows: the next command" next
check
is "very many windows: it reads all of them" "$status" 0
done_testing
