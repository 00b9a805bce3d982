#!/bin/sh
# What a later stage could not read is refused before a window is sealed.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d)
trap 'company_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/company.sh
. "${0%/*}/../lib/company.sh"

at() { echo "2026-05-0${1}T09:00:00Z"; }
row() {	# row DAY ID TIME: an invoice, found by its day; Id and LastUpdatedTime as given
	printf 'Invoice\t%s\t%s\t{"Id":%s,"MetaData":{"CreateTime":"%s","LastUpdatedTime":%s}}\n' \
		"$(at "$1")" "$1" "$2" "${created:-$(at "$1")}" "$3"
}
good() { row "$1" "\"$1\"" "\"$(at "$1")\""; }
company_start good
fetch() {	# fetch BY OPTION...
	by=$1
	shift
	qb-window invoices --from=2026-05-01 --to=2026-05-08 --every=3d --by="$by" |
		qb-fetch --no-rate-limit --retries=0 "$@" >"$dir/out" 2>"$dir/err"
	status=$?
}
rows() { sed -n 's/^{"qb":"row".*"row":{"id":"\([^"]*\)".*/\1/p' "$dir/out" | sort | tr '\n' ' '; }
seals() { grep -c '^{"qb":"seal"' "$dir/out"; }

{ good 2; good 3; good 5; good 6; } >"$dir/rows"
fetch updated
is 'good rows: status' "$status" 0
is 'all of them' "$(rows)" '2 3 5 6 '

refused() {	# refused WHAT ROW SAYING: that row of 5, among good ones
	{ good 2; good 3; printf '%s\n' "$2"; good 6; } >"$dir/rows"
	fetch updated
	is "$1: status" "$status" 69
	is "$1: nothing of it is sealed, and no end" "$(grep -c '^{"qb":"end"' "$dir/out")" 0
	ok "$1: says \"$3\"" grep -qF "row 3: HTTP 200: $3" "$dir/err"
	ok "$1: names the window" grep -qE 'Invoice.*2026-05' "$dir/err"
	ok "$1: says what helps" grep -q '^qb-fetch: next: .*--keep-going' "$dir/err"
	fetch updated --keep-going
	is "$1: --keep-going reads the others" "$(rows)" '2 3 6 '
	is "$1: and still fails" "$status" 69
}
refused 'a time without an offset' "$(row 5 '"5"' '"2026-05-05T09:00:00"')" \
	'Id 5: its LastUpdatedTime "2026-05-05T09:00:00" has no offset from UTC'
refused 'a year that no table has' "$(row 5 '"5"' '"12026-05-05T09:00:00Z"')" \
	'Id 5: its LastUpdatedTime "12026-05-05T09:00:00Z" is not a time'
refused 'an Id that is a number' "$(row 5 5 "\"$(at 5)\"")" 'an Id that is not a string'
refused 'an empty Id' "$(row 5 '""' "\"$(at 5)\"")" 'a row whose Id is empty'

{ good 2; created=2026-05-03T09:00:00; good 3; created=; good 5; good 6; } >"$dir/rows"
fetch updated
is 'a CreateTime without an offset matters to nobody by updated: status' "$status" 0
fetch created --keep-going
is 'by created it does: status' "$status" 69
ok 'it says so' grep -qF 'Id 3: its CreateTime "2026-05-03T09:00:00" has no offset' "$dir/err"
is 'and the others are read' "$(rows)" '2 5 6 '

# a file that is sealed can be loaded: nothing of the above came out
is 'no row without an offset was written' "$(grep -c 'T09:00:00"},"payload' "$dir/out")" 0
done_testing
