#!/bin/sh
# qb-fetch, windows by change, when QuickBooks' log of changes refuses, fails or
# lies: what is sealed is complete, a row that is there is never gone.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d)
server=
trap 'sim_stop; [ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
# shellcheck source=tests/lib/changes.sh
. "${0%/*}/../lib/changes.sh"
export XDG_STATE_HOME="$dir/state"
from=$(ago '20 days') to=$(ago '1 minute') since=$(ago '5 days') end=$(ago '30 seconds')
rows=all=0,Customer=30,Invoice=90,Payment=40,TimeActivity=20,Vendor=20
log="$dir/sim.log"
some='Customer Invoice Payment TimeActivity Vendor'
# shellcheck disable=SC2086 # words
tickets $some >"$dir/tickets"
all_queried='Customer updated,Invoice updated,Payment updated,TimeActivity updated,Vendor updated'
all_logged=$(echo "$all_queried" | sed 's/updated/change/g')
begin ''
# shellcheck disable=SC2086
qb-window $some --from="$since" --to="$end" | qb-fetch --no-rate-limit |
	python3 "$lib/stream.py" --read | sort >"$dir/there"
ok 'there are rows' test -s "$dir/there"
as_there() { python3 "$lib/stream.py" --read <"$dir/out" | sort | cmp -s "$dir/there" -; }
# it WHAT RULES WANT OPTION...: all rows, and none gone, by change or by updated
it() {
	case=$1 rules=$2 want=$3
	shift 3
	begin "$rules" "$@"
	# shellcheck disable=SC2086 # options
	fetch "$dir/tickets" $with_options
	case $want in
	*updated*) whole "$case" ;;
	*) whole "$case" calls ;;
	esac
	is "$case: how they are read" "$(by)" "$want"
	ok "$case: all rows" as_there
	is "$case: none is gone" "$(grep -c '"qb":"gone"' "$dir/out")" 0
}
with_options=
said_why() { ok "$1: is said" grep -q "^qb-fetch: $2; reading by LastUpdatedTime, which does not tell what was deleted\$" "$dir/err"; }

named() {	# in warnings
	sed -n 's/^qb-fetch: //; s/: .*reading by Last.*//p' "$dir/err" |
		 tr ',' '\n' | tr -d ' ' | sort | paste -sd' '
}

# --- refused

it 'an entity that is refused' '' \
	'Customer change,Invoice change,Payment change,TimeActivity updated,Vendor change' \
	--cdc-without=TimeActivity
is 'an entity that is refused: the others at once' "$(grep 'kind=cdc' "$log" |
	sed 's/.*entity=\([^ ]*\).*/\1/' | uniq | paste -sd' ')" \
	"$(echo "$some" | tr ' ' ,) Customer,Invoice,Payment,Vendor"
said_why 'an entity that is refused' 'TimeActivity: HTTP 400, .*Operation cdc for entity TimeActivity is not supported.*'
it 'two that are refused' '' \
	'Customer change,Invoice updated,Payment change,TimeActivity updated,Vendor change' \
	--cdc-without=Invoice,TimeActivity
it 'all are refused, by name' '' "$all_queried" \
	--cdc-without=Customer,Invoice,Payment,TimeActivity,Vendor
for how in 'status 403' 'status 400 code 5020' 'status 403 code 3100'; do
	it "the log is refused: $how" "cdc always $how" "$all_queried"
	is "the log is refused: $how: then it is left alone" "$(requests cdc)" 3
	is "the log is refused: $how: each entity is named once" "$(named)" "$some"
done
it 'refused without a name, for one entity' 'entity Payment cdc always status 400 code 5020' \
	'Customer change,Invoice change,Payment updated,TimeActivity change,Vendor change'
it 'refused once' 'cdc times 1 status 400 code 5020' "$all_logged"
it 'not QuickBooks: HTML and 404' 'cdc always status 404 body html' "$all_queried"
is 'not QuickBooks: four tries, and two of each half' "$(requests cdc)" 8
begin 'any always status 403 code 3100
cdc always status 403 code 3100'
fetch "$dir/tickets"
broken 'everything is refused' 77 0
ok 'everything is refused: what to do' said 'sandbox or production?'

# --- does not answer

with_options=--retries=1
for how in 'status 500' 'status 503 body empty' 'status 502 body html' 'empty' 'html' \
	'fault-in-200 code 10000' 'cut-json' 'no-comma'; do
	it "$how, for ever" "cdc always $how" "$all_queried"
	is "$how, for ever: in halves, and then it is left alone" "$(requests cdc)" 6
	is "$how, for ever: each entity is named once" "$(named)" "$some"
done
for how in 'status 500' 'status 429 retry-after 1' 'empty' 'cut-json' 'cut-body' \
	'reset-in-body' 'reset' 'fault-in-200 code 10000' 'expire' 'gzip-crc'; do
	it "$how, once" "cdc times 1 $how" "$all_logged"
done
with_options=
it '504, once' 'cdc times 1 status 504' "$all_logged"
is '504, once: in halves' "$(requests cdc)" 3
it '504, for ever' 'cdc always status 504' "$all_queried"
is '504, for ever: then it is left alone' "$(requests cdc)" 3
it '504 for one entity' 'entity Invoice cdc always status 504' \
	'Customer change,Invoice updated,Payment change,TimeActivity change,Vendor change'
said_why '504 for one entity' 'Invoice: HTTP 504.*'
with_options=--retries=1
for how in 'reset' 'reset-in-body' 'status 429 retry-after 1' 'gzip-garbage'; do
	begin "cdc always $how"
	fetch "$dir/tickets" $with_options
	broken "$how, for ever" 75 0
	is "$how, for ever: what to do" "$(grep -c '^qb-fetch: next: run the same command again' "$dir/err")" 1
	is "$how, for ever: no query is sent" "$(requests rows)" 0
done
with_options=

# --- what confirms deletions does not answer

since=$(ago '2 seconds')
deletions() {	# deletions RULES: three invoices and a payment are deleted
	begin "$1"
	invoices=$(change Invoice delete rows=3 | sort) payment=$(change Payment delete rows=1)
	edited=$(change Invoice edit rows=2 | sort)
	sleep 1.1
	end=$(ago '0 seconds')
	tickets Invoice Payment >"$dir/deleted"
}
deletions ''
fetch "$dir/deleted"
whole 'three and one deleted' calls
is 'three and one deleted: gone' "$(gone Invoice) $(gone Payment)" "$invoices $payment"
deletions 'entity Invoice any times 1 status 504'
fetch "$dir/deleted"
whole 'confirmed in halves' calls
is 'confirmed in halves: gone' "$(gone Invoice)" "$invoices"
is 'confirmed in halves: three queries' "$(grep -c 'kind=rows .*entity=Invoice' "$log")" 3
deletions 'entity Invoice any times 1 status 503'
fetch "$dir/deleted"
whole 'confirmed at the second try' calls
is 'confirmed at the second try: gone' "$(gone Invoice)" "$invoices"
for how in 'status 504' 'status 400 code 4001' 'status 503'; do
	deletions "entity Invoice start 1 times 4 $how"
	fetch "$dir/deleted" --retries=1
	whole "not confirmed: $how"
	is "not confirmed: $how: not gone, but its rows" \
		"$(gone Invoice) $(rows Invoice) $(by)" " $edited Invoice updated,Payment change"
	is "not confirmed: $how: the other is" "$(gone Payment)" "$payment"
	ok "not confirmed: $how: is said" said \
		"qb-fetch: Invoice: QuickBooks does not say whether what its log of changes has as deleted is there; reading by LastUpdatedTime"
done
deletions 'any always reset'
fetch "$dir/deleted" --retries=1
broken 'no connection for what confirms' 75 0
deletions 'entity Invoice any times 1 expire'
fetch "$dir/deleted"
whole 'a token that expires between them' calls
is 'a token that expires between them: gone' "$(gone Invoice)" "$invoices"

# --- the calls of the month

for most in 1 2; do
	deletions ''
	QBO_MONTHLY_CALLS=$most fetch "$dir/deleted"
	broken "$most calls are left" 75 $((most - 1))
	is "$most calls are left: and no more are made" "$(answered) $(told .calls)" "$most $most"
	ok "$most calls are left: is said" said "are used up ($most of $most)"
done
is 'the window that is sealed is whole' "$(gone Invoice)" "$invoices"
is 'the status file has it' "$(told '[.windows, .windows_sealed, .rows] | tojson')" '[2,1,5]'
QBO_MONTHLY_CALLS=1 fetch "$dir/deleted" --keep-going
broken 'one call is left, --keep-going' 75 0
deletions ''
QBO_MONTHLY_CALLS=3 fetch "$dir/deleted"
whole 'three calls are enough' calls

# --- a window that fails by itself

begin 'entity Customer any always status 400 code 4001'
since=$(ago '5 days') end=$(ago '30 seconds')
{ qb-window Customer --from="$since" --to="$end" | sed '$d'; tickets Invoice Vendor | sed '$d'
  echo '{"qb":"end","windows":3,"rows":0}'; } >"$dir/mixed"
fetch "$dir/mixed" --keep-going
broken 'a window by updated, --keep-going' 69 2
is 'those by change are read' "$(by)" 'Invoice change,Vendor change'
fetch "$dir/mixed"
broken 'without it' 69 0
begin 'entity Customer any always status 400 code 4001
entity Customer cdc always status 400 code 5020'
tickets Customer Invoice Vendor >"$dir/tickets"
fetch "$dir/tickets" --keep-going
broken 'one that neither can be read, --keep-going' 69 2
sim_stop

# --- a log that says what a test wants

at() { date -u -d "$1 ago" +%Y-%m-%dT%H:%M:%S-00:00; }
serve() {	# serve [BLOCKS...]: of each answer; nothing is there, and no clock is behind
	[ -z "$server" ] || kill "$server"
	rm -rf "$dir/server" "$dir/state"
	mkdir "$dir/server"
	n=0
	for blocks; do
		n=$((n + 1))
		printf '%s\n' "$blocks" >"$dir/server/changes.$n"
	done
	python3 "$lib/logserver.py" "$dir/server" >"$dir/port" & server=$!
	until [ -s "$dir/port" ]; do sleep 0.02; done
	port=$(cat "$dir/port")
	export QBO_API_URL="http://127.0.0.1:$port"
	no_more_fields
	export QBO_TOKEN_URL="$QBO_API_URL/token"
	rm "$dir/port"
}
there() { entity=$1; shift; printf '%s\n' "$@" >"$dir/server/rows.$entity"; }
row() {	# row ID [TIME [MEMBERS]]
	printf '{"Id":"%s"%s%s}' "$1" "${2:+,\"MetaData\":{\"LastUpdatedTime\":\"$2\"\}}" "${3:+,$3}"
}
tomb() { row "$1" "${2:-}" '"status":"Deleted"'; }
asked() { cut -d' ' -f1 "$dir/server/asked" | uniq -c | tr -s ' \n' ' '; }
valid() { python3 "$lib/scans.py" <"$dir/out"; }
payloads() { python3 "$lib/stream.py" --read <"$dir/out" | sort; }
tickets Invoice >"$dir/tickets"
tickets Invoice Bill >"$dir/two"
now=$(at '1 hour')

serve "{\"Invoice\":[$(row 1),$(row 2 "$now")]}"
fetch "$dir/tickets"
is 'a row without a time is one of the window' "$status $(payloads | paste -sd' ') $(valid)" \
	"0 $(row 1) $(row 2 "$now") "
serve "{\"Invoice\":[$(tomb 1),$(tomb 2 "$now"),$(tomb 3)]}"
there Invoice "$(row 1)" "$(row 2 "$now")"
fetch "$dir/tickets"
is 'nor is one gone that is there, and has no time' \
	"$status $(payloads | paste -sd' ') $(gone Invoice) $(valid)" "0 $(row 1) $(row 2 "$now") 3 "
serve "{\"Invoice\":[$(row 1 "$now" '"n":1'),$(row 2 "$now"),$(row 1 "$now" '"n":2')]}"
fetch "$dir/tickets"
is 'an Id that comes twice is one row, the last' "$status $(payloads | paste -sd' ') $(valid)" \
	"0 $(row 1 "$now" '"n":2') $(row 2 "$now") "
serve "{\"Invoice\":[$(tomb 1 "$now"),$(tomb 1 "$now")]}"
fetch "$dir/tickets"
is 'a deletion that comes twice is one' "$status $(gone Invoice) $(valid)" '0 1 '
serve "{\"Invoice\":[$(row 1 "$now" '"n":1'),$(row 2 "$now"),$(tomb 1 "$now"),$(tomb 2 "$now")]}"
there Invoice "$(row 1 "$now" '"n":2')"
fetch "$dir/tickets"
is 'live and deleted at once: as the query has it' \
	"$status $(payloads | paste -sd' ') $(gone Invoice) $(valid)" "0 $(row 1 "$now" '"n":2') 2 "
serve "{\"Invoice\":[$(tomb 1 "$(at '90 days')"),$(tomb 2 'some time ago'),$(tomb 3 2099-01-01T00:00:00Z)]}"
fetch "$dir/tickets"
is 'deletions of odd times' "$status $(gone Invoice | paste -sd' ') $(valid)" '0 1 2 '
is 'whose time is left out if it is none' \
	"$(jq -r 'select(.qb == "gone").gone | select(has("deleted") | not).id' "$dir/out")" 2
for blocks in '{"Invoice":[{"A":1}]}' '{"Fault":{"Error":[{"code":"10000"}]}}' '{"Vendor":[]}' \
	'{"Invoice":{"Id":"1"},"Bill":{}}' "{\"Invoice\":[$(row 1 "$now")],\"Fault\":{}}" '[]'; do
	serve "$blocks"
	there Invoice "$(row 1 "$now")"
	fetch "$dir/two" --retries=1
	is "$blocks: read by LastUpdatedTime" "$status $(payloads) $(by) $(valid)" \
		"0 $(row 1 "$now") Bill updated,Invoice updated "
done
serve "{\"Invoice\":[$(tomb 1 "$now"),$(tomb 2 "$now")]}"
there Invoice "$(row 2 "$now")" "$(row 7 "$now")"
echo yes >"$dir/server/unfiltered"
fetch "$dir/tickets"
is 'a query that ignores its filter: nothing is sealed' "$status $(seals 1)" '69 '
ok 'and it is said' said 'Id 7 came, which was not requested: QuickBooks did not apply the filter'
serve "{\"Invoice\":[$(tomb "1'x" "$now"),$(row 3 "$now")]}"
fetch "$dir/tickets"
is 'an Id that could end its literal is not asked for' \
	"$status $(by) $(asked) $(grep -c "'x" "$dir/server/asked")" '0 Invoice updated  1 cdc 1 query  0'

# --- its clock

end=$(ago '5 seconds')
tickets Invoice >"$dir/tickets"
serve "{\"Invoice\":[$(row 1 "$now")]}" "{\"Invoice\":[$(row 1 "$now"),$(row 2 "$now")]}"
echo 8 >"$dir/server/behind"
fetch "$dir/tickets"
is 'a clock that is behind: asked again' "$status $(asked) $(valid)" '0  2 cdc  '
is 'and all of it is written' "$(rows Invoice | paste -sd' ')" '1 2'
ok 'and said' grep -q "QuickBooks' clock is [1-9] s behind the end of the window: waiting" "$dir/err"
serve "{\"Invoice\":[$(row 1 "$now")]}"
echo 600 >"$dir/server/behind"
fetch "$dir/tickets"
is 'a clock that is far behind' "$status $(seals 1) $(asked)" '75   1 cdc '
ok 'what to do' said "next: set this machine's clock"
done_testing
