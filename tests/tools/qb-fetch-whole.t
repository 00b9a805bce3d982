#!/bin/sh
# qb-fetch: entities that are read whole, from a company that answers badly.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d)
trap 'company_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/company.sh
. "${0%/*}/../lib/company.sh"
company_server=wholeserver.py

code() { # code ID NAME [ACTIVE]: a tax code
	printf 'TaxCode\t{"Id":"%s","Name":"%s","Active":%s,"MetaData":{"LastUpdatedTime":"2025-01-02T00:00:00Z"}}\n' \
		"$1" "$2" "${3:-true}"
}
made_up() { # made_up ID [TIME]: one that QuickBooks makes up
	printf 'TaxCode\t{"Id":"%s","Name":"%s","MetaData":{"LastUpdatedTime":"%s"}}\n' \
		"$1" "$1" "${2:-2014-10-15T11:28:33-07:00}"
}
wrapped() { # wrapped TYPE ID
	printf 'RecurringTransaction\t{"%s":{"Id":"%s"}}\n' "$1" "$2"
}
rows() { cat >"$dir/rows"; }
script() { printf '%s\n' "$@" >"$dir/rows.script"; }
tickets() { # tickets ENTITY [ARGUMENT...]
	qb-window "$@" --from=2025-01-01 --to=2025-01-03 >"$dir/tickets"
}
known() { # known OBJECT: the tickets say what the table has
	sed -i 's/^\({"qb":"ticket",.*\)}$/\1,"known_rows":'"$1"'}/' "$dir/tickets"
}
fetch() {
	: >"$dir/asked"
	qb-fetch --no-rate-limit --retries=0 "$@" <"$dir/tickets" >"$dir/out" 2>"$dir/err"
	status=$?
}
came() { # what came: ids, -ID where it is gone, a seal as /ROWS, and the end
	jq -r 'if .qb == "row" then .row.id elif .qb == "gone" then "-" + .gone.id
		elif .qb == "seal" then "/\(.fetch.rows)" else "end" end' "$dir/out" |
		paste -sd' ' -
}
calls() { wc -l <"$dir/asked"; }
all() { echo "$status $(calls) $(came)"; }
says() { ok "$1" grep -qF -e "$2" "$dir/err"; }
company_start "$dir/rows.script"

# --- TaxCode ----------------------------------------------------------------
{ made_up TAX; made_up NON; code 1 A; code 2 B; code 3 C false; } | rows
tickets TaxCode
script
fetch
is 'made up ones, inactive ones, and all others' "$(all)" '0 2 1 2 3 TAX NON /5 end'
script '1+ unfiltered'
fetch
is 'made up ones that the filter leaves in' "$(all)" '0 2 TAX NON 1 2 3 /5 end'
script
fetch --page-size=2
is 'several pages' "$(came)" '1 2 TAX NON 3 /5 end'
fetch --page-size=3
is 'a page that is full' "$(came)" '1 2 3 TAX NON /5 end'
script '1+ one-more'
fetch --page-size=2
is 'pages of more rows than were asked for' "$(all)" '0 12 1 2 3 TAX NON /5 end'
script '1+ ignore-position'
fetch
is 'a position that is ignored' "$(all)" '0 2 1 2 3 TAX NON /5 end'
fetch --page-size=2
is 'ignored, and there may be more' "$status $(came)" '75 '
says 'which is said' 'the same rows came again instead of the next ones'
script '1 rows [{"Id":"1"},{"Id":"1"},{"Id":"9"}]'
fetch
is 'an Id twice' "$(all)" '0 6 1 9 TAX NON 2 3 /6 end'
script
{ made_up TAX @NOW@; made_up NON @NOW@; code 1 A; } | rows
fetch
is 'made up at each answer' "$(all)" '0 2 1 TAX NON /3 end'

# --- rows that come and go ----------------------------------------------------
{ code 2 B; code 3 C; } >"$dir/without-1"
{ code 1 A; code 2 B; code 3 C; } | rows
script "2 take $dir/without-1"
fetch --page-size=2
is 'a row that left between two pages moves none past' "$status $(came)" '0 2 3 /2 end'
{ code 9 Z; code 1 A; code 2 B; code 3 C; } >"$dir/with-9"
{ code 1 A; code 2 B; code 3 C; } | rows
script "2 take $dir/with-9"
fetch --page-size=2
is 'nor does one that came' "$status $(came)" '0 1 2 9 3 /4 end'

{ code 1 A; code 2 B; } | rows
script
tickets TaxCode
known '{"1":1,"2":null,"3":3}'
fetch
is 'what the table has and the company does not, after two readings' "$(all)" \
	'0 4 1 2 -3 /3 end'
{ code 1 A; code 2 B; code 3 C; } >"$dir/with-3"
script "3 take $dir/with-3"
fetch
is 'not what the second one has' "$(all)" '0 4 1 2 3 /3 end'
script '1 empty' '2 empty'
fetch
is 'an empty answer marks nothing' "$(all)" '0 4 1 2 3 /3 end'
script '1+ empty'
fetch
is 'two readings without any row' "$(all)" '0 4 -1 -2 -3 /3 end'
script '3 fault 500 10000 trouble'
{ code 1 A; code 2 B; } | rows
fetch
is 'a second reading that fails' "$status $(came)" '75 '

tickets TaxCode
known '[1]'
fetch
is 'known rows that are no object' "$status" 65
says 'which is said' '"known_rows" is not an object of numbers'

# --- calls --------------------------------------------------------------------
: | rows
script
for entity in TaxCode RecurringTransaction Invoice CompanyCurrency; do
	tickets $entity
	fetch
	is "$entity without rows" "$status $(came)" '0 /0 end'
	ok "$entity without rows: three calls at most" test "$(calls)" -le 3
	script "$entity fault 400 5020 no access"
	fetch
	is "$entity is not in the company" "$(all)" '69 1 '
	script
done

# --- other shapes ---------------------------------------------------------------
{ wrapped Bill 20; wrapped Invoice 21; } | rows
tickets RecurringTransaction
fetch
is 'wrapped rows' "$(all)" '0 2 20 21 /2 end'
refused() { # refused WHAT TEXT SAYING
	script "1+ rows $2"
	fetch
	is "$1: refused" "$status $(came)" '69 '
	says "$1: \"$3\"" "$3"
}
refused 'a wrapped row beside another' '[{"Bill":{"Id":"1"},"Invoice":{"Id":"2"}}]' \
	'Id 1: beside it stands "Invoice"'
refused 'without Id' '[{"Bill":{"Name":"x"}}]' 'Bill: a row without Id'
refused 'an array in it' '[{"Bill":[{"Id":"1"}]}]' 'Bill: a row that is not an object'
refused 'not wrapped' '[{"Id":"1"}]' 'a row that is not an object'
tickets Preferences
refused 'two objects where there is one' '[{"Id":"1"},{"Id":"1"}]' '2 objects came'
script
fetch
is 'none where there is one' "$(all)" '75 2 '
printf 'Preferences\t{"Id":"1"}\n' | rows
script '1 empty'
fetch
is 'none at first' "$(all)" '0 2 1 /1 end'

# --- each request fails ------------------------------------------------------------
{ made_up TAX; code 1 A; } | rows
tickets TaxCode
n=0
for twice in cut 'fault 500 10000 trouble' 'fault 200 10000 trouble' 'rows {}'; do
	n=$((n % 2 + 1))
	script "$n $twice"
	fetch --retries=1 --retry-for=1m
	is "$twice, request $n: retried" "$(all)" '0 3 1 TAX /2 end'
	fetch
	is "$twice, request $n: nothing is sealed" "$status $(came)" '75 '
	script "$n cut"
	fetch
	is "cut, request $n: nothing is sealed" "$status $(came)" '75 '
	script "$n expired"
	fetch
	is "token expired, request $n" "$(all)" '0 3 1 TAX /2 end'
	script "$n+ fault 400 4000 wrong"
	fetch
	is "refused, request $n" "$status $(came)" '69 '
done
script '2 time 2024-12-31T23:59:00Z'
fetch
is "QuickBooks' clock is behind the end" "$status $(came)" '75 '
says 'which is said' "QuickBooks' clock says 2024-12-31T23:59:00Z"
script
rm -rf "$dir/state"
QBO_MONTHLY_CALLS=1 fetch --keep-going
is 'one call is left of two: nothing is sealed' "$(all)" '75 1 '
rm -rf "$dir/state"

# --- several windows ------------------------------------------------------------
{ made_up TAX; wrapped Bill 20; printf 'Preferences\t{"Id":"1"}\n'; } | rows
tickets RecurringTransaction,TaxCode,Preferences
script 'RecurringTransaction fault 500 10000 trouble'
fetch
is 'one fails' "$status $(came)" '75 '
fetch --keep-going
is 'one fails, --keep-going' "$status $(came)" '75 TAX /1 1 /1'
says 'and is named' 'RecurringTransaction 1/1'
script '1+ fault 500 10000 trouble'
fetch --keep-going
is 'all fail: it ends after two' "$(all)" '75 2 '
script
fetch --plan
is '--plan asks nothing' "$status $(calls) $(jq -r '[.entity, .calls // .calls_used] |
	map(tostring) | join(":")' "$dir/out" | paste -sd' ' -)" \
	'0 0 RecurringTransaction:2 TaxCode:4 Preferences:1 null:0'
done_testing
