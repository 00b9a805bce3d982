#!/bin/sh
# qb-sim: what it makes up looks like what a QuickBooks sandbox sent.
set -u
here=${0%/*}
# shellcheck source=tests/lib/tap.sh
. "$here/../lib/tap.sh"
recorded=$here/../../../shared/recorded
if [ ! -d "$recorded" ]; then
	echo "1..0 # SKIP no recorded bodies beside this project"
	exit 0
fi
dir=$(mktemp -d)
trap 'sim_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "$here/../lib/sim.sh"
# shellcheck source=tests/sim/ask.sh
. "$here/ask.sh"

for entity in Customer Vendor Item Account SalesReceipt Estimate Invoice; do
	print --rows=all=200 --print=$entity >"$dir/rows"
	is "$entity: members, order, number texts and sizes are as recorded" \
		"$(python3 "$here/recorded.py" "$recorded" $entity <"$dir/rows")" ""
done
differs() {	# differs WHAT SED-SCRIPT SAYING: in the rows of Invoice
	is "it would be seen: $1" "$(sed "$2" "$dir/rows" |
		python3 "$here/recorded.py" "$recorded" Invoice | grep -c -- "$3")" 1
}
differs "an amount without cents" '7s/"TotalAmt":[0-9.]*/"TotalAmt":12/' \
	'^.TotalAmt: 12 is no such number'
differs "an amount that is text" '7s/"TotalAmt":\([0-9.]*\)/"TotalAmt":"\1"/' \
	"^.TotalAmt is .*'str'"
differs "a quantity with a zero behind" '7s/"Qty":[0-9.]*/"Qty":4.50/' \
	'4.50 is not minimal'
differs "a member that is missing" '7s/"DocNumber":"[0-9]*",//' \
	'^.DocNumber is missing'
differs "a member that nobody knows" '7s/"DocNumber"/"DocumentNumber"/' \
	'^.DocumentNumber is not in recorded rows'
differs "another order" '7s/\("DocNumber":"[0-9]*"\),\("TxnDate":"[-0-9]*"\)/\2,\1/' \
	': TxnDate comes before DocNumber'

# Envelopes and faults, but for what differs by its nature
begin --rows=all=9,Customer=41 --seed=3
same() {	# same WHAT FILE FILTER: of the recorded body and ours
	is "$1 is as recorded" "$(got "$3")" "$(jq -r "$3" "$recorded/$2")"
}
members='[paths(type != "object" and type != "array")] | tojson'
ask "select * from Customer where Active in (true,false) maxresults 1000"
same "the envelope of rows" query_customer_all_41.json \
	'(.QueryResponse | keys_unsorted | tojson), (.QueryResponse.maxResults)'
ask "select count(*) from Customer where Active in (true,false)"
same "the envelope of a count" count_customer.json \
	'(keys_unsorted | tojson), (.QueryResponse | tojson)'
ask "select * from Customer startposition 1000"
same "the envelope past the end" query_empty_past_end.json \
	'(keys_unsorted | tojson), (.QueryResponse | tojson)'
ask "select * from Custmoer"
same "an unknown entity" fault_400_4001_invalid_entity.json '.Fault | tojson'
ask "select * from NULL"
same "a parser's fault" fault_400_4000_query_parser.json '.Fault | tojson'
api customer/1.5
same "a wrong Id" fault_400_2030_invalid_id_no_time.json tojson
day=$(date -u +%Y-%m-%d)T00:00:00Z
change Customer delete rows=1 >"$dir/gone"
change Estimate edit rows=4 >"$dir/edited"
cdc Estimate "$day"
same "the envelope of changes" cdc_estimate.json \
	'(keys_unsorted | tojson), (.CDCResponse[0] | keys_unsorted | tojson),
	(.CDCResponse[0].QueryResponse[0] | (keys_unsorted | tojson),
	.startPosition, .maxResults)'
plain() { tr -d '\n' | sed 's/<?[^>]*>//; s/ time="[^"]*"//; s/> *</></g'; }
nines() { sed 's/[0-9][0-9]*/9/g'; }
accept='*/*'
cdc Customer "$day"
accept=
is "a deleted customer in XML is as recorded" "$(plain <"$dir/body" | nines)" \
	"$(plain <"$recorded/cdc_deleted_customer.xml" | nines)"
token=stale
ask "select * from Customer"
same "a stale token" fault_401_3200_expired_token.json \
	"($members), (.fault.error[0] | .message, .code), .fault.type"
jq -r 'to_entries[] | select(.key | test("^(Content-Type|Www-Auth)"))
	| .value' "$recorded/response_headers_401.json" >"$dir/want"
while read -r value; do
	ok "a header of a stale token: $value" grep -qF "$value" "$dir/head"
done <"$dir/want"
login none
is "a dead refresh token" "$(cat "$dir/token")" \
	"$(jq -r .body "$recorded/oauth_invalid_grant_mock.json")"

begin --rows=all=9 --per-minute=1
ask "select * from Customer"
ask "select * from Customer"
is "the throttle: status" "$status" 429
is "the throttle's body is as recorded" "$(plain <"$dir/body")" \
	"$(plain <"$recorded/fault_429_throttle.xml")"
done_testing
