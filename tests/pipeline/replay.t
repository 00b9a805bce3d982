#!/bin/sh
# An archive is streams that can be put together in any way.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
gen="python3 $(cd "${0%/*}/../lib" && pwd)/stream.py"
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir" || exit 1
same() { cmp -s "$1" "$2"; }
payloads() { $gen --read | LC_ALL=C sort; }

for entity in Invoice Customer Item; do
	$gen --entity=$entity --windows=6 --rows=20
done >s
payloads <s >want
qb-archive books <s >passed; is 'three entities are archived' $? 0
find books -name '*.gz' >files
is 'in a file a window' "$(wc -l <files)" 18
replay() {	# replay WHAT ORDER...: the files, in the order of a command
	what=$1; shift
	"$@" files >order
	# one gzip stream of many members, and one plain stream
	xargs cat <order | qb-stamp >out; rc=$?
	xargs zcat <order | qb-stamp >plain; rc=$rc$?
	is "$what: whole streams" "$rc" 00
	payloads <out >got; ok "$what: the same rows" same got want
	payloads <plain >got; ok "$what: inflated before" same got want
	is "$what: every window" "$(grep -c '^{"qb":"seal"' out)" 18
}
replay 'in the order of their names' sort
replay 'backwards' sort -r
for key in 5 30 50; do
	replay "mixed by the name from column $key" sort -k "1.$key"
done
first=$(head -n 1 files)
is 'a file twice is its rows twice' "$(cat "$first" "$first" | qb-stamp | grep -c '^{"qb":"row"')" 40
while read -r file; do
	qb-stamp <"$file" >out || echo "$file"
	tail -n 1 out
done <files >ends
is 'each alone is a whole stream' "$(sort -u ends)" '{"qb":"end","windows":1,"rows":20}'
sed 's/,"archive":{[^}]*}//; s/,"sum":"[0-9a-f]*"//' passed | qb-archive again >/dev/null
is 'archived again it is the same archive' "$(cd again && find . -name '*.gz' -exec sha256sum {} + | sort)" \
	"$(cd books && find . -name '*.gz' -exec sha256sum {} + | sort)"
# what a program leaves of an archive is an archive too
xargs cat <files | qb-stamp --jq='select(.Id|tonumber%2==0)' | qb-archive half | $gen --read >passed
find half -name '*.gz' -exec cat {} + | qb-stamp | payloads >got
LC_ALL=C sort passed >want
ok 'rows that --jq left can be archived and replayed' same got want
is 'half of them' "$(wc -l <got)" 180
done_testing
