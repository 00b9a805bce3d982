#!/bin/sh
# qb-check of a whole company: what is read whole is counted, too, and what the company
# does not have is passed over.
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

company() { # company N OPTION...: with N recurring transactions
	rows=$1
	shift
	sim_start --seed=7 --pseudo-codes=fixed --from=2025-01-01 --to=2025-04-01 \
		--rows="all=0,Invoice=30,TaxCode=5,RecurringTransaction=$rows" "$@" || exit 1
}
load() { # load ENTITY... [OPTION...]
	qb-window "$@" --from=2025-01-01 | qb-pending --settle=0s |
		qb-fetch --no-rate-limit 2>"$dir/fetch.err" | qb-load >"$dir/receipts"
}
check() { # check ENTITY... [OPTION...]; $calls it took
	calls=$(grep -c 'kind=\(count\|rows\)' "$dir/sim.log")
	qb-check --no-rate-limit --from=2025-01-01 "$@" >"$dir/out" 2>"$dir/err"
	status=$?
	calls=$(($(grep -c 'kind=\(count\|rows\)' "$dir/sim.log") - calls))
}

company 20 --without=JournalCode,Budget
load all --to=2025-04-01
check all
is "a whole company: status" "$status" 0
is "a whole company: the last line" "$(tail -n 1 "$dir/out")" \
	'37 of 37 entities ok, 2 not in this company'
ok "a whole company: what it does not have is said in one line" \
	grep -q '^JournalCode: not in this company: QuickBooks refuses it (.*5020' "$dir/out"
check all --json
is "a whole company: in JSON" "$status $(jq -r 'select(.verdict == "absent") |
	"\(.entity) \(.status)"' "$dir/out" | paste -sd' ' -)" '0 Budget 0 JournalCode 0'
check Budget,Invoice
is "named, and not there: status" "$status" 69
ok "named, and not there: the others are proven" grep -q '^Invoice.*: ok$' "$dir/out"
ok "named, and not there: that is said" \
	grep -q '1 of 2 entities are not ok: Budget is absent$' "$dir/err"
check Budget,Item --to=2026-01-01
check all --offline
is "offline it is not known: status" "$status" 75
check all --offline --absent=Budget,JournalCode
is "offline, and told: status" "$status $(tail -n 1 "$dir/out")" \
	'0 37 of 37 entities ok, 2 not in this company'

check RecurringTransaction
is "wrapped rows: one call counts them" "$status $calls $(sed -n 2,3p "$dir/out" |
	sed 's/ *[-0-9T:.]*Z$//' | tr -s ' ' | tr '\n' ';')" \
	'0 1  at QuickBooks 20 now; at the last reading 20;'
check TaxCode
is "a list: it is read, with what no filter brings" \
	"$status $(sed -n 's/.*at QuickBooks  *//p' "$dir/out")" '0 7  now'
check Preferences,CompanyInfo,ExchangeRate
is "one object and rates: no call" "$status $calls" '0 0'

# --- not in this company any more, or not for who logged in
company 20 --without=JournalCode,Budget,Bill,Invoice
for words in all 'all --offline --absent=Invoice,Bill,Budget,JournalCode'; do
	# shellcheck disable=SC2086 # options
	check $words
	is "$words: what was loaded before is not excused" \
		"$status $(grep -c '^Invoice: incomplete: not in this company.*; it was loaded before$' "$dir/out") $(grep ' ok, \|ok$' "$dir/out" | grep -c Invoice)" '69 1 0'
	is "$words: what to do" "$(sed -n 's/^qb-check: \(.*not ok\)/\1/p; s/^qb-check: next: //p' "$dir/err")" \
		"1 of 39 entities are not ok: Invoice is incomplete
log in as an administrator of the company (qb-auth login), or name the entities without those"
	is "$words: what had no rows is; and the others are proven" \
		"$(grep -c '^Bill: not in this company' "$dir/out") $(grep -c ': ok$' "$dir/out")" '1 35'
done
check Invoice --json
is "in JSON" "$status $(jq -r '"\(.verdict) \(.status)"' "$dir/out")" '69 incomplete 69'
pg -c "create table raw.kept as select * from raw.qb_windows where entity = 'Invoice'" \
	-c "delete from raw.qb_windows where entity = 'Invoice'"
check Invoice
is "the table has rows: it was loaded, whatever the load log says" \
	"$status $(cut -d: -f2 "$dir/out")" '69  incomplete'
pg -c "insert into raw.qb_windows overriding system value select * from raw.kept" -c 'drop table raw.kept'

sleep 1 # a reading in the second of the last one has nothing to read
company 22
check RecurringTransaction
is "two more at QuickBooks: status" "$status" 75
ok "two more at QuickBooks: that is said" grep -q \
	'WRONG: QuickBooks has 22 rows now; the last reading found 20' "$dir/out"
load RecurringTransaction
check RecurringTransaction
is "read again: status" "$status" 0
sleep 1
company 19
check RecurringTransaction
is "three fewer: status" "$status" 75
load RecurringTransaction
check RecurringTransaction
is "read again, they are marked as deleted" "$status $(sed -n 's/.*in the table, //p' "$dir/out" |
	tr -s ' ' | tr '\n' ';')" '0 live 19 equal;in all 22;'
done_testing
