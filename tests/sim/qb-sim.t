#!/bin/sh
# qb-sim: the company it makes, and what it answers to queries.
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

# The company
rows=all=40,Customer=700,Invoice=9000
print --rows=$rows --print=Invoice >"$dir/invoices"
print --rows=$rows --print=customers >"$dir/customers"
is "there are as many rows as asked for" "$(wc -l <"$dir/invoices")" 9000
is "no Id comes twice" "$(jq -r .Id "$dir/invoices" | sort -u | wc -l)" 9000
print --rows=$rows --print=Invoice 2>/dev/null | cmp -s - "$dir/invoices"
is "the same seed gives the same bytes" "$?" 0
print --rows=$rows --seed=2 --print=Invoice 2>/dev/null | cmp -s - "$dir/invoices"
is "another seed gives others" "$?" 1
cat >"$dir/times.py" <<'P'
import collections, datetime, json, sys, zoneinfo
zone = zoneinfo.ZoneInfo("America/Los_Angeles")
last, seconds, offsets = None, collections.Counter(), set()
for line in sys.stdin:
    row = json.loads(line)
    made, at = (datetime.datetime.fromisoformat(row["MetaData"][k])
                for k in ("CreateTime", "LastUpdatedTime"))
    for t in made, at:
        local = t.astimezone(zone)
        if local.utcoffset() != t.utcoffset():
            print("wrong offset", t)
        offsets.add(t.isoformat()[-6:])
    if made >= at:
        print("created after it was updated", row["Id"])
    if last and at < last:
        print("out of order", row["Id"])
    if not (2023, 12, 31) <= (at.year, at.month, at.day) <= (2024, 12, 31):
        print("out of range", at)
    last = at
    seconds[at] += 1
print(*sorted(offsets), "ties" if max(seconds.values()) > 1000 else "no ties")
P
for entity in invoices customers; do
	is "times of $entity: Pacific, in order, across both changes of clock" \
		"$(python3 "$dir/times.py" <"$dir/$entity" | sed 's/ no ties//; s/ ties//')" \
		"-07:00 -08:00"
done
is "more than a thousand rows bear one second, as after an import" \
	"$(python3 "$dir/times.py" <"$dir/invoices" | sed 's/.* //')" ties
print --rows=all=9 --print=Attachable | jq -r .Id >"$dir/ids"
ok "some Ids do not fit a double" grep -q '^50000000000005' "$dir/ids"
for pair in Customer:Vendor Invoice:Payment; do
	for entity in "${pair%:*}" "${pair#*:}"; do
		print --rows=all=40 --print="$entity" | jq -r .Id
	done | sort | uniq -d >"$dir/twice"
	ok "$pair share a sequence of Ids" test ! -s "$dir/twice"
done
print --rows=all=30 --from=2024-11-03T08:50:00Z --to=2024-11-03T09:10:00Z \
	--print=Term | jq -r '.MetaData.LastUpdatedTime | .[0:16] + .[19:]' |
	sort -u >"$dir/november"
ok "in November an hour comes twice, told apart by its offset" \
	grep -q '^2024-11-03T01:5.-07:00' "$dir/november"
ok "and its second time" grep -q '^2024-11-03T01:0.-08:00' "$dir/november"

# Queries
begin --rows=$rows
api query --get --data-urlencode "query=select count(*) from Invoice"
is "COUNT: status" "$status" 200
is "COUNT has no rows" "$(got '.QueryResponse | keys | join(",")')" totalCount
is "COUNT is the number of rows" "$(got .QueryResponse.totalCount)" 9000
range="$updated >= '2024-03-01T00:00:00Z' and $updated < '2024-06-01T00:00:00-07:00'"
in_range() {	# rows of the range, by an independent count
	jq -c '(.MetaData.LastUpdatedTime | (.[0:19] + "Z" | fromdate)
		- (.[19:22] | tonumber) * 3600) as $t
		| select($t >= 1709251200 and $t < 1717225200)' "$1"
}
in_range "$dir/invoices" | jq -r .Id >"$dir/want"
ask "select count(*) from Invoice where $range"
is "COUNT of a range" "$(got .QueryResponse.totalCount)" \
	"$(wc -l <"$dir/want")"
start=1
: >"$dir/read"
while :; do
	ask "select * from Invoice where $range orderby $updated startposition $start maxresults 700"
	n=$(got '.QueryResponse.maxResults // 0')
	[ "$n" -gt 0 ] || break
	got '.QueryResponse.Invoice[].Id' >>"$dir/read"
	is "startPosition is the one asked for" \
		"$(got .QueryResponse.startPosition)" "$start"
	start=$((start + n))
done
is "past the end the response is empty" "$(got '.QueryResponse | tojson')" '{}'
ok "pages of the range are its rows, in order" cmp -s "$dir/read" "$dir/want"
ask "select * from Invoice orderby $updated maxresults 1000"
got '.QueryResponse.Invoice[] | tojson' >"$dir/page"
head -1000 "$dir/invoices" | jq -r tojson >"$dir/want"
ok "the server's rows are the printed ones" cmp -s "$dir/page" "$dir/want"
sed 's/.*"Invoice":\[//; s/\],"startPosition.*//' "$dir/body" >"$dir/page"
head -1000 "$dir/invoices" | tr '\n' ',' | sed 's/,$//' >"$dir/want"
ok "byte for byte" cmp -s "$dir/page" "$dir/want"
is "the time has milliseconds and the Pacific offset" \
	"$(got .time | sed 's/[78]:00$/7:00/; s/[0-9]/9/g')" \
	9999-99-99T99:99:99.999-99:99

ask "SELECT * FROM invoice ORDER BY metadata.lastupdatedtime DESC MAXRESULTS 5 STARTPOSITION 3"
is "keywords in any case, ORDER BY, either order of the last two" \
	"$(got '.QueryResponse.Invoice[].Id' | tr '\n' ' ')" \
	"$(tail -7 "$dir/invoices" | head -5 | jq -r .Id | tac | tr '\n' ' ')"
ask "select * from Invoice"
is "a page is 100 rows when nothing is said" \
	"$(got .QueryResponse.maxResults)" 100
is "without ORDERBY transactions come latest first" \
	"$(got '.QueryResponse.Invoice[].Id' | tr '\n' ' ')" \
	"$(tail -100 "$dir/invoices" | jq -r .Id | tac | tr '\n' ' ')"
ask "select * from Invoice orderby MetaData.CreateTime startposition 0 maxresults 1000"
is "STARTPOSITION 0 is 1" "$(got .QueryResponse.startPosition)" 1
is "by CreateTime: in order" "$(got '[.QueryResponse.Invoice[].Id | tonumber]
	| . == sort and length == 1000')" true
ask "select count(*) from Invoice where MetaData.CreateTime >= '2024-05-01T00:00:00Z' and MetaData.CreateTime < '2024-06-01T00:00:00Z'"
is "a range of CreateTime" "$(got .QueryResponse.totalCount)" "$(
	jq -c '(.MetaData.CreateTime | (.[0:19] + "Z" | fromdate)
		- (.[19:22] | tonumber) * 3600) as $t
		| select($t >= 1714521600 and $t < 1717200000)' "$dir/invoices" | wc -l)"
ask "select count(*) from Invoice where TxnDate > '2024-04-30' and TxnDate <= '2024-05-31' and $range"
is "a range of TxnDate within one of LastUpdatedTime" \
	"$(got .QueryResponse.totalCount)" \
	"$(in_range "$dir/invoices" | jq -c 'select(.TxnDate >= "2024-05-01" and
		.TxnDate <= "2024-05-31")' | wc -l)"
ask "select * from Invoice where TxnDate = '2024-05-07' orderby $updated maxresults 1000"
is "rows of one TxnDate, in another order" \
	"$(got '.QueryResponse.Invoice[].Id' | tr '\n' ' ')" \
	"$(jq -r 'select(.TxnDate == "2024-05-07").Id' "$dir/invoices" | tr '\n' ' ')"
ask "select count(*) from Invoice where TotalAmt > '100.00' and Balance = '0'"
is "amounts are compared" "$(got .QueryResponse.totalCount)" \
	"$(jq -c 'select(.TotalAmt > 100 and .Balance == 0)' "$dir/invoices" | wc -l)"
three=$(sed -n '5p;50p;500p' "$dir/invoices" | jq -r .Id | paste -sd, |
	sed "s/,/','/g")
ask "select * from Invoice where Id in ('$three','999999999')"
is "rows by their Ids" "$(got '.QueryResponse.Invoice | length')" 3
id=${three%%\'*}
api "invoice/$id"
is "a row by its Id in the path" "$(got .Invoice.Id)" "$id"
api query -H 'Content-Type: application/text' \
	--data-binary "select count(*) from Invoice"
is "a statement may be posted" "$(got .QueryResponse.totalCount)" 9000

# List entities
active=$(jq -c 'select(.Active)' "$dir/customers" | wc -l)
ok "some customers are inactive" test "$active" -lt 700
ask "select count(*) from Customer"
is "COUNT counts active ones" "$(got .QueryResponse.totalCount)" "$active"
ask "select count(*) from Customer where Active in (true, false)"
is "COUNT counts all when asked" "$(got .QueryResponse.totalCount)" 700
ask "select count(*) from Customer where Active = false"
is "or the inactive ones" "$(got .QueryResponse.totalCount)" $((700 - active))
ask "select * from Customer maxresults 1000"
is "rows are the active ones" "$(got .QueryResponse.maxResults)" "$active"
is "without ORDERBY they come by name" "$(got '[.QueryResponse.Customer[]
	.FullyQualifiedName] | . == sort')" true
is "inactive ones are renamed" "$(jq -r 'select(.Active | not).DisplayName' \
	"$dir/customers" | grep -vc '(deleted)$')" 0
ask "select * from Customer where Active in (true,false) and $range orderby $updated maxresults 1000"
is "a range of them, in order" \
	"$(got '.QueryResponse.Customer[].Id' | tr '\n' ' ')" \
	"$(in_range "$dir/customers" | jq -r .Id | tr '\n' ' ')"
ask "select * from Customer where DisplayName like 'Amy\\'s%' and Active in (true,false) maxresults 1000"
is "LIKE, with an apostrophe" "$(got '.QueryResponse.Customer | length')" \
	"$(jq -r .DisplayName "$dir/customers" | grep -c "^Amy's")"
ok "and there are some" test "$(got '.QueryResponse.Customer | length')" -gt 0

# Refusals
refused() {	# refused WHAT STATEMENT CODE DETAIL
	ask "$2"
	is "$1: status" "$status" 400
	is "$1: code and detail" "$(got '.Fault.Error[0] | .code + " " + .Detail')" \
		"$3 $4"
}
refused "an unknown entity" "select * from Custmoer" 4001 \
	"QueryValidationError: invalid context declaration: Custmoer"
refused "a page that is too large" "select * from Item maxresults 1500" 4001 \
	"QueryValidationError: value 1500 is too large. Max allowed value is 1000"
refused "a page of nothing" "select * from Item maxresults 0" 4001 \
	"QueryValidationError: value 0 is too small. Min allowed value is 1"
refused "a keyword for a name" "select * from NULL" 4000 \
	'QueryParserError: Encountered " "null" "NULL "" at line 1, column 15.
Was expecting:
    <IDENTIFIER> ...
    '
expected="
Was expecting one of:
    <EOF> 
    <AND> ...
    \"iterator\" ...
    \"maxresults\" ...
    <OR> ...
    \"order\" ...
    \"orderby\" ...
    \"startposition\" ...
    "
refused "a quote that is not escaped" \
	"select * from Vendor where DisplayName = 'Cutlery 'R Us'" 4000 \
	"QueryParserError: Encountered \" <IDENTIFIER> \"R \"\" at line 1, column 52.$expected"
refused "a byte that begins no word" "select * from Item where Name = %5" 4000 \
	'QueryParserError: Invalid content. Lexical error at line 1, column 33.  Encountered: "%" (37), after : ""'
refused "a statement that is not there" "" 4000 'QueryParserError: Encountered "<EOF>" at line 0, column 0.
Was expecting:
    "select" ...
    '
refused "Id is not compared" "select * from Item where Id > '5'" 4001 \
	"QueryValidationError: operator not supported for Id"
is "the fault's type" "$(got '.Fault.type')" ValidationFault
api customer/1.5
is "an Id that is none" "$(got '.Fault.Error[0].code')" 2030
api invoice/9999999
is "a row that is not there" "$(got '.Fault.Error[0].code')" 610

# HTTP
ask "select * from Item maxresults 3"
for name in 'intuit_tid: 1-' 'Content-Type: application/json;charset=utf-8' \
	'Transfer-Encoding: chunked' 'Service-Time: total=' \
	'Cache-Control: max-age=0, no-cache, no-store'; do
	ok "a header: $name" grep -qi "^$name" "$dir/head"
done
ask "select * from Invoice orderby $updated maxresults 50" -H 'Accept-Encoding: gzip'
ok "gzip is told" grep -qi '^Content-Encoding: gzip' "$dir/head"
is "gzip holds the rows" "$(gunzip <"$dir/body" | jq '.QueryResponse.Invoice | length')" 50
accept='*/*'
ask "select * from Item maxresults 3"
accept=
ok "XML comes to whom does not ask for JSON" grep -q '<IntuitResponse' "$dir/body"
is "each row too" "$(grep -o '<Item ' "$dir/body" | wc -l)" 3
api companyinfo/1
is "the company" "$(got .CompanyInfo.CompanyName)" "Simulated Company"

# Odd payloads
print --rows=all=64 --exotic --print=Bill >"$dir/exotic"
is "exotic rows are JSON" "$(jq -c .Id <"$dir/exotic" | wc -l)" 64
for oddity in '\\/' '\\u00e9' '\\ud83d\\ude00' '1E+2' '12345678901234567890' \
	'[-,]-0,' '100\.00' '\[{"d":\[{"d":' '😀' '1e400' '"twice":1,"twice":2'; do
	ok "exotic rows hold $oddity" grep -q "$oddity" "$dir/exotic"
done
print --rows=all=20 --spoil=5 --print=Item >"$dir/spoiled"
is "each fifth row can be spoiled" "$(grep -c '"Spoiled"' "$dir/spoiled")" 4
ok "by a NUL" grep -q '\\u0000' "$dir/spoiled"
ok "and by half a surrogate pair" grep -q '\\ud83d pair' "$dir/spoiled"

# A million
begin --rows=Invoice=1000000 --no-gzip
ask "select count(*) from Invoice" -H 'Accept-Encoding: gzip'
is "a million invoices can be counted" "$(got .QueryResponse.totalCount)" 1000000
ask "select * from Invoice orderby $updated startposition 999001 maxresults 1000"
is "their last page has its rows" "$(got .QueryResponse.maxResults)" 1000
ok "and they cost no memory" test "$(awk '/^VmHWM/ { print $2 }' \
	"/proc/$QB_SIM_PID/status")" -lt 65536

# Command line, and the end
"$QB_SIM" --rows=Customer=x --print=Item >/dev/null 2>"$dir/err"
is "rows that are no number: status" "$?" 64
"$QB_SIM" --rows=Nobody=3 --print=Item >/dev/null 2>&1
is "rows of nothing known: status" "$?" 64
"$QB_SIM" --from=2025-01-01 --to=2024-01-01 --print=Item >/dev/null 2>&1
is "a range that is none: status" "$?" 64
pid=$QB_SIM_PID
sim_stop
ok "it ends when it is told" not kill -0 "$pid" 2>/dev/null
sh -c '"$0" --env="$1" & until [ -s "$1" ]; do sleep 0.02; done' \
	"$QB_SIM" "$dir/orphan" >/dev/null 2>&1
pid=$(sed -n 's/QB_SIM_PID=//p' "$dir/orphan")
# a zombie, which nobody may be there to wait for, has no command line
runs() { grep -q . "/proc/$pid/cmdline" 2>/dev/null; }
for _ in 1 2 3 4 5 6 7 8 9 10; do
	runs || break
	sleep 0.1
done
ok "and with its parent" not runs
kill "$pid" 2>/dev/null	# in case it did not
done_testing
