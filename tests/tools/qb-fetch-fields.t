#!/bin/sh
# A row that came by the log of changes does not replace one that has more custom
# fields, and who has none pays for that once.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d)
trap 'company_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/company.sh
. "${0%/*}/../lib/company.sh"

# rows of some days ago, and now: the server's clock is this machine's
day() { date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ; }
basic='{"DefinitionId":"1","Name":"Crew","Type":"StringType","StringValue":"A"}'
more='{"DefinitionId":"1000000021","Name":"Size","Type":"NumberType","NumberValue":4}'
row() {	# row ENTITY ID WHEN FIELDS [FIELDS-WITH-INCLUDE]
	at=$(day "$3")
	for fields in "$4" "${5:-$4}"; do
		printf '{"Id":"%s","MetaData":{"LastUpdatedTime":"%s"}%s}\t' "$2" "$at" \
			"${fields:+,\"CustomField\":[$fields]}"
	done | sed "s/^/$1	$at	$2	/; s/	\$//"
	echo
}
from=$(day '5 days ago')
query() {	# query ENTITY...: by LastUpdatedTime, which notes what rows have
	qb-window "$@" --from="$from" | qb-fetch --no-rate-limit >"$dir/query" 2>"$dir/err"
}
today=$(date -u +%F)
log() {	# log ENTITY...
	: >"$dir/asked"
	qb-window "$@" --from="$from" --by=change |
		qb-fetch --no-rate-limit --retries=0 >"$dir/out" 2>"$dir/err"
	status=$?
}
calls() { grep -c . "$dir/asked"; }
ids() { sed -n "s/^{\"qb\":\"row\".*\"row\":{\"id\":\"\([^\"]*\)\".*$1.*/\1/p" "$dir/out" | sort | tr '\n' ' '; }
note="$dir/state/qb/sandbox-1234567890.fields"

{ row Invoice 1 '4 days ago' "$basic"; row Customer 8 '4 days ago' ''; } >"$dir/rows"
company_start bare-log
query invoices customers
log invoices,customers
is 'a company without such fields: status' "$status" 0
is 'one call, and one for each entity: has it such fields?' "$(calls)" 3
is 'of the rows that were changed last, whatever their time' \
	"$(grep -c 'from Invoice orderby MetaData.LastUpdatedTime desc startposition 1 maxresults 1000&' "$dir/asked")/$(grep -c 'from Customer where Active in (true,false) orderby' "$dir/asked")" 1/1
is 'the answer is noted' "$(sort "$note")" "Customer none $today
Invoice none $today"
log invoices,customers
is 'from then on: one call' "$(calls)" 1
printf 'Customer none %s\nInvoice none %s\n' "$today" "$(date -u -d '600 days ago' +%F)" >"$note"
log invoices,customers
is 'a long time later it is asked again' "$(calls)" 2
is 'and noted in the same place' "$(cat "$note")" "Customer none $today
Invoice none $today"
rm "$note"
i=0
while [ $((i += 1)) -le 100 ]; do row Invoice $i '4 days ago' "$basic"; done >"$dir/rows"
query invoices
is 'a load of many rows notes it' "$(cat "$note")" "Invoice none $today"
log invoices
is 'so the log takes one call' "$(calls)" 1
rm "$note"
company_start bare-log broken-Invoice
log invoices
is 'where nobody can say: status' "$status" 69
ok 'nothing is noted' test ! -e "$note"
company_start bare-log

{
	row Invoice 1 '4 days ago' "$basic" "$basic,$more"
	row Invoice 2 '3 days ago' "$basic"
	row Invoice 3 '3 days ago' ''
	row Estimate 4 '3 days ago' ''
	row Estimate 5 '3 days ago' "$basic"
} >"$dir/rows"
query invoices
is 'what has them is noted' "$(cat "$note")" Invoice
log invoices,estimates
is 'with them: status' "$status" 0
is 'the row comes as a query has it' "$(ids NumberValue)" '1 '
is 'and every row once' "$(ids .)" '1 2 3 4 5 '
is 'a call for each entity with such rows, and one for what is not known' "$(calls)" 4
is 'an entity that was not noted: only rows with fields' \
	"$(grep -c "Estimate where Id in ('5')" "$dir/asked")" 1
is 'the end says how many' "$(tail -n 1 "$dir/out")" '{"qb":"end","windows":2,"rows":5}'
is 'all that is known is noted' "$(cat "$note")" "Invoice
Estimate none $today"
rm "$note"
log invoices
is 'without the note: status' "$status" 0
is 'the row comes as a query has it, too' "$(ids NumberValue)/$(ids .)" '1 /1 2 3 '
is 'and it is noted' "$(cat "$note")" Invoice
printf '%s\n' "Invoice none $today" >"$note"
query invoices
is 'what a query brings is noted in any case' "$(tail -n 1 "$note")" Invoice
log invoices,estimates
is 'and holds' "$(ids NumberValue)" '1 '
ok 'the row says by which request it came' \
	grep -q '"query":"select \* from Invoice where Id in .*"include":"enhancedAllCustomFields".*"id":"1"' "$dir/out"
qb-stamp <"$dir/out" >"$dir/stamped" 2>"$dir/err"
is 'the stream can be read' $? 0

: >"$dir/asked"
qb-window invoices --from="$from" --by=change |
	qb-fetch --no-rate-limit --include=none >"$dir/out" 2>"$dir/err"
is 'with --include=none nothing is read again' "$(calls)" 1

company_start bare-log lost-1
log invoices
is 'a row that a query does not have: status' "$status" 0
is 'comes as the log has it' "$(ids .)" '1 2 3 '

company_start bare-log refuse
log invoices
is 'where QuickBooks does not take the include: status' "$status" 69
is 'no row comes with less' "$(ids .)" ''
ok 'it says why' grep -q 'does not take include=.* any more' "$dir/err"
is 'one query by Ids is refused, twice' "$(grep -c 'Id in' "$dir/asked")" 3

company_start good
log invoices,estimates
is 'a log that brings them: status' "$status" 0
is 'is noted' "$(tail -n 1 "$note")" log
log invoices,estimates
is 'from then on: one call' "$(calls)" 1
is 'all rows, as they are' "$(ids NumberValue)/$(ids .)" '1 /1 2 3 4 5 '

rm "$note" && ln -s "$dir/rows" "$note"
log invoices
is 'a note that cannot be read: status' "$status" 0
ok 'is warned of' grep -q 'fields: .*custom fields of changed rows may be missing' "$dir/err"
done_testing
