#!/bin/sh
# qb-sim: Change Data Capture, and changes that a test makes.
set -u
here=${0%/*}
# shellcheck source=tests/lib/tap.sh
. "$here/../lib/tap.sh"
dir=$(mktemp -d)
trap 'sim_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "$here/../lib/sim.sh"
# shellcheck source=tests/sim/ask.sh
. "$here/ask.sh"
updated=MetaData.LastUpdatedTime
ago() { date -u -d "$1 ago" +%Y-%m-%dT%H:%M:%SZ; }
from=$(ago '20 days') to=$(ago '1 minute') since=$(ago '5 days')
rows=all=5,Customer=300,Invoice=900,Payment=400
world="--from=$from --to=$to --rows=$rows"
company() {	# company RULES OPTION...
	printf '%s\n' "$1" >"$dir/script"
	shift
	# shellcheck disable=SC2086 # three words
	sim_start $world --script="$dir/script" "$@" ||
		{ echo "Bail out! no simulator"; exit 1; }
	login "$QBO_REFRESH_TOKEN"
}
in_block() {	# in_block ENTITY FILTER: of its objects in the answer
	got "[.CDCResponse[0].QueryResponse[] | select(has(\"$1\")).$1[]] | $2"
}
logged() { tail -n 1 "$dir/sim.log" | grep -o "$1=[^ ]*"; }
at='.MetaData.LastUpdatedTime | (.[0:19] + "Z" | fromdate) - (.[19:22] | tonumber) * 3600'

# Rows that are there
company ''
for entity in Customer Invoice; do
	both=
	[ $entity = Invoice ] || both='and Active in (true,false)'
	ask "select * from $entity where $updated >= '$since' $both orderby $updated maxresults 1000"
	jq -c ".QueryResponse.$entity" "$dir/body" >"$dir/$entity"
	sed 's/.*"'$entity'":\[//; s/\],"startPosition.*//' "$dir/body" >"$dir/bytes"
	cdc $entity "$since"
	is "$entity: status" "$status" 200
	is "$entity: what changed is what a query finds, in its order" \
		"$(in_block $entity tojson)" "$(cat "$dir/$entity")"
	sed 's/.*"'$entity'":\[//; s/\],"startPosition.*//' "$dir/body" |
		cmp -s - "$dir/bytes"
	is "$entity: byte for byte" "$?" 0
done
is "the envelope" "$(got '(keys_unsorted | join(",")) + " " + (.CDCResponse
	| length | tostring) + " " + (.CDCResponse[0] | keys | join(","))')" \
	"CDCResponse,time 1 QueryResponse"
is "a block has its start and number" "$(got '.CDCResponse[0].QueryResponse[0]
	| keys_unsorted | join(",")')" Invoice,startPosition,maxResults
is "maxResults is what came" \
	"$(got '.CDCResponse[0].QueryResponse[0].maxResults')" "$(jq length "$dir/Invoice")"
cdc Customer "$since"
ok "inactive ones come" test "$(in_block Customer \
	'map(select(.Active | not)) | length')" -gt 0
cdc Invoice "$(got .time)"
is "nothing changed: an element with nothing" \
	"$(got '.CDCResponse[0].QueryResponse | tojson')" '[{}]'
for list in Customer,Invoice,Payment Payment,Invoice,Customer \
	Invoice,Customer,Payment customer,INVOICE,Payment,customer; do
	cdc $list "$since"
	blocks=$(got '[.CDCResponse[0].QueryResponse[] | keys_unsorted[0]] | join(",")')
	ok "$list: not in that order: $blocks" test "$blocks" != "$list"
	is "$list: each once" "$(echo "$blocks" | tr , '\n' | sort | paste -sd,)" \
		Customer,Invoice,Payment
done
cdc Customer,Payment "$since"
first=$(got '[.CDCResponse[0].QueryResponse[] | keys_unsorted[0]] | join(",")')
cdc Customer,Payment "$since"
is "the same each time" \
	"$(got '[.CDCResponse[0].QueryResponse[] | keys_unsorted[0]] | join(",")')" "$first"
cdc CreditCardPayment "$(ago '29 days')"
is "a block's key is the entity's in queries" \
	"$(got '.CDCResponse[0].QueryResponse[0].CreditCardPaymentTxn | length')" 5
accept='*/*'
cdc Invoice "$since"
accept=
ok "XML comes to whom does not ask for JSON" grep -q '<CDCResponse><QueryResponse ' "$dir/body"

# Deleted, edited and inactive ones
company ''
before=$(date -u +%Y-%m-%dT%H:%M:%SZ)
gone=$(change Invoice delete rows=2 | sort -n | tr '\n' ' ')
is "two rows are deleted" "$(echo "$gone" | wc -w)" 2
edited=$(change Invoice edit rows=1)
cdc Invoice "$before"
is "an edited row, then those that are deleted" \
	"$(in_block Invoice 'map(.Id) | join(" ")') " "$edited $gone"
is "a tombstone's bytes" "$(grep -o '{"domain":"QBO","status":"Deleted"[^}]*}}' "$dir/body" |
	head -n 1 | sed 's/T[0-9:]*-0[78]:00/T/; s/:"[0-9]*-[0-9]*-[0-9]*T/:"T/')" \
	"{\"domain\":\"QBO\",\"status\":\"Deleted\",\"Id\":\"${gone%% *}\",\"MetaData\":{\"LastUpdatedTime\":\"T\"}}"
ok "its time is that of the deletion" test "$(in_block Invoice ".[1] | $at")" \
	-ge "$(date -d "$before" +%s)"
ok "an edit has its time" test "$(in_block Invoice ".[0] | $at")" \
	-ge "$(date -d "$before" +%s)"
quoted() { tr ' \n' '\n' | grep . | sed "s/.*/'&'/" | paste -sd,; }
ids=$(echo "$gone $edited" | quoted)
ask "select * from Invoice where Id in ($ids)"
is "queries by Id do not find deleted ones" \
	"$(got '.QueryResponse.Invoice | map(.Id) | join(" ")')" "$edited"
ask "select count(*) from Invoice where Id in ($ids)"
is "nor do counts" "$(got .QueryResponse.totalCount)" 1
api "invoice/${gone%% *}"
is "nor does a read" "$(got '.Fault.Error[0].code')" 610
is "a row that is deleted can be brought back" \
	"$(change Invoice return "id=${gone%% *}")" "${gone%% *}"
cdc Invoice "$before"
is "and is no tombstone then" "$(in_block Invoice \
	'[.[] | select(.status == "Deleted").Id] | join(" ")')" "$(echo "${gone#* }" | tr -d ' ')"
old=$(change Invoice delete rows=1 "at=$(ago '3 days')")
cdc Invoice "$before"
is "a deletion can lie in the past" "$(in_block Invoice "[.[].Id] | index(\"$old\")")" null
cdc Invoice "$since"
is "where it is found" "$(in_block Invoice '[.[] | select(.status == "Deleted").Id]
	| first')" "$old"
off=$(change Customer inactivate rows=1)
cdc Customer "$before"
is "a customer made inactive" "$(in_block Customer '.[0]
	| "\(.Id) \(.Active) \(.DisplayName | endswith(" (deleted)"))"')" "$off false true"
ask "select * from Customer where Id = '$off'"
is "is in no query for active ones" "$(got '.QueryResponse | tojson')" '{}'
ask "select * from Customer where Active in (true,false) and Id = '$off'"
is "but in one for both" "$(got '.QueryResponse.Customer[0].Active')" false
is "it is made active again" "$(change Customer activate "id=$off")" "$off"
ask "select * from Customer where Id = '$off'"
is "and found" "$(got '.QueryResponse.Customer[0] | "\(.Active) \(.DisplayName
	| endswith("(deleted)"))"')" "true false"
for wrong in "Nobody edit rows=1" "Invoice explode rows=1" "Invoice edit id=77777777" \
	"Invoice inactivate rows=1" "Invoice return id=$edited" "Invoice edit x=1" \
	"Invoice edit id=$edited at=2020-01-01" "Invoice delete rows=100000"; do
	# shellcheck disable=SC2086
	change $wrong >/dev/null
	is "refused: $wrong" "$(jq -r 'has("error")' "$dir/changed") $(logged status)" "true status=400"
done

# Many Ids
# shellcheck disable=SC2086
"$QB_SIM" $world --print=Customer | jq -r .Id >"$dir/ids"
ids=$(quoted <"$dir/ids")
ask "select * from Customer where Id in ($ids,$ids,'99999999') and Active in (true,false) orderby $updated maxresults 1000"
is "three hundred customers by their Ids, each once" \
	"$(got '.QueryResponse.Customer | length')" 300
is "in the order that was asked for" \
	"$(got "[.QueryResponse.Customer[] | $at] | . == sort")" true
active=$(got '[.QueryResponse.Customer[] | select(.Active)] | length')
ask "select count(*) from Customer where Id in ($ids)"
is "without Active those that are active" "$(got .QueryResponse.totalCount)" "$active"
ask "select * from Customer where Id in ($ids) startposition 11 maxresults 5"
is "by name, and in pages" "$(got '.QueryResponse | "\(.startPosition) \(.maxResults)"')" "11 5"
seq 1000 | quoted >"$dir/list"
ask "select count(*) from Customer where Id in ($(cat "$dir/list")) and Active in (true,false)"
is "a thousand Ids" "$status $(got .QueryResponse.totalCount)" "200 300"

# Refusals, each a call that is logged
refused() {	# refused WHAT ENTITIES SINCE DETAIL
	cdc "$2" "$3"
	is "$1" "$status $(got '.Fault | .Error[0].Detail + " " + .type')" "400 $4 ValidationFault"
	is "$1: logged" "$(logged kind) $(logged status) $(logged answer)" \
		"kind=cdc status=400 answer=broken"
}
then=$(ago '721 hours')
refused "more than thirty days" Invoice "$then" \
	"Operation cdc with changedSince date $then which is older than fixed days is not supported."
is "its code" "$(got '.Fault.Error[0].code')" 500
cdc Invoice "$(ago '719 hours')"
is "just thirty days" "$status" 200
for entity in JournalCode TaxAgency TaxCode TaxRate; do
	refused "$entity" Invoice,$entity "$since" \
		"Operation cdc for entity $entity is not supported."
done
refused "an entity that is none" Invoice,Custmoer "$since" \
	"QueryValidationError: Metadata not found for Entity: Custmoer"
refused "no entity" "" "$since" "Operation cdc without entities is not supported."
refused "no time" Invoice "soon" "Operation cdc with changedSince date soon is not supported."
api "cdc?entities=Invoice&changedSince=2026-01-01T00:00:00+00:00"
is "a + that is not encoded is a space" "$(got '.Fault.Error[0].Detail')" \
	"Operation cdc with changedSince date 2026-01-01T00:00:00 00:00 is not supported."
cdc TimeActivity "$(ago '29 days')"
is "TimeActivity was added" "$status" 200
company '' --cdc-all --cdc-without=TimeActivity,Deposit
cdc TaxCode,TaxRate "$(ago '29 days')"
is "they come where a test wants them" "$(got '[.CDCResponse[0].QueryResponse[]
	| .maxResults] | add')" 10
for entity in TimeActivity Deposit; do
	refused "and $entity does not" Invoice,$entity "$since" \
		"Operation cdc for entity $entity is not supported."
done

# At most so many objects
company '' --cdc-limit=50
before=$(date -u +%Y-%m-%dT%H:%M:%SZ)
objects='[.CDCResponse[0].QueryResponse[] | .[] | arrays | length]'
cdc Customer,Invoice,Payment "$since"
is "all entities share the limit" "$(got "$objects | add")" 50
is "blocks are filled in turn, and the last are empty" "$(got "$objects | tojson")" '[50]'
is "each has its element" "$(got '.CDCResponse[0].QueryResponse | length')" 3
is "the log tells objects and limit" "$(logged rows) $(logged most)" "rows=50 most=50"
change Invoice delete rows=30 >"$dir/gone"
change Invoice edit rows=40 >"$dir/edited"
cdc Invoice "$before"
is "live ones come first, and some that are deleted do not come" \
	"$(in_block Invoice 'group_by(.status) | map(length) | tojson')" "[40,10]"
change Payment delete rows=30 >"$dir/gone"
change Customer delete rows=30 >"$dir/gone"
cdc Customer,Payment "$before"
is "deleted ones of all entities share it, too" "$(got "$objects | tojson")" '[30,20]'
company ''
cdc Customer,Invoice,Payment "$(ago '29 days')"
is "a thousand when nothing else is said" "$(got "$objects | add")" 1000

# By script
# shellcheck disable=SC2086
live=$("$QB_SIM" $world --print=Invoice | sed -n '5p' | jq -r .Id)
company "entity Invoice cdc always mark-deleted $live
entity Invoice cdc times 2 bare-tombstones"
cdc Invoice,Customer "$since"
is "a row that is there is told to be deleted, without a time" \
	"$(in_block Invoice '.[-1] | tojson')" \
	"{\"domain\":\"QBO\",\"status\":\"Deleted\",\"Id\":\"$live\"}"
is "once" "$(got "[.. | objects | select(.status? == \"Deleted\")] | length")" 1
cdc Customer "$since"
is "not where its entity is not asked for" \
	"$(got "[.. | objects | select(.status? == \"Deleted\")] | length")" 0
ask "select * from Invoice where Id in ('$live','999999999')"
is "queries have it" "$(got '.QueryResponse.Invoice[0].Id')" "$live"
cdc Invoice "$since"
cdc Invoice "$since"
ok "with a time that is no earlier than changedSince" \
	test "$(in_block Invoice ".[-1] | $at")" -ge "$(date -d "$since" +%s)"
company 'cdc times 1 status 403
cdc times 2 status 400 code 5020
entity Payment cdc always status 500
any always status 503
page 1 delete 3'
ask "select * from Invoice"
is "a rule for changes is not for queries" "$status" 503
for want in 400 400; do
	cdc Invoice "$since"
	is "refused by script" "$status" $want
done
cdc Invoice "$since"
is "and then no more; a rule for queries is not for changes" "$status" 200
cdc Invoice,Payment "$since"
is "nor one for another entity" "$status" 500
company 'request 1 edit 2 and delete 1
request 2 fault-in-200 code 6190
request 3 cut-json'
before=$(date -u +%Y-%m-%dT%H:%M:%SZ)
ask "select * from Invoice orderby $updated maxresults 10"
for want in 6190 cut; do
	cdc Invoice "$before"
	is "damaged by script: $want" "$(got '.Fault.Error[0].code' 2>/dev/null || echo cut)" $want
done
cdc Invoice "$before"
is "what a rule edits and deletes is a change" \
	"$(in_block Invoice 'map(.status // "there") | tojson')" '["there","there","Deleted"]'
is "each request is one call, numbered as the queries" \
	"$(grep -c 'kind=cdc ' "$dir/sim.log") $(logged no)" "$(grep -c 'kind=cdc ' "$dir/sim.log") no=4"
is "its line" "$(tail -n 1 "$dir/sim.log" | sed 's/^ms=[0-9]* //; s/port=[0-9]*/port=N/')" \
	"no=4 method=GET kind=cdc status=200 entity=Invoice start=0 rows=3 tries=3 most=1000 from=$before to=- include=- answer=whole port=N fault=-"
ok "and of a change" not grep -q 'kind=control.* no=[1-9]' "$dir/sim.log"

# Late
company '' --late=3s
before=$(date -u +%Y-%m-%dT%H:%M:%SZ)
change Invoice delete rows=1 >"$dir/gone"
change Invoice edit rows=1 >"$dir/edited"
cdc Invoice "$before"
is "changes are not told at once" "$(got '.CDCResponse[0].QueryResponse | tojson')" '[{}]'
ask "select count(*) from Invoice"
is "as queries have the row still" "$(got .QueryResponse.totalCount)" 900
sleep 4
cdc Invoice "$before"
is "then they are" "$(in_block Invoice 'map(.Id) | join(" ")')" \
	"$(cat "$dir/edited") $(cat "$dir/gone")"
done_testing
