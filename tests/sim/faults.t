#!/bin/sh
# qb-sim: what goes wrong by script, drift, and the log.
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
range="$updated >= '2024-01-01T00:00:00Z' and $updated < '2025-01-01T00:00:00Z'"
scripted() {	# scripted RULES OPTION...
	printf '%s\n' "$1" >"$dir/script"
	shift
	begin --rows=all=5,Invoice=1000 --script="$dir/script" "$@"
}
page() {	# page NUMBER [CURL OPTION...]: 100 rows of the range
	start=$((($1 - 1) * 100 + 1)); shift
	ask "select * from Invoice where $range orderby $updated startposition $start maxresults 100" "$@"
}
rows() { got '.QueryResponse.Invoice | length'; }

# When
scripted 'request 2 status 500
every 4 status 503  # and a remark
count times 2 status 504'
for want in 200 500 200 503 200 200 200 503; do
	page 1
	printf '%s %s\n' "$status" "$want"
done >"$dir/codes"
is "requests by number, and every fourth" "$(awk '$1 != $2' "$dir/codes")" ""
ask "select count(*) from Invoice"
is "a count: once" "$status" 504
ask "select count(*) from Invoice"
is "twice" "$status" 504
ask "select count(*) from Invoice"
is "and no more" "$status" 200
scripted 'entity Customer page 1 status 500
page 3 times 2 status 500
start 301 always status 500
request 9..10 status 500'
page 1
is "a page that no rule names" "$status" 200
page 3
is "the third page" "$status" 500
page 3
page 3
is "the third page after two times" "$status" 200
page 4
page 4
is "by startposition, always" "$status" 500
ask "select * from Customer"
is "a rule for one entity" "$status" 500
scripted 'page 1 times 1 status 500'
page 1 --compressed
is "a status by script is whole gzip to whom asks for it" \
	"$curl_rc $status $(got '.Fault.Error[0].code')" "0 500 10000"
scripted 'token times 1 status 500 body empty'
is "the token endpoint too" "$(wc -c <"$dir/token")" 0
login "$refresh"
ok "once" test -n "$token"
for bad in 'page 1' 'page x html' 'sometimes html' 'page 1 explode' \
	'page 1 html more' 'every 0 html'; do
	printf '%s\n' '# fine' "$bad" >"$dir/script"
	"$QB_SIM" --script="$dir/script" --env="$dir/no" 2>"$dir/err"
	is "a rule that is none, $bad: status" "$?" 64
done
ok "its line is named" grep -q 'line 2' "$dir/err"

# Statuses
scripted 'any always status 503'
page 1
ok "503 has HTML" grep -q '^<html>' "$dir/body"
ok "and its type" grep -qi '^Content-Type: text/html' "$dir/head"
for rule in '401:.fault.error[0].code:3200' '403:.fault.error[0].code:3100' \
	'500:.Fault.Error[0].code:10000'; do
	scripted "any status ${rule%%:*}"
	page 1
	filter=${rule#*:}
	is "${rule%%:*} has its fault" "$(got "${filter%:*}")" "${rule##*:}"
done
scripted 'any status 502
any status 504 body xml
any status 500 code 120
any status 429 retry-after 3'
# of several rules that hold at once the last is told
page 1
is "429: status" "$status" 429
ok "429 may say when" grep -qi '^Retry-After: 3' "$dir/head"
scripted 'request 1 status 502
request 2 status 504
request 3 status 500 code 120
request 4 status 503 body json'
page 1
ok "502 has nginx's page" grep -q '<center>nginx</center>' "$dir/body"
page 1
ok "504 has XML" grep -q '<Error code="6002">' "$dir/body"
page 1
is "500 with code 120" "$(got '.Fault | .type + .Error[0].code')" \
	AuthorizatonFault120
page 1
is "503 with JSON" "$(got '.Fault.Error[0].code')" 10000

# 200, and yet wrong
scripted 'request 1 fault-in-200 code 6190
request 2 html
request 3 empty
request 4 other-entity
request 5 one-more
request 6 repeat-page
request 7 cut-json
request 8 no-comma'
page 1
is "a Fault with 200" "$status $(got '.Fault.Error[0].code')" "200 6190"
page 1
ok "HTML with 200" grep -q "We'll be back soon" "$dir/body"
page 1
is "nothing with 200" "$status $(wc -c <"$dir/body")" "200 0"
page 1
is "rows of another entity" "$(got '.QueryResponse | keys[0]')" Customer
page 2
is "one row more than asked for" "$(rows)" 101
page 2
first=$(got '.QueryResponse.Invoice[0].Id')
page 2
ok "JSON that is cut" test "$(wc -c <"$dir/body")" -gt 1000
ok "is none" not is_json "$dir/body"
page 2
ok "JSON without a comma is none" not is_json "$dir/body"
page 1
is "a page that came before" "$(got '.QueryResponse.Invoice[0].Id')" "$first"

# A row that QuickBooks cannot print, and counts that are too slow
bad=$(print --rows=all=5,Invoice=1000 --print=Invoice | sed -n 250p | jq -r .Id)
scripted "row $bad status 400 code 4002
position 401 times 1 status 500"
page 2
is "a page without the row" "$status" 200
page 3
is "the page that holds it" "$status $(got '.Fault.Error[0] | .code + " " + .Detail')" \
	"400 4002 QueryProcessingError: To email address entered is invalid"
page 3
is "again" "$status" 400
ask "select * from Invoice where $range orderby $updated startposition 250 maxresults 1"
is "the row alone" "$status" 400
ask "select * from Invoice where $range orderby $updated startposition 251 maxresults 1"
is "the row behind it" "$status" 200
ask "select count(*) from Invoice where $range"
is "it is counted" "$(got .QueryResponse.totalCount)" 1000
page 4
is "a page without a position" "$status" 200
page 5
is "the page that begins with it" "$status" 500
page 5
is "once" "$status" 200
scripted 'count-over 500 status 504
count-longer 10d status 504'
count() {	# count FROM TO
	ask "select count(*) from Invoice where $updated >= '$1' and $updated < '$2'"
}
count 2024-01-01T00:00:00Z 2024-01-11T00:00:00Z
is "a count of ten days" "$status" 200
count 2024-01-01T00:00:00Z 2024-01-11T00:00:01Z
is "of more" "$status $(grep -o 'code="[0-9]*"' "$dir/body")" '504 code="6002"'
scripted 'count-over 500 status 504'
count 2024-01-01T00:00:00Z 2025-01-01T00:00:00Z
is "a count of many rows" "$status" 504
count 2024-01-01T00:00:00Z 2024-03-01T00:00:00Z
is "of fewer" "$status" 200
is "the log names the times that are asked for" \
	"$(tail -n 1 "$dir/sim.log" | grep -o 'from=[^ ]* to=[^ ]* include=- answer=[a-z]*')" \
	'from=2024-01-01T00:00:00Z to=2024-03-01T00:00:00Z include=- answer=whole'
ask "select count(*) from Invoice where TxnDate >= '2024-01-01' and TxnDate < '2024-03-01'"
is "days too" "$(tail -n 1 "$dir/sim.log" | grep -o 'from=[^ ]* to=[^ ]*')" \
	'from=2024-01-01T00:00:00Z to=2024-03-01T00:00:00Z'

# Answers that are JSON, and not what they should be
scripted 'entity Invoice page 1 fault-in-response code 6190
entity Invoice page 2 no-time
entity Invoice page 3 no-offset
entity Invoice page 4 one-object
entity Invoice count empty-response
entity Customer any fault-in-response
cdc fault-in-response'
plain() { tr -d '\n' <"$dir/body" | sed 's/,"time":"2[^"]*"}$/}/'; }
page 1
is "a Fault in the QueryResponse" "$status $(got '.QueryResponse.Fault.Error[0].code') $(
	got 'keys | join(",")')" "200 6190 QueryResponse,time"
page 1
cp "$dir/body" "$dir/right"
is "and next time the rows" "$(rows)" 100
page 2
is "a page whose time is none" "$status $(rows) $(got .time)" "200 100 a while ago"
page 3
is "times without an offset" "$(got '[.QueryResponse.Invoice[].MetaData.LastUpdatedTime | length] | unique | tojson')" "[19]"
is "and all else right" "$(rows) $(got '[.QueryResponse.Invoice[].MetaData.CreateTime | length] | unique | tojson')" "100 [25]"
page 4
is "one object where an array belongs" "$(got '.QueryResponse | .Invoice | type') $(
	got '.QueryResponse | keys | join(",")')" "object Invoice,maxResults,startPosition"
id=$(got .QueryResponse.Invoice.Id)
page 4
is "the page's first" "$(got '.QueryResponse.Invoice[0].Id')" "$id"
ask "select count(*) from Invoice"
is "a COUNT that is an empty response" "$status $(plain)" '200 {"QueryResponse":{}}'
is "which the log calls whole, as Intuit meters it" "$(tail -n 1 "$dir/sim.log" |
	grep -o 'answer=.* \|fault=.*' | sed 's/ port.*//' | paste -sd' ')" "answer=whole fault=empty-response"
ask "select * from Customer"
is "a Fault without a code has one" "$(got '.QueryResponse.Fault.Error[0].code')" 10000
cdc Invoice "$(date -u -d '1 day ago' +%FT%TZ)"
is "a Fault in the log of changes" "$status $(got '.CDCResponse[0].QueryResponse[0].Fault.Error[0].code')" "200 10000"

# A server before QuickBooks
scripted 'request 1 status 404 body html
request 2 status 403 body html
request 3 status 302 body html'
for want in 404 403 302; do
	page 1
	is "$want from a web server" "$status" $want
	ok "$want has no fault" grep -q '^<' "$dir/body"
	ok "$want has no header of the API" not grep -qi '^intuit_tid' "$dir/head"
done
ok "302 says where to" grep -qi '^Location: /NotFound' "$dir/head"
is "the log tells such answers from whole ones" \
	"$(tail -n 3 "$dir/sim.log" | grep -c 'answer=broken')" 3

# A filter that is ignored
scripted 'any always ignore-filter'
count 2024-01-01T00:00:00Z 2024-02-01T00:00:00Z
is "all rows are counted" "$(got .QueryResponse.totalCount)" 1000
page 10
is "and all can be had" "$(rows)" 100
ask "select * from Invoice where $updated < '2023-01-01T00:00:00Z'"
is "whatever is asked for" "$(rows)" 100

# Changes that are seen late
now=$(date -u -d '5 seconds ago' +%Y-%m-%dT%H:%M:%SZ)
printf '%s\n' 'request 1 edit 2 and delete-last 1' >"$dir/script"
sim_start --from=2024-01-01 --to="$now" --rows=all=0,Invoice=1000 --late=3s \
	--script="$dir/script"
login "$QBO_REFRESH_TOKEN"
late="$updated >= '$now' and $updated < '2999-01-01T00:00:00Z'"
ask "select * from Invoice orderby $updated maxresults 1"
first=$(got '.QueryResponse.Invoice[0] | .Id + " " + .SyncToken')
ask "select count(*) from Invoice where $late"
is "an edit is not seen at once" "$(got .QueryResponse.totalCount)" 0
ask "select * from Invoice where Id = '${first% *}'"
is "the row is seen as it was" \
	"$(got '.QueryResponse.Invoice[0] | .Id + " " + .SyncToken')" "$first"
ask "select count(*) from Invoice"
is "a deleted row is still counted" "$(got .QueryResponse.totalCount)" 1000
api "invoice/${first% *}"
is "a read of the row alone is up to date" "$(got .Invoice.SyncToken)" \
	$((${first#* } + 1))
sleep 4
ask "select count(*) from Invoice where $late"
is "then the edits are seen" "$(got .QueryResponse.totalCount)" 2
ask "select count(*) from Invoice"
is "and the deletion" "$(got .QueryResponse.totalCount)" 999
ask "select * from Invoice where Id = '${first% *}'"
is "and the row as it is" "$(got '.QueryResponse.Invoice[0].SyncToken')" \
	$((${first#* } + 1))

# HTTP that breaks
scripted 'request 1 cut-body
request 2 reset
request 3 reset-in-body
request 4 stall 10
request 5 wait 10'
page 1
is "a body that ends too early: curl says so" "$curl_rc" 18
ok "after some of it" test -s "$dir/body"
page 1
ok "a connection that is reset" test "$curl_rc" -ne 0
is "before anything came" "$(wc -c <"$dir/body")" 0
page 1
ok "one that is reset in the middle" test "$curl_rc" -ne 0
page 1
is "one that stalls comes to its end" "$status $(rows)" "200 100"
page 1
is "so does one that waits" "$status $(rows)" "200 100"

# gzip that breaks
scripted 'request 1 gzip-cut
request 2 gzip-crc
request 3 gzip-garbage
request 4 gzip-not
request 5 gzip-bomb'
for form in cut crc garbage not; do
	page 1 -H 'Accept-Encoding: gzip'
	ok "gzip-$form: gzip is told" grep -qi '^Content-Encoding: gzip' "$dir/head"
	gunzip <"$dir/body" 2>"$dir/err" >/dev/null
	ok "gzip-$form: gzip complains" test -s "$dir/err"
done
page 1 -H 'Accept-Encoding: gzip'
ok "a bomb is small" test "$(wc -c <"$dir/body")" -lt 1000000
ok "and becomes large" test "$(gunzip <"$dir/body" | wc -c)" -gt 268435456

# Drift
scripted 'page 2 edit 7
page 3 delete 5
page 4 edit-last 2 and delete-last 3'
page 1
got '.QueryResponse.Invoice[].Id' >"$dir/ids"
page 2
got '.QueryResponse.Invoice[].Id' >>"$dir/ids"
print --rows=all=5,Invoice=1000 --print=Invoice >"$dir/rows"
is "edited rows leave, and seven are skipped" "$(sed -n 101p "$dir/ids")" \
	"$(sed -n 108p "$dir/rows" | jq -r .Id)"
ask "select count(*) from Invoice where $range"
is "the count is less" "$(got .QueryResponse.totalCount)" 993
ask "select * from Invoice where $updated >= '2025-01-01T00:00:00Z' orderby $updated"
is "they are found where they went" "$(rows)" 7
before=$(head -1 "$dir/rows" | jq -r '.SyncToken | tonumber')
is "each with its SyncToken one higher" \
	"$(got '.QueryResponse.Invoice[0] | .Id + " " + .SyncToken')" \
	"$(head -1 "$dir/ids") $((before + 1))"
ok "and a new time" test "$(got '.QueryResponse.Invoice[0].MetaData
	.LastUpdatedTime[0:4] | tonumber')" -gt 2024
page 3
ask "select count(*) from Invoice where $range"
is "deleted rows leave too" "$(got .QueryResponse.totalCount)" 988
page 4
ask "select count(*) from Invoice where $range"
is "and so do the last ones" "$(got .QueryResponse.totalCount)" 983
ask "select count(*) from Invoice"
is "deleted ones are nowhere" "$(got .QueryResponse.totalCount)" 992
start=1
: >"$dir/ids"
while page_rows=$(ask "select * from Invoice orderby $updated startposition $start maxresults 100"; rows) &&
	[ "$page_rows" -gt 0 ]; do
	got '.QueryResponse.Invoice[].Id' >>"$dir/ids"
	start=$((start + page_rows))
done
is "all that is left is found once" "$(sort -u "$dir/ids" | wc -l)" 992
ask "select * from Invoice orderby MetaData.CreateTime maxresults 1000"
is "in another order too" "$(rows)" 992
is "and with the new time there" "$(got '[.QueryResponse.Invoice[]
	| select(.MetaData.LastUpdatedTime > "2025-01-02")] | length')" 9
scripted 'page 2 edit-here 3 and delete-here 2'
print --rows=all=5,Invoice=1000 --print=Invoice >"$dir/rows"
page 2
is "rows of the page itself leave it" "$(got '.QueryResponse.Invoice[0].Id')" \
	"$(sed -n 106p "$dir/rows" | jq -r .Id)"
page 1
is "and those before it stay" "$(got '.QueryResponse.Invoice[99].Id')" \
	"$(sed -n 100p "$dir/rows" | jq -r .Id)"
scripted 'page 1 delete 6
page 2 return 4'
by_date="TxnDate >= '2023-01-01' and TxnDate < '2025-01-01'"
ask "select * from Invoice where $by_date orderby TxnDate maxresults 100"
got '.QueryResponse.Invoice[].Id' >"$dir/ids"
ask "select * from Invoice where $by_date orderby TxnDate startposition 101 maxresults 100"
got '.QueryResponse.Invoice[].Id' >>"$dir/ids"
is "rows that return push others onto the next page, by TxnDate" \
	"$(sort "$dir/ids" | uniq -d | wc -l)" 4
ask "select count(*) from Invoice"
is "and are counted" "$(got .QueryResponse.totalCount)" 998
scripted 'request 2 expire'
page 1
page 1
page 1
is "a token may go stale between two pages" "$status" 401

# The log
page 1
ok "the log has a line for each request" grep -q \
	'^ms=[0-9]* no=0 method=GET kind=gateway status=401 ' "$dir/sim.log"
ok "it names rows and tries" grep -q \
	'no=2 method=GET kind=rows status=200 entity=Invoice start=1 rows=100 tries=2 most=100 from=2024-01-01T00:00:00Z to=2025-01-01T00:00:00Z include=- answer=whole port=[0-9]* fault=expire$' \
	"$dir/sim.log"
for secret in "$token" "$refresh" "$QBO_REFRESH_TOKEN" "$QBO_CLIENT_SECRET"; do
	ok "it holds no secret" not grep -qF "$secret" "$dir/sim.log"
done

# Envelopes
print --rows=all=40,Invoice=3000 --print=Invoice --envelopes --windows=7 \
	>"$dir/stream"
qb-stamp --at=2025-02-01T00:00:00Z --run=r <"$dir/stream" >"$dir/stamped"
is "qb-stamp finds every seal to hold" "$?" 0
is "its end counts windows and rows" "$(tail -1 "$dir/stamped")" \
	'{"qb":"end","windows":7,"rows":3000}'
print --rows=all=40,Invoice=3000 --print=Invoice >"$dir/rows"
sed -n 's/^{"qb":"row".*,"payload":\(.*\)}$/\1/p' "$dir/stream" |
	cmp -s - "$dir/rows"
is "payloads are the rows, byte for byte" "$?" 0
print --rows=Customer=90 --exotic --print=Customer --envelopes |
	qb-stamp >"$dir/stamped"
is "exotic payloads pass" "$?" 0
done_testing
