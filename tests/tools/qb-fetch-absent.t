#!/bin/sh
# qb-fetch: entities that the company does not have, and exchange rates.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d)
trap 'company_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/company.sh
. "${0%/*}/../lib/company.sh"
company_server=wholeserver.py

day=$(date -u +%Y-%m-%d)
yesterday=$(date -u -d 'yesterday' +%Y-%m-%d)
invoice() { # invoice ID TIME
	printf 'Invoice\t{"Id":"%s","MetaData":{"LastUpdatedTime":"%s"}}\n' "$1" "$2"
}
rows() { cat >"$dir/rows"; }
script() { printf '%s\n' "$@" >"$dir/rows.script"; }
tickets() { # tickets ENTITY [ARGUMENT...]
	qb-window "$@" --from=2025-01-01 --to=2025-01-03 >"$dir/tickets"
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

# --- what the company does not have ------------------------------------------------
{ invoice 1 "${yesterday}T01:00:00Z"; invoice 2 "${yesterday}T23:00:00Z"; } | rows
script 'Budget fault 400 5020 no access' 'TaxCode fault 400 5020 no access'
told() { # told WHAT: once for each of two, and in one line
	is "$1: told once" "$(grep -c 'Budget is not in this company, and is left out: HTTP 400, 5020' "$dir/err") $(
		grep -c 'TaxCode is not in this company, and is left out: .*HTTP 400, 5020' "$dir/err") $(
		grep -v 'reading by LastUpdatedTime' "$dir/err" | grep -vc 'all others\|next: ')" '1 1 2'
}
asked() { grep -c "from $1" "$dir/asked"; }
for by in updated change; do
	every=$([ $by = change ] || echo --every=2h) windows=$([ $by = change ] && echo 1 || echo 12)
	# shellcheck disable=SC2086
	qb-window Budget,TaxCode,Invoice --by=$by $every --from="$yesterday" --to="$day" >"$dir/tickets"
	fetch --page-size=1
	is "named, by $by: the others are read, and no end" \
		"$status $(jq -r 'select(.qb == "row") | .row.id' "$dir/out" | sort | paste -sd' ' -) $(
		grep -c '"qb":"seal".*Invoice' "$dir/out") $(came | grep -c end)" "69 1 2 $windows 0"
	told "named, by $by"
	says "named, by $by: and at the end" 'Budget, TaxCode: not in this company; all others are sealed'
	sed -i 's/^\({"qb":"ticket",.*\)}$/\1,"optional":true}/' "$dir/tickets"
	fetch --page-size=1 --status-file="$dir/status"
	is "optional, by $by: status and end" "$status $(came | grep -c end)" '0 1'
	told "optional, by $by"
	is "optional, by $by: in the status file" "$(tail -n 1 "$dir/status" | jq -c .absent)" \
		'["Budget","TaxCode"]'
	is "what is read whole is asked for once, by $by" "$(asked TaxCode)" 1
	ok "by $by: once per job in flight ($(asked Budget))" test "$(asked Budget)" -le 4
done

# --- exchange rates ---------------------------------------------------------------
currency() { printf 'CompanyCurrency\t{"Id":"%s","Code":"%s","Active":true}\n' "$1" "$2"; }
rate() { # rate CODE DAY
	printf 'ExchangeRate\t{"SourceCurrencyCode":"%s","AsOfDate":"2025-01-%s","Rate":1.1}\n' "$1" "$2"
}
tickets ExchangeRate
{ currency 1 EUR; currency 2 MXN; rate EUR 01; rate MXN 01; rate EUR 02; rate JPY 02; } | rows
script
fetch
is 'rates of two days' "$(all)" '0 4 EUR/2025-01-01 MXN/2025-01-01 EUR/2025-01-02 /3 end'
fetch --currencies=JPY
is '--currencies' "$(all)" '0 2 JPY/2025-01-02 /1 end'
fetch --currencies=yen
is 'what is no currency' "$status" 64
old='{"SourceCurrencyCode":"EUR","AsOfDate":"2024-12-31"}'
script "1+ rows [$old]"
fetch --currencies=EUR
is 'the rate of an earlier day is left out' "$(all)" '0 2 /0 end'
for wrong in '"EUR","AsOfDate":"2025-01-03"' '"GBP","AsOfDate":"2025-01-02"'; do
	script '2 rows [{"SourceCurrencyCode":'"$wrong}]"
	fetch --currencies=EUR
	is "what was not asked for: $wrong" "$status $(came)" '69 '
	says 'is said' 'QuickBooks did not apply the filter'
done
script 'CompanyCurrency fault 500 10000 trouble'
fetch
is 'no answer about currencies' "$status $(came)" '75 '
one='Business Validation Error: Multi Currency should be enabled to perform this operation'
script "CompanyCurrency fault 400 6000 $one" "ExchangeRate fault 400 6000 $one"
fetch
is 'one currency, refused' "$(all)" '0 1 /0 end'
says 'it is said' 'the company has one currency, so there are no rates'
script "CompanyCurrency fault 400 2010 $one"
fetch
is 'refused with another code' "$(all)" '0 1 /0 end'
rate EUR 01 | rows
script
fetch
is 'one currency, no row' "$(all)" '0 2 /0 end'
qb-window CompanyCurrency,ExchangeRate,Invoice --from=2025-01-01 --to=2025-01-03 |
	sed 's/^\({"qb":"ticket",.*\)}$/\1,"optional":true}/' >"$dir/tickets"
script "CompanyCurrency fault 400 6000 $one" "ExchangeRate fault 400 6000 $one"
fetch
is 'one currency, of a group: the others are read' "$status $(came)" '0 /0 /0 end'

done_testing
