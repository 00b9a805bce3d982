#!/bin/sh
# Rates, single objects and an entity that qb does not list, through the whole pipeline:
# what changes while they are read, what a later run brings, and the archive, which makes
# the same tables in any order and twice.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
lib=$(cd "${0%/*}/../lib" && pwd)
dir=$(mktemp -d); trap 'company_stop; sim_stop; pg_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/company.sh
. "$lib/company.sh"
# shellcheck source=tests/lib/sim.sh
. "$lib/sim.sh"
company_server=wholeserver.py
pg_start || exit 1
company_start "$dir/rows.script"
export PGTZ=UTC

currency() { printf 'CompanyCurrency\t{"Id":"%s","Code":"%s","Active":true,"MetaData":{"LastUpdatedTime":"2025-01-01T00:00:00Z"}}\n' "$@"; }
rate() { # rate CODE DAY RATE [DAY OF ITS LAST CHANGE]
	printf 'ExchangeRate\t{"AsOfDate":"2025-01-%s","SourceCurrencyCode":"%s","Rate":%s,"TargetCurrencyCode":"USD","MetaData":{"LastUpdatedTime":"2025-01-%sT12:00:00Z"}}\n' \
		"$2" "$1" "$3" "${4:-$2}"
}
single() { # single ENTITY NAME DAY
	printf '%s\t{"Id":"1","Name":"%s","MetaData":{"LastUpdatedTime":"2025-01-%sT00:00:00Z"}}\n' "$@"
}
last=0
next_second() { # so that two readings are of different moments
	while [ "$(date +%s)" -le "$last" ]; do sleep 0.1; done
	last=$(date +%s)
}
fetch() { # fetch [QB-FETCH OPTION...]: tickets in t; what came, and by how many calls
	: >"$dir/asked"
	status=0
	qb-fetch --no-rate-limit --retries=0 "$@" <"$dir/t" >"$dir/o" 2>"$dir/err" || status=$?
	qb-archive "$dir/$archive" <"$dir/o" 2>"$dir/err2" | qb-stamp 2>>"$dir/err2" |
		qb-load >"$dir/r" 2>>"$dir/err2" || [ "$status" != 0 ] || status=$?
	came=$(jq -r 'if .qb == "row" then .row.id elif .qb == "gone" then "-" + .gone.id
		else empty end' "$dir/o" | sed 's|/2025-01-|/|' | paste -sd' ' -)
	calls=$(wc -l <"$dir/asked")
}
counts() { jq -s -r 'map(select(.qb == "receipt").load)
	| [map(.inserted), map(.updated), map(.unchanged)] | map(add) | join(" ")' "$dir/r"; }
windows() { pg -c "select count(*), count(*) filter (where provisional) from raw.qb_windows
	where entity = '$1'"; }
stored() { # stored SCHEMA TABLE...
	schema=$1
	shift
	for table; do
		pg -c "select '$table', id, payload, fingerprint, updated_at_utc, deleted_at_utc
			from $schema.$table order by id collate \"C\""
	done
}
replays() { # replays TABLE...: the archive into schemas of their own, in any order
	find "$dir/$archive" -name '*.gz' | LC_ALL=C sort >"$dir/files"
	stored raw "$@" >"$dir/want"
	for order in 'sort -r' 'cat - files'; do
		name=replay$((number = number + 1))
		(cd "$dir" && $order <files | xargs cat) | qb-stamp --run="$name" |
			qb-load --schema="$name" >"$dir/r"
		is "replay, $order: status" $? 0
		stored "$name" "$@" >"$dir/got"
		ok "replay, $order: the same tables" same got want
	done
}
number=0
same() { cmp -s "$dir/$1" "$dir/$2" || { diff "$dir/$1" "$dir/$2" | sed 's/^/# /'; false; }; }
check() { qb-check "$@" --offline --archive="$dir/$archive" >"$dir/checked" 2>&1; echo "$? $(head -n 1 "$dir/checked" | sed 's/.*: //')"; }
files() { find "$dir/$archive" -name '*.gz' 2>/dev/null | wc -l; }

# --- rates ---------------------------------------------------------------------
archive=company
days() { # days TO [FROM]: the tickets of what is not loaded
	qb-window ExchangeRate "--from=2025-01-${2:-01}" "--to=2025-01-$1" | qb-pending >"$dir/t"
}
held() { pg -c "select string_agg(id || ' ' || (payload ->> 'Rate'), ', ' order by id)
	from raw.exchange_rates where id ~ '$1'" | sed 's|/2025-01-|/|g'; }
first() { for day in 01 02 03 05; do rate EUR $day 1.10; rate MXN $day 0.05; done; }
first >"$dir/rows"
days 04
fetch
is 'one currency: no rates' "$status $came" '0 '
is 'which two calls tell' "$calls" 2
is 'and a window that is provisional' "$(windows ExchangeRate)" '1|1'
is 'without a file' "$(files)" 0
days 04
fetch
is 'is read again' "$status $calls $(windows ExchangeRate)" '0 2 1|1'

both() { currency 1 EUR; currency 2 MXN; first; }
both >"$dir/rows"
days 04
fetch
is 'two currencies: the rates come' "$status $came" \
	'0 EUR/01 MXN/01 EUR/02 MXN/02 EUR/03 MXN/03'
is 'by a call for each day' "$calls" 5
days 04
fetch
is 'the second run asks for nothing' "$status $calls $(tail -n 1 "$dir/o")" \
	'0 0 {"qb":"end","windows":0,"rows":0}'
days 06
fetch
is 'a longer range: the new days only, one without a rate' "$status $calls $came" \
	'0 4 EUR/05 MXN/05'
is 'nothing is provisional' "$(windows ExchangeRate)" '2|0'
is 'qb-check proves it' "$(check ExchangeRate --from=2025-01-01 --to=2025-01-06)" '0 ok'

# while the last of three days is read, rates of all of them change
{ both; rate EUR 06 1.1; rate MXN 06 1; rate MXN 07 2; rate EUR 08 1.1; rate MXN 08 3; } >"$dir/rows"
{ both; rate EUR 06 1.3 20; rate MXN 06 1; rate EUR 07 1.4; rate MXN 07 2.5; rate EUR 08 1.5 20; } >"$dir/later"
days 09
echo "5 take $dir/later" >"$dir/rows.script"
fetch
: >"$dir/rows.script"
is 'rates change while they are read' "$status $came" '0 EUR/06 MXN/06 MXN/07 EUR/08'
is 'what was answered is there' "$(held '0[678]$')" \
	'EUR/06 1.1, EUR/08 1.5, MXN/06 1, MXN/07 2'
is 'and proven' "$(check ExchangeRate --from=2025-01-01 --to=2025-01-09)" '0 ok'
days 09
fetch
is 'these days are not read again' "$status $calls" '0 0'

sed '/MXN.*0\.05/d' "$dir/later" >"$dir/rows"
: >"$dir/asked"
qb-backfill ExchangeRate --from=2025-01-01 --to=2025-01-09 --reload --currencies=EUR \
	--archive="$dir/$archive" >"$dir/r" 2>"$dir/err"
is 'a reload of one currency: a call for each day' "$? $(wc -l <"$dir/asked")" '0 8'
is 'brings what changed of it' "$(held '0[678]$')" \
	'EUR/06 1.3, EUR/07 1.4, EUR/08 1.5, MXN/06 1, MXN/07 2'
qb-window ExchangeRate --from=2025-01-01 --to=2025-01-09 >"$dir/t"
fetch
is 'of both: one more, whose time of change is the same' \
	"$status $calls $(held 'MXN')" '0 10 MXN/01 0.05, MXN/02 0.05, MXN/03 0.05, MXN/05 0.05, MXN/06 1, MXN/07 2.5'
is 'a rate that did not come is not deleted' \
	"$(pg -c 'select count(*) from raw.exchange_rates where deleted_at_utc is not null')" 0
is 'proven again' "$(check ExchangeRate --from=2025-01-01 --to=2025-01-09)" '0 ok'

# --- single objects ------------------------------------------------------------
read_singles() { next_second; qb-window CompanyInfo Preferences --from=2025-01-01 | qb-pending >"$dir/t" && fetch "$@"; }
{ single Preferences P 02; single CompanyInfo A 02; } >"$dir/rows"
read_singles
is 'two single objects' "$status $came $(counts)" '0 1 1 2 0 0'
stored raw company_infos preferences >"$dir/before"
kept=$(files)
read_singles
is 'did not change: nothing comes' "$status $came" '0 '
is 'no file is written' "$(files)" "$kept"
stored raw company_infos preferences >"$dir/got"
ok 'nor a row' same got before
{ single Preferences P 02; single CompanyInfo B 03; } >"$dir/rows"
read_singles
is 'an edit is one row, which is updated' "$status $came $(counts) $(files)" "0 1 0 1 0 $((kept + 1))"
read_singles
is 'once' "$status $came" '0 '
{ single Preferences Q 02; single CompanyInfo C 03; } >"$dir/rows"
read_singles
is 'so is an edit that bears the time of the last one' "$status $came $(counts)" '0 1 1 0 2 0'

{ single Preferences R 04; single CompanyInfo D 04; } >"$dir/rows"
echo 'CompanyInfo empty' >"$dir/rows.script"
read_singles --keep-going
is 'one that does not come fails' "$status $came" '75 1'
is 'and is not deleted' "$(pg -c "select payload ->> 'Name', deleted_at_utc from raw.company_infos")" 'C|'
: >"$dir/rows.script"
read_singles
is 'the next run brings it' "$status $came $(pg -c "select payload ->> 'Name' from raw.company_infos")" '0 1 D'
is 'qb-check proves both' "$(check CompanyInfo Preferences --from=2025-01-01) $(tail -n 1 "$dir/checked")" '0 ok 2 of 2 entities ok'
replays exchange_rates company_infos preferences
company_stop

# --- an entity that is not listed ----------------------------------------------
archive=orders
unset QBO_API_URL QBO_TOKEN_URL
sim_start --from=2025-01-01 --to=2025-03-01 --rows=all=0,ChangeOrder=12 --unlisted=ChangeOrder ||
	{ echo 'Bail out! no simulator'; exit 1; }
export QBO_TOKEN_FILE="$dir/token.json"
pg_fresh
asked() { grep -c 'kind=\(count\|rows\|cdc\) ' "$dir/sim.log"; }
read_orders() { # read_orders [TO]
	[ "${1-}" ] || next_second
	before=$(asked)
	qb-window --unlisted=ChangeOrder --from=2020-01-01 ${1:+"--to=$1"} --every=1y |
		qb-pending --settle=0s >"$dir/t" && fetch
	calls=$(($(asked) - before))
	came=$(echo "$came" | wc -w)
}
change() { # change DO N
	curl -s "$QBO_API_URL/sim/change?entity=ChangeOrder&do=$1&rows=$2" | jq -r '.changed[]' >"$dir/changed"
	last=$(date +%s)
}
read_orders 2025-02-01
qb-check --unlisted=ChangeOrder --from=2020-01-01 --to=2025-03-01 --offline >"$dir/checked" 2>&1
is 'an unlisted entity, in part: what is missing is named' \
	"$? $(sed -n 's/.*next: load what is missing: //p' "$dir/checked")" \
	'75 qb-backfill --unlisted=ChangeOrder --from=2020-01-01T00:00:00Z --to=2025-03-01T00:00:00Z'
qb-window --unlisted=ChangeOrder --by=created --from=2020-01-01 --to=2025-03-01 |
	qb-census --settle=0s --no-rate-limit >"$dir/o" 2>"$dir/err"
is 'and a census says so, too' "$? $(sed -n 's/.*next: load what is missing: //p' "$dir/err")" \
	'75 qb-backfill --unlisted=ChangeOrder --from=2025-02-01T00:00:00Z'
pg_fresh
rm -r "$dir/orders"
qb-sync --unlisted=ChangeOrder >"$dir/r" 2>"$dir/err"
is 'qb-sync asks from when, by that name' "$? $(sed -n 's/.*next: //p' "$dir/err")" \
	'64 say from when: qb-sync --unlisted=ChangeOrder --from=2015-01-01'
read_orders 2025-03-01
is 'all at once: all rows come' "$status $came $(counts)" '0 12 12 0 0'
is 'into a table of its name' "$(pg -c 'select count(*) from raw.change_orders')" 12
read_orders 2025-03-01
is 'the second run asks for nothing' "$status $calls $came" '0 0 0'
change edit 2
read_orders
is 'an edit comes' "$status $came $(counts)" '0 2 0 2 0'
change delete 1
next_second
qb-window --unlisted=ChangeOrder --by=created --from=2020-01-01 | qb-census --settle=0s --no-rate-limit >"$dir/o"
is 'a census finds what is gone' "$? $(jq -r 'select(.qb == "gone").gone.id' "$dir/o")" "0 $(cat "$dir/changed")"
qb-archive "$dir/orders" <"$dir/o" | qb-stamp | qb-load >"$dir/r"
is 'which is marked' "$? $(pg -c 'select id from raw.change_orders where deleted_at_utc is not null')" "0 $(cat "$dir/changed")"
read_orders
is 'and nothing else' "$status $came" '0 0'
is 'qb-check proves it' "$(check --unlisted=ChangeOrder --from=2025-01-01)" '0 ok'
qb-check --unlisted=ChangeOrder --from=2025-01-01 >"$dir/checked" 2>&1
is 'by what QuickBooks counts, too' "$? $(sed -n 's/.*at QuickBooks, in range *\([0-9]*\).*/\1/p' "$dir/checked")" '0 11'
replays change_orders
done_testing
