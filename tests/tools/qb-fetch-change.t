#!/bin/sh
# qb-fetch, windows by change: one call to QuickBooks' log of changes for all
# entities; rows as queries find them, deletions only where a query confirms them.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d)
trap 'sim_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
# shellcheck source=tests/lib/changes.sh
. "${0%/*}/../lib/changes.sh"
export XDG_STATE_HOME="$dir/state"
from=$(ago '20 days') to=$(ago '1 minute') since=$(ago '5 days') end=$(ago '30 seconds')
rows=all=5,Customer=300,Invoice=900,Payment=400
log="$dir/sim.log"
some='Customer Invoice Payment Bill Vendor CreditCardPayment'

# --- one call for many entities

begin ''
# shellcheck disable=SC2086 # words
tickets $some >"$dir/tickets"
fetch "$dir/tickets"
whole 'six entities' calls
is 'by one call' "$(requests) $(seals .fetch.calls | paste -sd+)" '1 1+0+0+0+0+0'
is 'windows in the order of their tickets' "$(seals .window.entity | paste -sd' ')" "$some"
is 'each by change' "$(seals .window.by | sort -u)" change
is 'its rows have the request' "$(jq -r 'select(.qb == "row").page.request
	| .url + " " + .query' "$dir/out" | sort -u)" \
	"$QBO_API_URL/v3/company/$QBO_REALM_ID/cdc entities=$(echo "$some" | tr ' ' ,)&changedSince=$since"
is 'seals say what the log was asked' "$(seals .fetch.log.since | sort -u)" "$since"
is 'and how many objects came in all' "$(seals .fetch.log.objects | sort -u)" \
	"$(grep -c '"qb":"row"' "$dir/out")"
# shellcheck disable=SC2086
as_queried 'six entities' $some
is 'nothing is said' "$(cat "$dir/err")" ''
fetch "$dir/tickets" --verbose
ok 'but with --verbose' said 'window sealed entity=Invoice by=change rows='

# --- what changed since then

# not one of the first, which are deleted
old=$(qb-window Invoice --from="$from" --to="$since" | qb-fetch --no-rate-limit |
	jq -r 'select(.qb == "row").row.id' | sort -n | tail -n 1)
begin "entity Invoice cdc always mark-deleted $old"
since=$(ago '2 seconds')
invoices=$(change Invoice delete rows=3 | sort) payments=$(change Payment delete rows=2 | sort)
edited=$(change Customer edit rows=4 | sort)
off=$(change Vendor inactivate rows=1)
sleep 1.1
end=$(ago '0 seconds')
# shellcheck disable=SC2086
tickets $some >"$dir/tickets"
fetch "$dir/tickets"
whole 'deleted, edited and inactive ones' calls
is 'one call, and one for the deletions of each entity' "$(requests cdc) $(requests rows)" '1 2'
is 'edited ones are rows' "$(rows Customer)" "$edited"
is 'inactive ones, too' "$(rows Vendor)" "$off"
is 'deleted ones are gone' "$(gone Invoice)" "$invoices"
is 'and a row that is there is not, nor is it new' "$(gone Invoice | grep -cx "$old") $(rows Invoice)" '0 '
is 'of each entity' "$(gone Payment)" "$payments"
since_when() {
	jq -r 'select(.qb == "gone").gone | .by + " " + (has("deleted") | tostring)
		+ " " + (.at | length | tostring)' "$dir/out" | sort -u
}
is 'gone lines say how that is known, and since when' "$(since_when)" 'cdc true 29'
is 'the seals count them' "$(seals '"\(.window.entity) \(.fetch.rows) \(.fetch.gone)"' | sort | paste -sd,)" \
	'Bill 0 null,CreditCardPayment 0 null,Customer 4 null,Invoice 3 3,Payment 2 2,Vendor 1 null'
is 'the end, too' "$(tail -n 1 "$dir/out")" '{"qb":"end","windows":6,"rows":10}'

# --- known already

known() { jq -R . | paste -sd, | sed 's/.*/[&]/'; }
one=$(echo "$invoices" | head -n 1)
jq -c --argjson known "$(echo "$invoices" | known)" \
	'if .window.entity == "Invoice" then .known_gone = $known else . end' \
	"$dir/tickets" >"$dir/known"
asked=$(requests)
fetch "$dir/known"
is 'known to be gone: status' "$status" 0
is 'known to be gone: no gone lines' "$(gone Invoice)" ''
is 'of the others they are' "$(gone Payment)" "$payments"
asked_ids() { grep -c 'kind=rows .*entity=Invoice' "$log"; }
is 'but one that is only marked is confirmed' "$(asked_ids) $(($(requests) - asked))" '2 3'
jq -c --arg one "$one" --arg old "$old" \
	'if .window.entity == "Invoice" then .known_gone = [$one, $old] else . end' \
	"$dir/tickets" >"$dir/known"
fetch "$dir/known"
is 'one is known: the others are gone' "$(gone Invoice)" "$(echo "$invoices" | grep -vx "$one")"
change Invoice return "id=$one" >/dev/null
sleep 1.1
end=$(ago '0 seconds')
tickets Invoice >"$dir/tickets"
jq -c --arg one "$one" 'if .window.entity == "Invoice" then .known_gone = [$one] else . end' \
	"$dir/tickets" >"$dir/known"
fetch "$dir/known"
is 'one that is back is a row' "$status $(rows Invoice)" "0 $one"

begin 'cdc always bare-tombstones'
since=$(ago '2 seconds')
payments=$(change Payment delete rows=2 | sort)
sleep 1.1
end=$(ago '0 seconds')
tickets Payment Invoice >"$dir/tickets"
fetch "$dir/tickets"
whole 'deleted ones without a time' calls
is 'deleted ones without a time are gone' "$(gone Payment)" "$payments"
is 'and when is not said' "$(since_when)" 'cdc false 29'

# --- a live row that the log has as deleted

since=$(ago '5 days') end=$(ago '30 seconds')
live=$(qb-window Invoice Customer --from="$since" --to="$end" | qb-fetch --no-rate-limit |
	jq -r 'select(.qb == "row") | .window.entity + " " + .row.id' |
	sed -n '/Invoice/{p;n;n;n;p;q}; 5p' | sort)
begin "$(echo "$live" | sed 's/\(.*\) \(.*\)/entity \1 cdc always mark-deleted \2/')
entity Customer cdc always bare-tombstones"
tickets Customer Invoice Payment >"$dir/tickets"
fetch "$dir/tickets"
whole 'rows that are there, marked as deleted' calls
is 'none of them is gone' "$(grep -c '"qb":"gone"' "$dir/out")" 0
as_queried 'rows that are there, marked as deleted' Customer Invoice Payment
is 'a query confirms that' "$(jq -r 'select(.qb == "row" and .page.no == 2) | .window.entity + " " + .row.id' \
	"$dir/out" | sort)" "$live"

# --- more than the log returns

since=$from
begin ''
tickets Customer Payment Invoice >"$dir/tickets"
fetch "$dir/tickets"
whole '1,600 objects of three entities' calls
is 'are asked for in halves' "$(requests cdc) $(requests rows)" '5 0'
is 'all by change' "$(by)" 'Customer change,Invoice change,Payment change'
as_queried '1,600 objects' Customer Payment Invoice
begin '' --rows=all=5,Invoice=1200
tickets Customer Invoice Payment >"$dir/tickets"
fetch "$dir/tickets"
whole '1,200 objects of one entity'
is 'these are read by LastUpdatedTime' "$(by)" 'Customer change,Invoice updated,Payment change'
is 'which is said once' "$(grep -c . "$dir/err")" 1
ok 'and why' said 'qb-fetch: Invoice: more was changed than QuickBooks'\'' log of changes returns; reading by LastUpdatedTime, which does not tell what was deleted'
as_queried '1,200 objects of one entity' Customer Invoice Payment
begin '' --rows=all=0,Invoice=1000
tickets Invoice >"$dir/tickets"
fetch "$dir/tickets"
is 'a thousand may not be all' "$(by)" 'Invoice updated'
begin '' --rows=all=0,Invoice=999
tickets Invoice >"$dir/tickets"
fetch "$dir/tickets"
is '999 are' "$(by) $(rows Invoice | wc -l)" 'Invoice change 999'

# --- what the log does not have

begin ''
since=$(ago '40 days')
tickets Customer Vendor >"$dir/tickets"
since=$(ago '5 days')
{ sed '$d' "$dir/tickets"; qb-window Payment --by=change --from="$since" --to="$end" | sed '$d'
  echo '{"qb":"end","windows":3,"rows":0}'; } >"$dir/old"
fetch "$dir/old"
whole 'older than 30 days'
is 'is read by LastUpdatedTime' "$(by)" 'Customer updated,Payment change,Vendor updated'
ok 'which is said' said "qb-fetch: Customer since $(sed 's/.*"start":"\([^"]*\).*/\1/; q' "$dir/old"): QuickBooks' log of changes goes back 30 days"
is 'the log is asked for the other' "$(requests cdc)" 1
begin ''
tickets TaxCode Customer TaxRate >"$dir/tickets"
fetch "$dir/tickets"
whole 'entities that the log leaves out'
is 'are read by LastUpdatedTime, without a word' "$(by) $(cat "$dir/err")" \
	'Customer change,TaxCode whole,TaxRate updated '
is 'and not asked for' "$(requests cdc) $(grep -c 'status=400' "$log")" '1 0'
as_queried 'entities that the log leaves out' TaxCode Customer TaxRate

# --- windows and their times

begin ''
since=$(ago '5 days') end=$(ago '3 days')
tickets Invoice >"$dir/tickets"
fetch "$dir/tickets"
whole 'what changed after the end is not in it' calls
as_queried 'what changed after the end is not in it' Invoice
begin ''
{ qb-window Invoice --by=change --from="$(ago '2 days')" --to="$(ago '1 day')" | sed '$d'
  qb-window Invoice --by=change --from="$(ago '5 days')" --to="$(ago '4 days')" | sed '$d'
  echo '{"qb":"end","windows":2,"rows":0}'; } >"$dir/gap"
fetch "$dir/gap"
whole 'two tickets of an entity, and a gap' calls
is 'by one call' "$(requests)" 1
cp "$dir/out" "$dir/gap.out"
sed 's/"by":"change"/"by":"updated"/' "$dir/gap" | qb-fetch --no-rate-limit |
	python3 "$lib/stream.py" --read | sort >"$dir/want"
python3 "$lib/stream.py" --read <"$dir/gap.out" | sort | cmp -s "$dir/want" -
is 'each row as queries find it' $? 0
then=$(ago '3 days')
gone_in_gap=$(change Invoice delete rows=1 "at=$then")
fetch "$dir/gap"
is 'what was deleted in the gap is in the first by time' \
	"$(gone Invoice) $(jq -r 'select(.qb == "gone").window.start' "$dir/out")" \
	"$gone_in_gap $(sed -n '2s/.*"start":"\([^"]*\).*/\1/p' "$dir/gap")"
after=$(change Invoice delete rows=1)
fetch "$dir/gap"
is 'what was deleted later is in none' "$status $(gone Invoice | grep -cx "$after")" '0 0'

# a window of which earlier readings found that nothing had changed in it
begin ''
since=$(ago '35 days') end=$(ago '30 seconds') empty=$(ago '5 days')
tickets Invoice Customer | jq -c --arg at "$empty" \
	'if .qb == "ticket" then .window.empty_until = $at else . end' >"$dir/empty"
fetch "$dir/empty"
whole 'known to be empty' calls
is 'the log is asked from there on' "$(seals '.window.by + " " + .fetch.log.since' | sort -u)" "change $empty"
is 'and the window begins where it did' "$(seals '.window.start + " " + .window.empty_until' | sort -u)" "$since $empty"
since=$empty
as_queried 'known to be empty' Invoice Customer
begin '' --rows=all=0,Invoice=5000
fetch "$dir/empty"
whole 'known to be empty, and too much'
start=$(sed -n '1s/.*"start":"\([^"]*\).*/\1/p' "$dir/empty")
is 'it is read as one by LastUpdatedTime' \
	"$(seals '.window | .by + " " + .start + " " + (.empty_until // "whole")' | sort)" \
	"change $start $empty
updated $start whole"

# --- several streams, and tickets of both kinds

begin ''
since=$(ago '5 days') end=$(ago '30 seconds')
{ tickets Invoice Bill | sed '$d'
  qb-window Customer --from="$since" --to="$end" --every=2d | sed '$d'
  tickets Payment | sed '$d'
  echo '{"qb":"end","windows":6,"rows":0}'; } >"$dir/mixed"
fetch "$dir/mixed"
whole 'by change and by updated' calls
is 'those by change are last' "$(seals .window.entity | paste -sd' ')" \
	'Customer Customer Customer Invoice Bill Payment'
as_queried 'by change and by updated' Invoice Bill Payment Customer
begin ''
{ cat "$dir/mixed"; tickets Vendor; qb-window Deposit --from="$since" --to="$end"
  tickets TaxCode Item; echo '{"qb":"end","windows":0,"rows":0}'; } >"$dir/streams"
fetch "$dir/streams"
is 'five streams: status' "$status" 0
is 'have their ends in order' "$(jq -r 'select(.qb != "row") | if .qb == "end" then "end \(.windows)"
	else .window.entity end' "$dir/out" | paste -sd' ')" \
	'Customer Customer Customer Invoice Bill Payment end 6 Vendor end 1 Deposit end 1 Item TaxCode end 2 end 0'
is 'each with its own rows' "$(jq -s '[.[] | select(.qb == "end").rows] | add' "$dir/out")" \
	"$(grep -c '"qb":"row"' "$dir/out")"
is 'a call to the log for each stream that has some' "$(requests cdc)" 3
sed '$d' "$dir/mixed" >"$dir/cut"
fetch "$dir/cut"
broken 'no end line' 75 6
ok 'which is said' said 'input ended before its end line'
{ sed '$d' "$dir/mixed"; echo '{"qb":"ticket"}'; } >"$dir/wrong"
fetch "$dir/wrong"
broken 'a line that is no ticket' 65 6
{ tickets Invoice | sed '$d'
  tickets Vendor | sed '$d; s/"start":"20[0-9]*-/"start":"2099-/; s/"end":"20[0-9]*-/"end":"2100-/'
  echo '{"qb":"end","windows":2,"rows":0}'; } >"$dir/future"
begin ''
fetch "$dir/future"
broken 'one that lies in the future' 65 1
is 'the window before it' "$(by)" 'Invoice change'
tickets Invoice | jq -c 'if .qb == "ticket" then .known_gone = [1] else . end' >"$dir/wrong"
fetch "$dir/wrong"
broken 'known_gone that is none' 65 0
fetch "$dir/mixed" --plan
is '--plan: status' "$status" 64
ok '--plan has no counts of the log' said 'qb-fetch: --plan counts rows, and the log of changes has no counts'
ok 'and what to do' said 'next: create the tickets by another time (qb-window --by)'
done_testing
