#!/bin/sh
# The payload that goes into the archive and comes out of a replay is, byte for
# byte, what the server sent: recorded bodies, and every form that JSON has.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
lib=$(cd "${0%/*}/../lib" && pwd)
recorded=$(cd "${0%/*}/../.." && pwd)/../shared/recorded
sim=$(cd "${QB_BUILD:-build}" && pwd)/tests/sim/qb-sim
gen="python3 $lib/stream.py"
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir" || exit 1
same() { cmp -s "$1" "$2"; }

# survive WHAT: the stream in s, whose payloads are in want
survives() {
	rm -rf books
	qb-archive books <s >passed; rc=$?
	qb-stamp <passed >stamped; rc=$rc$?
	is "$1: the tools take it" "$rc" 00
	$gen --read <stamped >got
	ok "$1: stamped, each payload has its bytes" same got want
	# in the order of their windows, as they were
	find books -name '*.gz' | sort | xargs zcat | qb-stamp | $gen --read >got
	ok "$1: archived and replayed, too" same got want
}

for body in query_customer_all_41=Customer query_customer_page1_max2=Customer \
	query_vendor_active_and_inactive_27=Vendor query_salesreceipt_4=SalesReceipt \
	query_item_19=Item; do
	file=$recorded/${body%=*}.json
	if [ ! -f "$file" ]; then
		skip "the recorded ${body%=*}" 'the recorded bodies are not here'
		continue
	fi
	$gen --body="$file" --entity="${body#*=}" --print-payloads >want
	$gen --body="$file" --entity="${body#*=}" --windows=2 >s
	# each is part of the body, but for the line breaks of one that has some
	tr '\n' ' ' <"$file" >flat
	is "${body%=*}: each payload stands in the body" \
		"$(while IFS= read -r line; do
			grep -qF -e "$line" flat || printf '%s\n' "$line"; done <want)" ''
	survives "${body%=*}"
done

$gen --exotic --print-payloads >want; $gen --exotic --windows=7 >s
survives 'every escape, number, script and depth'
"$sim" --print=Invoice --rows=Invoice=300 --exotic >want
"$sim" --print=Invoice --rows=Invoice=300 --exotic --envelopes >s
survives 'odd invoices of the simulator'
"$sim" --print=Customer --rows=Customer=300 --spoil=7 >want
"$sim" --print=Customer --rows=Customer=300 --spoil=7 --envelopes >s
survives 'rows that jsonb cannot hold'
done_testing
