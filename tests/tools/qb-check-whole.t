#!/bin/sh
# qb-check: entities that are read whole, rates and reports; and what the company does
# not have.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
lib=$(cd "${0%/*}/../lib" && pwd)
dir=$(mktemp -d)
trap 'pg_stop; rm -rf "$dir"' EXIT
pg_start || exit 1
export PGOPTIONS='-c client_min_messages=error'

read_whole() { # read_whole READING...: loaded by one run
	python3 "$lib/whole.py" "$@" | qb-load >"$dir/receipts" 2>"$dir/err" ||
		cat "$dir/err"
}
archived() { # archived READING...: the same, archived
	python3 "$lib/whole.py" "$@" | qb-archive "$dir/archive" |
		qb-load >"$dir/receipts" 2>"$dir/err" || cat "$dir/err"
}
check() { # check ENTITY... [OPTION...]
	qb-check --offline --from=2025-01-01 "$@" >"$dir/out" 2>"$dir/err"
	status=$?
}
says() { # says WHAT STATUS TEXT: of the last check
	is "$1: status" "$status" "$2"
	ok "$1: \"$3\" is said" grep -qF -e "$3" "$dir/out" "$dir/err"
}
forget() { pg -c 'drop schema if exists raw cascade'; rm -rf "$dir/archive"; }

# --- read whole -----------------------------------------------------------------
check TaxCode
says "nothing was read" 75 'WRONG: not loaded: 2025-01-01T00:00:00Z to '
read_whole 'rows=TAX:a+NON:a+3:a run=one'
check TaxCode
is "all is there: status" "$status" 0
is "all is there: this is said" "$(sed 's/[0-9]* inserted.*/.../' "$dir/out")" \
'TaxCode (read whole), 2025-01-01T00:00:00Z to 2025-02-01T00:00:00Z: ok
  at QuickBooks             not asked
  at the last reading               3  2025-09-13T01:43:35.406Z
  read                              3  in 1 windows (rows read again count again)
  loaded                            3  ...
  in the table, live                3  equal
  in the table, in all              3'
check TaxCode --json
is "in JSON, too" "$(jq -c '[.by, .verdict, .counted, .last_reading, .in_range, .findings]' "$dir/out")" \
	'["whole","ok",null,3,3,[]]'
check TaxCode --from=2020-01-01
says "a reading has what was changed before its range, too" 0 ': ok'
check TaxCode --to=2025-03-01
says "but not what came later" 75 'not loaded: 2025-02-01T00:00:00Z to 2025-03-01T00:00:00Z'
check TaxCode --by=created
says "whatever --by is" 0 'read whole'

read_whole 'known=3 start=2025-02-01T00:00:00Z end=2025-03-01T00:00:00Z at=2025-09-14T00:00:00Z run=two'
check TaxCode
says "a reading that found nothing new proves it, too" 0 'at the last reading               3  2025-09-14T00:00:00Z'
says "up to its end" 0 'to 2025-03-01T00:00:00Z: ok'
check TaxCode --run=one
says "what one run loaded" 0 'at the last reading               3  2025-09-13T01:43:35.406Z'
check TaxCode --run=other
says "of another run there is none" 75 'not loaded'
read_whole 'rows=4:a known=2 gone=3 start=2025-02-01T00:00:00Z end=2025-04-01T00:00:00Z at=2025-09-15T00:00:00Z run=three'
check TaxCode
says "one row came, and one is gone" 0 'in the table, live                3  equal'
says "which the table keeps" 0 'in the table, in all              4'

# What is not as the reading found it.
pg -c "delete from raw.tax_codes where id = 'TAX'"
check TaxCode
says "a row is missing" 75 'WRONG: 1 rows of the last reading are missing in the table'
ok "a row is missing: the next step is named" grep -q \
	'next: reload: qb-backfill TaxCode --reload --from=2025-01-01T00:00:00Z' "$dir/err"
read_whole 'rows=TAX:a+NON:a+4:a end=2025-04-02T00:00:00Z at=2025-09-16T00:00:00Z run=four'
check TaxCode
says "it was read again" 0 ': ok'
read_whole 'rows=TAX:b known=1 end=2025-04-03T00:00:00Z at=2025-09-17T00:00:00Z run=five'
check TaxCode
says "a row that is gone was not told" 75 \
	'WRONG: 1 rows of the table were not in the last reading, and are not marked as deleted'
read_whole 'gone=4 known=2 end=2025-04-04T00:00:00Z at=2025-09-18T00:00:00Z run=six'
check TaxCode
says "it was told" 0 ': ok'
read_whole 'rows=NON:c known=1 end=2025-04-05T00:00:00Z at=2025-09-19T00:00:00Z run=seven'
check TaxCode
says "a row was changed" 0 ': ok'
pg -c "update raw.tax_codes set run_id = 'three', extract_window_end_utc = '2025-04-01',
	extract_window_start_utc = '2025-02-01' where id = 'NON'"
check TaxCode
says "a row that an older table had" 75 'rows are not as they were loaded: older, or gone'
forget
python3 "$lib/whole.py" 'rows=TAX:a+NON:a+3:a' |
	qb-stamp --jq 'select(.Id != "3")' | qb-load >"$dir/receipts"
check TaxCode
says "a row that --jq dropped" 0 'note: 1 rows are not in the table: 1 were dropped by qb-stamp --jq'
forget
python3 "$lib/whole.py" 'rows=TAX:a+NON:\u0000+3:a' | sed 's/\\\\u0000/\\u0000/' >"$dir/bad"
python3 - "$dir/bad" "$lib" <<-'END'
	import hashlib, re, sys
	lines = open(sys.argv[1]).read().splitlines(True)
	body = "".join(l for l in lines if '"qb":"row"' in l).encode()
	with open(sys.argv[1], "w") as out:
	    for line in lines:
	        if '"qb":"seal"' in line:
	            line = re.sub(r'"bytes":\d+', '"bytes":%d' % len(body), line)
	            line = re.sub(r'"sha256":"\w+"', '"sha256":"%s"' % hashlib.sha256(body).hexdigest(), line)
	        out.write(line)
	END
qb-load --rejects="$dir/rejects" <"$dir/bad" >"$dir/receipts" 2>"$dir/err"
check TaxCode
says "a row that jsonb cannot hold" 65 'WRONG: 1 rows are missing in the table: 1 were rejected'
forget

# --- its archive --------------------------------------------------------------------
archived 'rows=TAX:a+NON:a run=one'
check TaxCode --archive="$dir/archive"
says "archived" 0 'archived                          2  in 1 files'
archived 'known=2 end=2025-03-01T00:00:00Z at=2025-09-14T00:00:00Z run=two' \
	'rows=3:a known=2 end=2025-04-01T00:00:00Z at=2025-09-15T00:00:00Z run=two'
check TaxCode --archive="$dir/archive"
says "with what came since" 0 'archived                          3  in 2 files'
check TaxCode --archive="$dir/archive" --from=2025-03-15
says "all of it belongs to any range" 0 'archived                          3  in 2 files'
read_whole 'rows=5:a known=3 gone=3 end=2025-05-01T00:00:00Z at=2025-09-16T00:00:00Z run=three'
check TaxCode --archive="$dir/archive"
says "a reading without a file" 75 'WRONG: not archived: 2025-01-01T00:00:00Z to 2025-05-01T00:00:00Z'
says "nor are its deletions archived" 75 'not archived: 1 deletion, 2025-09-16T00:00:00Z'
pg -c "delete from raw.tax_codes where id = '3'"
archived 'rows=TAX:a+NON:a+5:a end=2025-06-01T00:00:00Z at=2025-09-17T00:00:00Z run=four'
check TaxCode --archive="$dir/archive"
says "one that brought all rows has a file" 0 'archived                          3  in 1 files'
rm "$(find "$dir/archive" -name '*_20250601T*')"
check TaxCode --archive="$dir/archive"
says "a file is missing" 75 'it is missing'
forget

# --- rates and reports --------------------------------------------------------------
read_whole 'entity=ExchangeRate by=as-of end=2025-01-03T00:00:00Z rows=EUR/2025-01-01:1+EUR/2025-01-02:1 run=one'
check ExchangeRate
is "rates: what is said" "$status $(grep -v ' loaded' "$dir/out")" \
'0 ExchangeRate (by day), 2025-01-01T00:00:00Z to 2025-01-03T00:00:00Z: ok
  at QuickBooks, in range   not asked
  read                              2  in 1 windows (rows read again count again)
  in the table, in range            2
  in the table, in all              2'
read_whole 'entity=ExchangeRate by=as-of start=2025-01-03T00:00:00Z end=2025-01-04T00:00:00Z at=2025-01-03T15:30:00Z rows=EUR/2025-01-03:1 run=one'
check ExchangeRate --to=2025-01-04
says "a day that was over in Tokyo when it was read" 0 ': ok'
check ExchangeRate --to=2025-01-03T12:00
says "whole days are proven" 0 'to 2025-01-03T00:00:00Z: ok'
check ExchangeRate --to=2025-01-01T12:00
says "of none nothing is wrong" 0 'note: no day of the range is over'
pg -c "delete from raw.exchange_rates where id = 'EUR/2025-01-02'"
check ExchangeRate
says "a rate is missing" 75 'up to 1 rows are not as they were loaded'
profit='ProfitAndLoss?end_date=2025-01-31&start_date=2025-01-01'
cash="ProfitAndLoss?accounting_method=Cash&end_date=2025-01-31&start_date=2025-01-01"
sheet='BalanceSheet?end_date=2025-01-31&start_date=2025-01-01'
read_whole "entity=report:ProfitAndLoss by=report rows=$profit:1 run=one" \
	"entity=report:ProfitAndLoss:Cash by=report rows=$cash:1 run=one" \
	"entity=report:BalanceSheet by=report rows=$sheet:1 run=one"
check report:ProfitAndLoss,report:ProfitAndLoss:Cash,report:BalanceSheet
is "reports: each is proven by its own rows" \
	"$status $(grep -c 'in the table, in all  *1$' "$dir/out") $(tail -n 1 "$dir/out")" \
	'0 3 3 of 3 entities ok'
pg -c "delete from raw.reports where id = '$cash'"
check report:ProfitAndLoss,report:ProfitAndLoss:Cash,report:BalanceSheet
is "one is missing: which" "$status $(grep ': incomplete' "$dir/out")" \
	'75 report:ProfitAndLoss:Cash (by period), 2025-01-01T00:00:00Z to 2025-02-01T00:00:00Z: incomplete'
check report:ProfitAndLoss --to=2025-03-01
says "another period was not read" 75 'not loaded: 2025-02-01T00:00:00Z to 2025-03-01T00:00:00Z'

# --- what the company does not have -------------------------------------------------
check Budget,JournalCode --absent=Budget,JournalCode
says "named, and not there" 69 'Budget: not in this company'
says "named, and not there: in a word" 69 '2 of 2 entities are not ok: Budget is absent, JournalCode is absent'
says "named, and not there: what helps" 69 'next: leave out what the company does not have'
names=$(qb-window --list | awk 'NR > 1 { print $1 }' | grep -v TaxCode | paste -sd, -)
forget
read_whole 'rows=TAX:a run=one'
check all --absent="$names"
is "of a group: passed over" "$status $(grep -c ': not in this company$' "$dir/out") $(tail -n 1 "$dir/out")" \
	"0 38 1 of 1 entities ok, 38 not in this company"
check all --absent="$names" --json
is "of a group: in JSON" "$status $(jq -c 'select(.entity == "Budget") |
	[.verdict, .status, .findings[0].text]' "$dir/out")" '0 ["absent",0,"not in this company"]'
check all --absent=Budget
says "others are not loaded" 75 '37 of 39 entities are not ok'
check all --absent=Budgets,Nonsense
says "an unknown name" 64 '--absent'
check TaxCode --absent=
says "an empty list is none" 0 ': ok'
done_testing
