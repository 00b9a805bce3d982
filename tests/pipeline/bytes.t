#!/bin/sh
# The payload that goes into the archive and comes out of a replay is, byte for
# byte, what the server sent: recorded bodies, and every form that JSON has,
# from the HTTP body on and from a stream on.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
lib=$(cd "${0%/*}/../lib" && pwd)
recorded=$(cd "${0%/*}/../.." && pwd)/../shared/recorded
QB_SIM=$(cd "${QB_BUILD:-build}" && pwd)/tests/sim/qb-sim
gen="python3 $lib/stream.py"
dir=$(mktemp -d); cd "$dir" || exit 1
# shellcheck source=tests/lib/sim.sh
. "$lib/sim.sh"
trap 'sim_stop; body_stop; rm -rf "$dir"' EXIT
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

from=2010-01-01T00:00:00Z to=2010-04-01T00:00:00Z
# fetched WHAT ENTITY: from the server that QBO_* names, then as above; a row
# that is the last of a page and one that follows it stand in another order
fetched() {
	qb-window "$2" --from=$from --to="$to" --every=25y 2>/dev/null |
		qb-fetch --page-size=100 >s 2>err
	is "$1: it is fetched" "$?" 0
	$gen --read <s | LC_ALL=C sort >got
	LC_ALL=C sort want >sorted
	ok "$1: fetched, each payload has its bytes" same got sorted
	$gen --read <s >want
	survives "$1"
}
body_start() {	# body_start FILE ENTITY
	python3 "$lib/bodyserver.py" "$1" "$2" >port & body_child=$!
	until [ -s port ]; do kill -0 "$body_child" || exit 1; sleep 0.02; done
	port=$(cat port)
	export QBO_API_URL="http://127.0.0.1:$port" QBO_ENV=sandbox \
		QBO_TOKEN_URL="http://127.0.0.1:$port/tokens" \
		QBO_REALM_ID=4620816365000000000 QBO_CLIENT_ID=id \
		QBO_CLIENT_SECRET=secret QBO_REFRESH_TOKEN=token \
		XDG_STATE_HOME="$dir/state"
	rm -rf state
}
body_stop() {
	[ -n "${body_child:-}" ] || return 0
	kill "$body_child"; wait "$body_child" 2>/dev/null
	body_child=; rm -f port
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
	body_start "$file" "${body#*=}"
	# up to QuickBooks' clock, as the body tells it
	to=$(date -u -d "$(jq -r .time "$file")" +%Y-%m-%dT%H:%M:%SZ)
	fetched "${body%=*} over HTTP" "${body#*=}"
	to=2010-04-01T00:00:00Z
	body_stop
done

$gen --exotic --print-payloads >want; $gen --exotic --windows=7 >s
survives 'every escape, number, script and depth'
"$QB_SIM" --print=Customer --rows=Customer=300 --spoil=7 >want
"$QB_SIM" --print=Customer --rows=Customer=300 --spoil=7 --envelopes >s
survives 'rows that jsonb cannot hold'
export XDG_STATE_HOME="$dir/state"
rm -rf state
set -- --exotic --seed=5 --from=$from --to=$to --rows=all=0,Invoice=400
sim_start "$@" || exit 1
"$QB_SIM" "$@" --print=Invoice >want
fetched 'odd invoices of the simulator' Invoice
done_testing
