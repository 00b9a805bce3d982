#!/bin/sh
# include=enhancedAllCustomFields: requested, recorded, and left out where
# QuickBooks does not take it.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d)
trap 'company_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/company.sh
. "${0%/*}/../lib/company.sh"

{
	printf '%s\t2026-05-02T09:00:00Z\t7\t%s\t%s\n' \
		Invoice '{"Id":"7"}' '{"Id":"7","CustomField":[1,2,3,4]}'
	printf '%s\t2026-05-02T09:00:00Z\t8\t%s\t%s\n' \
		Customer '{"Id":"8"}' '{"Id":"8","CustomField":[1,2,3,4]}'
	printf '%s\t2026-05-02T09:00:00Z\t9\t%s\n' Class '{"Id":"9"}'
} >"$dir/rows"
fetch() {	# fetch ENTITIES OPTION...: status; what is asked in $dir/asked
	entities=$1
	shift
	: >"$dir/asked"
	qb-window "$entities" --from=2026-05-01 --to=2026-05-08 |
		qb-fetch --no-rate-limit --retries=0 --jobs=1 "$@" >"$dir/out" 2>"$dir/err"
	status=$?
}
fields() { grep -c '"CustomField":\[1,2,3,4\]' "$dir/out"; }
recorded() { grep -c "\"minorversion\":75,\"include\":\"$1\"}}" "$dir/out"; }
asked() { grep -c -- "$1" "$dir/asked"; }
note="$dir/state/qb/sandbox-1234567890.fields"
warned() { grep -c 'does not take include=' "$dir/err"; }

company_start good
fetch invoices
is 'by default: status' "$status" 0
is 'more custom fields come' "$(fields)" 1
is 'the row says that they were requested' "$(recorded enhancedAllCustomFields)" 1
is 'the query has the parameter' "$(asked 'select \*.*&include=enhancedAllCustomFields&')" 1
is 'counts do not need it' "$(asked 'count.*include=')" 0
is 'nothing is warned of' "$(warned)" 0
fetch invoices --include=none
is 'without: status' "$status" 0
is 'they do not come' "$(fields)" 0
is 'the row says nothing of it' "$(grep -c '"include"' "$dir/out")" 0
is 'and nothing is requested' "$(asked include=)" 0
fetch invoices --include=invoiceLink,enhancedAllCustomFields
is 'two names: as they are' "$(recorded invoiceLink,enhancedAllCustomFields)" 1
for wrong in '' ',' 'a,' ',a' 'a,,b' 'a&b' a=b 'a b' a1 "$(printf %0101d 0 | tr 0 a)"; do
	fetch invoices --include="$wrong"
	is "--include='$wrong': status" "$status" 64
	is "--include='$wrong': nothing is requested" "$(asked .)" 0
done

company_start refuse-one
fetch invoices,customers
is 'one request is refused by mistake: status' "$status" 0
is 'all of them come' "$(fields)" 2
is 'nobody is warned' "$(warned)" 0

company_start refuse
fetch classes,customers,invoices
is 'not taken any more by a company that has had more: status' "$status" 69
is 'no row comes with less' "$(grep -cE '"id":"[78]"' "$dir/out")" 0
is 'no window is sealed' "$(grep -cE '"qb":"end"|seal.*(Invoice|Customer)' "$dir/out")" 0
ok 'it says why' grep -qF 'does not take include=enhancedAllCustomFields any more' "$dir/err"
ok 'and what to do' grep -q 'run the same command again later; or with --include=none' "$dir/err"
fetch invoices,customers --keep-going
is 'with --keep-going: status' "$status" 69
is 'every window is named' "$(grep 'any more' "$dir/err" | grep -oE 'Invoice|Customer' | sort -u | tr '\n' ' ')" 'Customer Invoice '
is 'and no page is split' "$(asked 'maxresults 500')" 0
fetch invoices,customers --include=none
is 'with --include=none: status' "$status" 0
is 'rows come without' "$(grep -c '^{"qb":"row"' "$dir/out")" 2
rm "$note"

fetch invoices,customers
is 'where it is not taken: status' "$status" 0
is 'all rows come' "$(grep -c '^{"qb":"row"' "$dir/out")" 2
is 'without it' "$(grep -c '"include"' "$dir/out")" 0
is 'one request was refused, twice' "$(asked 'include=')" 2
ok 'and nothing is noted' test ! -e "$note"
is 'a warning says so, once' "$(warned)" 1
ok 'in these words' grep -qF 'QuickBooks does not take include=enhancedAllCustomFields: custom fields beyond three are not read' "$dir/err"
fetch invoices --include=invoiceLink
ok 'of another one nothing is said of custom fields' grep -q 'not take include=invoiceLink$' "$dir/err"

company_start refuse-Class
fetch invoices,classes
is 'taken for one entity only: status' "$status" 0
is 'the other comes without' "$(fields)/$(grep -c '"id":"9"' "$dir/out")" 1/1
ok 'and is named' grep -q 'Class: QuickBooks does not take include=' "$dir/err"
fetch classes,invoices
is 'also if it is read first: status' "$status" 0
is 'the others keep theirs' "$(fields)" 1
company_start refuse-Customer
fetch invoices,customers --keep-going
is 'not taken for one that can have them: status' "$status" 69
is 'the other one has its own' "$(fields)" 1
ok 'only the first is named' grep -q '^qb-fetch: .*Customer.*any more' "$dir/err"

company_start broken-Invoice
fetch invoices --page-size=1
is 'refused with it and without it: status' "$status" 69
is 'asked in both ways' "$(asked 'select \*')/$(asked 'select \*.*&include=')" 3/2
is 'and it is not the include' "$(warned)" 0
company_start absent-Invoice
fetch invoices
is 'an entity that the company does not have: status' "$status" 69
is 'asked for once' "$(asked 'select \*')" 1
done_testing
