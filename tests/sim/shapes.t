#!/bin/sh
# qb-sim: what has another shape than the rows of most entities, and what a
# company does not have.
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
count() { ask "select count(*) from $1"; got .QueryResponse.totalCount; }
rows() { got ".QueryResponse.$1 | length"; }
detail() { got '.Fault.Error[0] | .code + " " + .Detail'; }

# RecurringTransaction: each row is wrapped in an object of its type
rows=all=20,RecurringTransaction=30
print --rows=$rows --print=RecurringTransaction >"$dir/printed"
print --rows=$rows --print=recurring_transactions | cmp -s - "$dir/printed"
is "the same seed gives the same bytes" "$?" 0
is "a row is one object in another" "$(jq -r 'keys | length' "$dir/printed" | sort -u)" 1
is "all twelve types are there" "$(jq -r 'keys[]' "$dir/printed" | sort -u | wc -l)" 12
is "each has its Id, times and schedule inside" "$(jq '.[] | [.Id, .SyncToken,
	.MetaData.CreateTime, .MetaData.LastUpdatedTime, .RecurringInfo.Name,
	.RecurringInfo.ScheduleInfo.NextDate] | all' "$dir/printed" | sort -u)" true
is "none has a number or date of its own" \
	"$(jq -c '.[] | select(.DocNumber or .TxnDate)' "$dir/printed" | wc -l)" 0
is "no Id comes twice" "$(jq -r '.[].Id' "$dir/printed" | sort -u | wc -l)" 30
begin --rows=$rows
is "COUNT counts them" "$(count RecurringTransaction)" 30
: >"$dir/read"
for start in 1 13 25 37; do
	ask "select * from RecurringTransaction orderby $updated startposition $start maxresults 12"
	got '.QueryResponse.RecurringTransaction[]? | tojson' >>"$dir/read"
done
is "past the end the response is empty" "$(got '.QueryResponse | tojson')" '{}'
jq -r tojson "$dir/printed" | cmp -s - "$dir/read"
is "pages of mixed types are the printed rows" "$?" 0
ask "select * from RecurringTransaction where $updated >= '2024-06-01T00:00:00-07:00' maxresults 1000"
is "their times can be asked for" "$(rows RecurringTransaction)" "$(jq -c '.[] |
	select(.MetaData.LastUpdatedTime >= "2024-06-01")' "$dir/printed" | wc -l)"
id=$(head -1 "$dir/printed" | jq -r '.[].Id')
api "recurringtransaction/$id"
is "one by its Id" "$(got '.RecurringTransaction[].Id')" "$id"
token_before=$(got '.RecurringTransaction[].SyncToken')
is "one can be edited" "$(change RecurringTransaction edit "id=$id")" "$id"
ask "select * from RecurringTransaction orderby $updated desc maxresults 1"
is "it is the last one then" "$(got '.QueryResponse.RecurringTransaction[0][] |
	.Id + " " + .SyncToken')" "$id $((token_before + 1))"
is "one can be deleted" "$(change RecurringTransaction delete "id=$id")" "$id"
is "and is counted no more" "$(count RecurringTransaction)" 29
is "and come back" "$(change RecurringTransaction return "id=$id")" "$id"
is "which counts" "$(count RecurringTransaction)" 30
ask "select * from RecurringTransaction where TxnDate > '2024-01-01'"
is "they have no TxnDate to ask for" "$(detail)" "4001 QueryValidationError: Property TxnDate not found for Entity RecurringTransaction"
cdc RecurringTransaction "$(date -u -d '1 day ago' +%FT%TZ)"
is "the log of changes leaves them out" "$(detail)" \
	"500 Operation cdc for entity RecurringTransaction is not supported."
# CompanyInfo and Preferences: one object
begin --rows=all=7 --company="L'Été & Söhne"
for entity in CompanyInfo Preferences; do
	print --rows=all=7 --company="L'Été & Söhne" --print=$entity >"$dir/printed"
	is "$entity: there is one, however many rows the others have" \
		"$(wc -l <"$dir/printed")" 1
	is "$entity: COUNT" "$(count $entity)" 1
	ask "select * from $entity"
	is "$entity: an array of one" "$(got ".QueryResponse.$entity | length, .[0].Id")" "1
1"
	sed "s/.*\"$entity\":\[//; s/\],\"startPosition.*//" "$dir/body" >"$dir/read"
	tr -d '\n' <"$dir/printed" | cmp -s - "$dir/read"
	is "$entity: as it is printed, byte for byte" "$?" 0
	was=$(got ".QueryResponse.${entity}[0] | tojson")
	ask "select * from $entity startposition 2"
	is "$entity: no second page" "$(got '.QueryResponse | tojson')" '{}'
	path=$(echo $entity | tr '[:upper:]' '[:lower:]')
	[ $entity = Preferences ] || path=$path/$QBO_REALM_ID
	api "$path"
	is "$entity: read at its path, the same" "$(got ".$entity | tojson")" "$was"
	is "$entity: edited" "$(change $entity edit id=1)" 1
	api "$path"
	is "$entity: the next SyncToken" "$(got ".$entity.SyncToken")" \
		"$(echo "$was" | jq -r '.SyncToken | tonumber + 1')"
	ok "$entity: and a later time" test "$(got ".$entity.MetaData.LastUpdatedTime")" \
		\> 2025-01-01
	is "$entity: it cannot be deleted" "$(change $entity delete id=1)" ""
done
api companyinfo/1
is "the name of the company" "$(got .CompanyInfo.CompanyName)" "L'Été & Söhne"
is "its plan is a pair of words" "$(got '.CompanyInfo.NameValue[] |
	select(.Name == "OfferingSku").Value')" "QuickBooks Online Plus"
api preferences
is "many currencies" "$(got .Preferences.CurrencyPrefs.MultiCurrencyEnabled)" true
begin --rows=all=0,CompanyInfo=0
is "a company without any" "$(count CompanyInfo) $(count Preferences)" "0 1"
api preferences
is "one currency, as it has no other" "$(got .Preferences.CurrencyPrefs.MultiCurrencyEnabled)" false
# TaxCode: TAX and NON are no rows like the others
tax() { got '[.QueryResponse.TaxCode[]?.Id] | join(" ")'; }
begin --rows=all=0,TaxCode=9
is "TAX and NON are there when they are asked for" "$(count TaxCode)" \
	"$(print --rows=TaxCode=9 --print=TaxCode | jq -c 'select(.Active)' | wc -l)"
begin --rows=all=0,TaxCode=40 --pseudo-codes=fixed
active=$(print --rows=TaxCode=40 --print=TaxCode | jq -c 'select(.Active)' | wc -l)
ok "some codes are inactive" test "$active" -lt 40
ask "select * from TaxCode"
is "without a filter active codes come, and these two before them" \
	"$(rows TaxCode) $(got '[.QueryResponse.TaxCode[:2][].Id] | join(" ")')" \
	"$((active + 2)) TAX NON"
is "they lack Active, SyncToken and domain" "$(got '.QueryResponse.TaxCode[0] | keys_unsorted | join(" ")')" \
	"Name Description Taxable TaxGroup Id MetaData"
is "and have one time, older than the others" "$(got '[.QueryResponse.TaxCode[:2][].MetaData[]] |
	unique | join(" ")')" 2014-10-15T11:28:33-07:00
is "COUNT counts them" "$(count TaxCode)" $((active + 2))
is "a filter on Active leaves them out" "$(count "TaxCode where Active in (true,false)") $(
	count "TaxCode where Active = true")" "40 $active"
is "so does a time" "$(count "TaxCode where $updated >= '2020-01-01T00:00:00Z'")" "$active"
is "their own does not" "$(count "TaxCode where $updated < '2015-01-01T00:00:00Z'")" 2
ask "select * from TaxCode where Id in ('NON','7','x')"
is "they are found by their Ids" "$(tax)" "NON 7"
ask "select * from TaxCode where Name = 'TAX'"
is "and names" "$(tax)" TAX
api taxcode/NON
is "and read" "$(got '.TaxCode | .Id, .Taxable')" "NON
false"
: >"$dir/read"
for start in 1 2 3 4 5 41 60; do
	ask "select * from TaxCode orderby Id startposition $start maxresults 1"
	tax >>"$dir/read"
done
is "they are paged with the others" "$(head -4 "$dir/read" | tr '\n' ' ')" "TAX NON 1 2 "
ask "select * from TaxCode startposition 2 maxresults 1000"
is "a page can begin with the second" "$(rows TaxCode) $(tax | cut -d' ' -f1)" "$((active + 1)) NON"
is "they cannot be changed" "$(change TaxCode edit id=TAX)" ""
begin --rows=all=0,TaxCode=3 --pseudo-codes=now --pseudo-unfiltered
ask "select * from TaxCode where Active in (true,false) and $updated < '2030-01-01T00:00:00Z' and $updated >= '2029-01-01T00:00:00Z'"
is "or no filter leaves them out" "$(tax)" "TAX NON"
ok "and their time is that of the answer" test "$(got '.QueryResponse.TaxCode[0].MetaData.LastUpdatedTime[:19]')" \
	= "$(got '.time[:19]')" -o "$(got '.QueryResponse.TaxCode[1].MetaData.LastUpdatedTime[:16]')" = "$(got '.time[:16]')"
begin --rows=all=0 --pseudo-codes=fixed
ask "select * from TaxCode"
is "they are there where no other code is" "$(tax)" "TAX NON"
# ExchangeRate: rates of each day and currency, without an Id
rows=all=0,CompanyCurrency=3
rates() { got "[.QueryResponse.ExchangeRate[]? | .SourceCurrencyCode + .AsOfDate[5:]] | join(\" \")"; }
print --rows=$rows --print=ExchangeRate >"$dir/printed"
is "there is one for each day and currency" "$(wc -l <"$dir/printed")" $((3 * 367))
is "of the company's currencies, those of CompanyCurrency" \
	"$(jq -r .SourceCurrencyCode "$dir/printed" | sort -u)" \
	"$(print --rows=$rows --print=CompanyCurrency | jq -r .Code | sort)"
is "no currency and day come twice" "$(jq -r '.SourceCurrencyCode + .AsOfDate' "$dir/printed" |
	sort -u | wc -l)" $((3 * 367))
is "they have no Id and no CreateTime" "$(jq -c '[keys_unsorted, (.MetaData | keys)] | flatten' \
	"$dir/printed" | sort -u)" '["SyncToken","domain","AsOfDate","SourceCurrencyCode","Rate","TargetCurrencyCode","MetaData","LastUpdatedTime"]'
is "their times rise" "$(jq -r .MetaData.LastUpdatedTime "$dir/printed" | cut -c 1-10 | sort -c && echo yes)" yes
begin --rows=$rows
is "COUNT counts them" "$(count ExchangeRate)" $((3 * 367))
ask "select * from ExchangeRate where SourceCurrencyCode in ('EUR','MXN') and AsOfDate = '2024-01-31'"
is "rates of one day" "$(rates | tr ' ' '\n' | sort | tr '\n' ' ')" "EUR01-31 MXN01-31 "
rate=$(got '.QueryResponse.ExchangeRate[] | select(.SourceCurrencyCode == "EUR") | tojson')
is "as they are printed" "$rate" "$(jq -c 'select(.AsOfDate == "2024-01-31" and
	.SourceCurrencyCode == "EUR")' "$dir/printed")"
ask "select * from exchangerate where sourcecurrencycode = 'EUR' and asofdate >= '2024-02-28' and asofdate < '2024-03-02' orderby AsOfDate"
is "of some days, in order" "$(rates)" "EUR02-28 EUR02-29 EUR03-01"
is "counted" "$(count "ExchangeRate where AsOfDate >= '2024-02-28' and AsOfDate < '2024-03-02'")" 9
is "of no day" "$(count "ExchangeRate where AsOfDate = '2023-01-01'") $(
	count "ExchangeRate where SourceCurrencyCode = 'USD'")" "0 0"
: >"$dir/read"
for start in 1 401 801 1201; do
	ask "select * from ExchangeRate orderby $updated startposition $start maxresults 400"
	got '.QueryResponse.ExchangeRate[]? | tojson' >>"$dir/read"
done
is "pages are the printed rates" "$(cmp "$dir/read" "$dir/printed" && echo same)" same
api "exchangerate?sourcecurrencycode=EUR&asofdate=2024-01-31"
is "one at its path" "$(got '.ExchangeRate | tojson')" "$rate"
api "exchangerate?sourcecurrencycode=USD&asofdate=2024-01-31"
is "the home currency has none" "$(got '.Fault.Error[0].code')" 610
is "one can be edited" "$(change ExchangeRate edit id=EUR/2024-01-31)" EUR/2024-01-31
ask "select * from ExchangeRate where SourceCurrencyCode = 'EUR' and AsOfDate = '2024-01-31'"
is "to another rate" "$(got '.QueryResponse.ExchangeRate[0] | .SyncToken + " " + (.Rate - '"$(
	echo "$rate" | jq .Rate)"' | . > 0 and . < 0.0001 | tostring)')" "1 true"
is "none can be deleted" "$(change ExchangeRate delete id=EUR/2024-01-31)" ""
ask "select * from ExchangeRate where Id = '1'"
is "there is no Id to ask for" "$(detail)" \
	"4001 QueryValidationError: Property Id not found for Entity ExchangeRate"
begin --rows=all=4 --one-currency=empty
is "a company with one currency has neither" "$(count CompanyCurrency) $(count ExchangeRate)" "0 0"
begin --rows=all=4 --one-currency=refused
ask "select * from ExchangeRate"
is "or is refused its rates" "$status $(detail)" \
	"400 6000 Business Validation Error: Multi Currency should be enabled to perform this operation"
is "and has no currencies" "$(count CompanyCurrency)" 0
# What a company does not have
day_ago=$(date -u -d '1 day ago' +%FT%TZ)
rights="5020 Permission Denied Error : You do not have the access rights to use this feature."
begin --rows=all=3 --without=journal_codes,Budget
ask "select * from Budget where Active in (true,false)"
is "an entity that the plan lacks is refused" "$status $(detail)" "400 $rights"
ask "select count(*) from JournalCode"
is "each that is named, to a COUNT too" "$(detail)" "$rights"
api budget/5
is "and to a read" "$(detail)" "$rights"
is "the others are there" "$(count Term)" 3
cdc Customer,Budget,Invoice "$day_ago"
is "the log of changes is refused with it" "$(detail)" "$rights"
begin --rows=all=3 --without=Budget --without-code=4001,cdc-omits
ask "select * from Budget"
is "or it is unknown" "$(detail)" "4001 QueryValidationError: Metadata not found for Entity: Budget"
cdc Customer,Budget,Invoice "$day_ago"
is "or the log of changes leaves it out" "$status $(got '.CDCResponse[0].QueryResponse | length')" "200 2"
cdc Budget "$day_ago"
is "even alone" "$status $(got '.CDCResponse[0].QueryResponse | tojson')" "200 []"
"$QB_SIM" --without=Nothing --print=Item >/dev/null 2>&1
is "a name that is none: status" "$?" 64
for wrong in --without-code=4002 --custom-fields=x --custom-fields=1,cdc --pseudo-codes=yes --one-currency=no; do
	"$QB_SIM" $wrong --print=Item >/dev/null 2>&1
	is "$wrong: status" "$?" 64
done

# Entities that few companies have yet
begin --rows=all=3
for entity in ChangeOrder InventoryAdjustment; do
	ask "select * from $entity"
	is "$entity is unknown" "$(detail)" "4001 QueryValidationError: Metadata not found for Entity: $entity"
done
begin --rows=all=3 --unlisted=ChangeOrder,InventoryAdjustment
for entity in ChangeOrder InventoryAdjustment; do
	ask "select * from $entity where $updated >= '2024-01-01T00:00:00Z' and TxnDate < '2026-01-01' orderby $updated"
	is "$entity has rows where it is asked for" "$(rows $entity)" 3
	is "$entity: of the common shape" "$(got ".QueryResponse.${entity}[] | [.Id, .SyncToken,
		.MetaData.CreateTime, .MetaData.LastUpdatedTime, .TxnDate] | all" | sort -u)" true
	cdc $entity "$day_ago"
	is "$entity: known to the log of changes" "$status" 200
done
# Custom fields beyond three come only when they are asked for
fields() { got "[$1.CustomField[]?] | length"; }
all=include=enhancedAllCustomFields
begin --rows=all=3 --custom-fields=9
ask "select * from Invoice maxresults 1"
is "an invoice has one without being asked" "$(fields '.QueryResponse.Invoice[0]')" 1
sed 's/.*"Invoice":\[//; s/\],"startPosition.*//' "$dir/body" >"$dir/few"
ask "select * from Invoice maxresults 1" -d $all
is "and all with the include" "$(fields '.QueryResponse.Invoice[0]')" 10
sed 's/.*"Invoice":\[//; s/\],"startPosition.*//; s/,{"DefinitionId":"5[^}]*}//g' "$dir/body" >"$dir/all"
ok "all else is the same" cmp -s "$dir/few" "$dir/all"
is "texts and numbers" "$(got '[.QueryResponse.Invoice[0].CustomField[] | .Type + "=" +
	(.StringValue // .NumberValue | type)] | unique | join(" ")')" \
	"NumberType=number StringType=null StringType=string"
id=$(got '.QueryResponse.Invoice[0].Id')
api "invoice/$id?$all"
is "read by its Id, too" "$(fields .Invoice)" 10
api "query?$all" -H 'Content-Type: application/text' --data-binary "select * from Customer"
is "customers have them, where the statement is posted, too" "$(fields '.QueryResponse.Customer[0]')" 9
for entity in Vendor Bill Purchase PurchaseOrder Estimate SalesReceipt CreditMemo RefundReceipt; do
	ask "select * from $entity maxresults 1" -d include=invoiceLink,enhancedAllCustomFields
	ok "so has $entity" test "$(fields ".QueryResponse.${entity}[0]")" -ge 9
done
ask "select * from Payment maxresults 1" -d $all
is "but not Payment" "$(fields '.QueryResponse.Payment[0]')" 0
year_ago=$(date -u -d '29 days ago' +%FT%TZ)
change Invoice edit "id=$id" >/dev/null
cdc Invoice "$year_ago" -d $all
is "the log of changes ignores the include" "$(fields '.CDCResponse[0].QueryResponse[0].Invoice[0]')" 1
is "the log names it" "$(tail -n 1 "$dir/sim.log" | grep -o ' include=[^ ]*')" \
	" include=enhancedAllCustomFields"
begin --rows=all=3 --custom-fields=9,refused,cdc-taken
ask "select * from Invoice" -d $all
is "a company may refuse it" "$status $(detail)" \
	"400 2010 Property Name:enhancedAllCustomFields specified is unsupported or invalid"
api "invoice/$id?$all"
is "for a read, too" "$status" 400
ask "select * from Invoice" -d include=invoiceLink
is "but not another one" "$status" 200
change Invoice edit "id=$id" >/dev/null
cdc Invoice "$year_ago" -d $all
is "and the log of changes take it" "$(fields '.CDCResponse[0].QueryResponse[0].Invoice[0]')" 10
begin --rows=all=3 --custom-fields=9,ignored,cdc-refused
ask "select * from Invoice" -d $all
is "or ignore it" "$(fields '.QueryResponse.Invoice[0]')" 1
cdc Invoice "$year_ago" -d $all
is "and the log of changes refuse it" "$(got '.Fault.Error[0].code')" 2010
begin --rows=all=3
ask "select * from Invoice" -d $all
is "a company has no more of them by default" "$(fields '.QueryResponse.Invoice[0]')" 1
done_testing
