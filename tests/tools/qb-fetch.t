#!/bin/sh
# qb-fetch against the simulator: what is sealed is what QuickBooks holds, byte
# for byte, whatever transient errors there are on the way.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d)
trap 'sim_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
export XDG_STATE_HOME="$dir/state"

from=2025-01-01T00:00:00Z to=2025-04-01T00:00:00Z
rows=all=0,Invoice=900,Customer=120
begin() {	# begin OPTION...: a simulator with the same rows each time
	rm -rf "$dir/state"
	sim_start --seed=3 --from=$from --to=$to --rows=$rows "$@"
}
tickets() {	# tickets ENTITY OPTION...
	qb-window "$1" --from=$from --to=$to "$@" 2>/dev/null
}
fetch() {	# fetch TICKETS OPTION...: $dir/out, $dir/err and $status
	tickets=$1; shift
	qb-fetch --retries=3 --retry-for=30s "$@" \
		<"$tickets" >"$dir/out" 2>"$dir/err"
	status=$?
}
payloads() { sed -n 's/^{"qb":"row",.*},"payload":\(.*\)}$/\1/p' "$@"; }
seals() { grep -h '^{"qb":"seal",' "$@" | jq -c .fetch; }
whole() { qb-stamp <"$dir/out" >/dev/null; }	# every seal holds, and the end
same_rows() {	# the rows that came are those that were printed, in any order
	payloads "$dir/out" | sort | cmp -s - "$1"
}
for entity in Invoice Customer; do
	tickets $entity --every=30d >"$dir/$entity.tickets"
	"$QB_SIM" --seed=3 --from=$from --to=$to --rows=$rows --print=$entity |
		sort >"$dir/$entity.rows"
done
tickets Invoice --every=90d >"$dir/one.tickets"

# --- the rows, and the proof

begin || exit 1
fetch "$dir/Invoice.tickets" --page-size=100
is 'invoices of three months are fetched: status' $status 0
ok 'every row came, byte for byte as the server sent it' same_rows "$dir/Invoice.rows"
ok 'every seal holds' whole
is 'the seals say what was counted' \
	"$(seals "$dir/out" | jq -s 'map(.rows == .count_before and .rows == .count_after and .left == 0) | all')" true
is 'the end counts windows and rows' "$(tail -n 1 "$dir/out")" \
	'{"qb":"end","windows":3,"rows":900}'
is 'a row says where it came from' \
	"$(sed -n 2p "$dir/out" | jq -c '[.window.entity, .page.realm, .page.no, .page.size,
	.page.request.method, .page.request.minorversion, (.row.id == .payload.Id),
	(.row.updated == .payload.MetaData.LastUpdatedTime), (.page.at | test("^20.*[-+]0[78]:00$"))]')" \
	"[\"Invoice\",\"$QBO_REALM_ID\",1,100,\"GET\",75,true,true,true]"
is 'and with which request: the address without the statement, and that' \
	"$(sed -n 2p "$dir/out" | jq -r '.page.request.url, .page.request.query[0:22]')" \
	"$QBO_API_URL/v3/company/$QBO_REALM_ID/query
select * from Invoice "

fetch "$dir/Customer.tickets"
ok 'inactive customers come too' same_rows "$dir/Customer.rows"
is 'there are some' "$(payloads "$dir/out" | grep -c '"Active":false' | sed 's/[1-9][0-9]*/some/')" some

cp "$dir/out" "$dir/jobs4"
fetch "$dir/Invoice.tickets" --page-size=40 --jobs=10
payloads "$dir/out" >"$dir/jobs10"
fetch "$dir/Invoice.tickets" --page-size=40 --jobs=1
payloads "$dir/out" >"$dir/jobs1"
ok 'ten jobs write the same rows in the same order as one' cmp -s "$dir/jobs1" "$dir/jobs10"

fetch "$dir/one.tickets" --no-count
ok 'without counts all rows come too' same_rows "$dir/Invoice.rows"
is 'and the seal says that nothing was counted' \
	"$(seals "$dir/out" | jq -c '[.count_before, .count_after, .rows]')" '[null,null,900]'

tickets Invoice --every=90d --by=txn-date >"$dir/txn.tickets"
fetch "$dir/txn.tickets"
ok 'by TxnDate two passes agree, and rows are written once' \
	test "$(seals "$dir/out" | jq '.rows > 0 and .rows == .count_after')" = true
tickets Invoice --every=90d --by=created >"$dir/created.tickets"
fetch "$dir/created.tickets"
is 'by CreateTime: status' $status 0

qb-window Invoice --from=2020-01-01 --to=2020-02-01 >"$dir/empty.tickets"
fetch "$dir/empty.tickets"
is 'windows without rows are sealed as well' \
	"$(seals "$dir/out" | jq -c '[.rows, .pages]' | sort -u)" '[0,0]'
is 'at one request each' "$(grep -c 'count' "$dir/sim.log" | sed 's/^[0-9]*$/counted/')" counted

printf '%s\n' '{"qb":"end","windows":0,"rows":0}' >"$dir/none.tickets"
fetch "$dir/none.tickets"
is 'no tickets, but an end: an end' "$(cat "$dir/out")" '{"qb":"end","windows":0,"rows":0}'
cat "$dir/empty.tickets" "$dir/Invoice.tickets" >"$dir/two.tickets"
fetch "$dir/two.tickets"
is 'two streams of tickets make two streams of rows' "$(grep -c '"qb":"end"' "$dir/out")" 2
gzip -c "$dir/Invoice.tickets" >"$dir/Invoice.tickets.gz"
fetch "$dir/Invoice.tickets.gz"
ok 'tickets may be gzip' same_rows "$dir/Invoice.rows"

# --- without Intuit's limits

begin
fetch "$dir/Invoice.tickets" --page-size=10
ok 'what was sent is recorded for other processes' test -s "$dir"/state/*/*.pace
rm "$dir"/state/*/*.pace
fetch "$dir/Invoice.tickets" --page-size=10 --no-rate-limit
is 'without a rate limit: status' $status 0
ok 'every row is there' same_rows "$dir/Invoice.rows"
not_ok() { ! "$@"; }
ok 'and nothing is recorded' not_ok test -s "$dir"/state/*/*.pace
fetch "$dir/Invoice.tickets" --no-pace --patience=20s
is 'older spellings of options are accepted: status' $status 0
ok 'and mean the same' not_ok test -s "$dir"/state/*/*.pace
QBO_API_URL=https://quickbooks.api.intuit.com fetch "$dir/Invoice.tickets" --no-rate-limit
is 'without a rate limit at Intuit: status' $status 64
ok 'is told' grep -q 'not allowed for Intuit' "$dir/err"

# --- transient errors

survives() {	# survives WHAT RULE...: the same rows come in spite of the rules
	what=$1; shift
	printf '%s\n' "$@" >"$dir/script"
	begin --script="$dir/script" || return
	fetch "$dir/one.tickets" --page-size=300 --jobs=2
	ok "$what: every row came" same_rows "$dir/Invoice.rows"
	ok "$what: and is sealed" whole
	[ $status = 0 ] || sed 's/^/# /' "$dir/err"
}
everywhere() {	# everywhere WHAT DO: on the first, a middle and the last page
	survives "$1" "page 1 $2" "page 2 $2" "page 3 $2"
}
everywhere 'status 503 in HTML' 'status 503 body html'
everywhere 'a Fault in a 200' 'fault-in-200 code 10000'
everywhere 'JSON that is cut' 'cut-json'
everywhere 'a missing comma' 'no-comma'
everywhere 'rows of another entity' 'other-entity'
everywhere 'the page before, again,' 'repeat-page'
everywhere 'one row more than asked' 'one-more'
everywhere 'a body that is cut' 'cut-body'
everywhere 'a reset' 'reset'
everywhere 'gzip that is cut' 'gzip-cut'
everywhere 'gzip with a wrong checksum' 'gzip-crc'
everywhere 'a stale token' 'expire'
everywhere '504: it is asked in halves' 'status 504 body xml'
survives 'an edit after page 1 was read' 'page 2 edit 1'
survives 'an edit after page 2 was read' 'page 3 edit 1'
survives 'an error at both counts' 'count times 2 status 500 body json'

# --- rows that move while they are read

begin_moving() {	# begin_moving RULE...
	printf '%s\n' "$@" >"$dir/script"
	begin --script="$dir/script"
}
begin_moving 'page 2 times 1 delete 3'
fetch "$dir/one.tickets" --page-size=300 --jobs=1
is 'rows deleted between pages: status' $status 0
ok 'the seal holds, and counts what had left' whole
is 'rows = count_after + left' "$(seals "$dir/out" | jq '.rows == .count_after + .left')" true
is 'three had left' "$(seals "$dir/out" | jq '.count_after')" 897
is 'no row is written twice' "$(payloads "$dir/out" | jq -r .Id | sort | uniq -d)" ''

begin_moving 'page 2 always edit 1'
fetch "$dir/one.tickets" --page-size=300 --jobs=1
is 'a window that changes in every pass: status' $status 75
ok 'is named' grep -q 'Invoice 1/1 (2025-01-01T00:00:00Z to .*it changed in each of 3 passes' "$dir/err"
is 'and neither sealed nor ended' "$(grep -c '"qb":"[se]' "$dir/out")" 0

# --- continuing when one window fails for its own reason

# six windows that do not touch, so that each is read by itself
tickets Invoice --every=8d | sed -n -e '1~2p' -e '$p' | grep ticket >"$dir/six.tickets"
windows=$(grep -c '"qb":"ticket"' "$dir/six.tickets")
printf '{"qb":"end","windows":%s,"rows":0}\n' "$windows" >>"$dir/six.tickets"
goes_on() {	# goes_on WHAT STATUS SAYING MISSED RULE...
	what=$1 want=$2 saying=$3 missed=$4
	shift 4
	begin_moving "$@"
	fetch "$dir/six.tickets" --page-size=50 --jobs=1 --retries=1 --keep-going
	is "$what: status" $status "$want"
	is "$what: the other windows are sealed" \
		"$(grep -c '"qb":"seal"' "$dir/out")" $((windows - missed))
	is "$what: and there is no end" "$(grep -c '"qb":"end"' "$dir/out")" 0
	is "$what: the windows are named at the end" \
		"$(grep -cE "^qb-fetch: not read: Invoice [0-9]+/12 \(.*\): .*$saying" "$dir/err")" "$missed"
	qb-stamp <"$dir/out" >"$dir/stamped" 2>"$dir/stamp.err"
	is "$what: who reads on finds it incomplete" $? 75
	is "$what: and every row under a seal" "$(payloads "$dir/stamped" | wc -l)" \
		"$(seals "$dir/out" | jq -s 'map(.rows) | add // 0')"
}
goes_on 'one window is refused' 69 4001 1 \
	'count times 1 status 400 code 4001 body json'
goes_on 'two counts are refused' 69 4001 2 \
	'count times 2 status 400 code 4001 body json'
goes_on 'one window meets an error that the others do not' 75 10000 1 \
	'count times 2 status 500 code 10000 body json'
goes_on 'windows that change in every pass' 75 'changed in each of 3' "$windows" \
	'page 2 always edit 1'
goes_on 'one refused, one that changes' 75 '' 2 \
	'count times 1 status 400 code 4001 body json' 'page 2 times 3 edit 1'

stops() {	# stops WHAT STATUS MISSED RULE...
	what=$1 want=$2 missed=$3
	shift 3
	rm -f "$dir/sim.log"
	begin_moving "$@"
	fetch "$dir/six.tickets" --jobs=1 --retries=1 --retry-for=3s --keep-going
	is "$what ends it all the same: status" $status "$want"
	is "$what: what was given up before is told" \
		"$(grep -c '^qb-fetch: not read: ' "$dir/err")" "$missed"
	is "$what: there is no end" "$(grep -c '"qb":"end"' "$dir/out")" 0
	ok "$what: and the rest is not asked for" \
		test "$(grep -c count "$dir/sim.log")" -lt $((2 * windows))
}
stops 'a lost login' 77 0 'request 6..99 status 401 code 3200 body json'
stops 'a server that is not there' 75 0 'request 6..99 reset'
stops 'a server that asks to wait for long' 75 0 'request 6..99 status 429 retry-after 60'
stops 'errors without an end' 75 1 'request 6..99 status 500 body json'

# --- permanent errors

ends() {	# ends WHAT STATUS SAYING RULE
	begin_moving "$4"
	fetch "$dir/Invoice.tickets" --page-size=300 --retries=1
	is "$1: status" $status "$2"
	ok "$1: \"$3\" is said" grep -qE -e "$3" "$dir/err"
	ok "$1: and what to do next" grep -q '^qb-fetch: next: ' "$dir/err"
	ok "$1: no end is written" sh -c "! grep -q '\"qb\":\"end\"' '$dir/out'"
}
ends 'a server error for ever' 75 'Invoice 1 to 3/3 .*count' 'any always status 500 body json'
ends 'a refusal' 69 '4001' 'any always status 400 code 4001 body json'
ends 'a stale token that stays stale' 77 '401|token|login' 'any always status 401 code 3200 body json'
begin
QBO_REALM_ID=123 fetch "$dir/Invoice.tickets"
is 'another company: status' $status 77
ok 'another company: "sandbox or production?"' grep -q 'sandbox or production' "$dir/err"
rm -rf "$dir/state"
QBO_REFRESH_TOKEN=wrong fetch "$dir/Invoice.tickets"
is 'a refresh token that is not good: status' $status 77
ok 'the token is not shown' sh -c "! grep -q 'wrong' '$dir/err'"

# --- no tickets: only the settings and the login are checked

begin
rm -f "$dir/sim.log"
fetch "$dir/none.tickets"
is 'with all settings and a login, no tickets: status and output' "$status $(cat "$dir/out")" \
	'0 {"qb":"end","windows":0,"rows":0}'
(unset QBO_REFRESH_TOKEN; rm -rf "$dir/state"
fetch "$dir/none.tickets"; exit $status)
is 'without a login: status' $? 77
(unset QBO_ENV QBO_REALM_ID QBO_CLIENT_ID QBO_CLIENT_SECRET QBO_CLIENT_SECRET_FILE
fetch "$dir/none.tickets"; exit $status)
is 'without settings: status' $? 64
is 'all that are missing are named at once' "$(head -n 1 "$dir/err")" \
	'qb-fetch: not set: QBO_ENV, QBO_REALM_ID, QBO_CLIENT_ID and QBO_CLIENT_SECRET'
is 'and nothing was sent' "$(grep -c . "$dir/sim.log" 2>/dev/null)" ''
unset QBO_CLIENT_ID
fetch "$dir/Invoice.tickets"
is 'one setting is missing: status' $status 64
is 'it is named' "$(head -n 1 "$dir/err")" 'qb-fetch: QBO_CLIENT_ID is not set'

# --- bad input

begin
{ head -n 1 "$dir/Invoice.tickets"; printf 'hello\n'; } >"$dir/bad.tickets"
fetch "$dir/bad.tickets"
is 'a line that is no ticket: status' $status 65
ok 'is named' grep -q 'line 2: byte 0: not a JSON value' "$dir/err"
is 'the window before it is sealed' "$(grep -c '"qb":"seal"' "$dir/out")" 1
head -n 2 "$dir/Invoice.tickets" >"$dir/cut.tickets"
fetch "$dir/cut.tickets"
is 'tickets that are cut off: status' $status 75
is 'the windows before are sealed' "$(grep -c '"qb":"seal"' "$dir/out")" 2
is 'and there is no end' "$(grep -c '"qb":"end"' "$dir/out")" 0
sed 's/2025-04-01T00:00:00Z/2999-01-01T00:00:00Z/' "$dir/one.tickets" >"$dir/future.tickets"
fetch "$dir/future.tickets"
is 'a window that ends in the future: status' $status 0
ok 'is cut to now' grep -q 'cut to now' "$dir/err"
ok 'and its rows say so' sh -c "! grep -q 2999- '$dir/out'"
sed 's/2025-0/2999-0/g' "$dir/one.tickets" >"$dir/future.tickets"
fetch "$dir/future.tickets"
is 'a window that begins in the future: status' $status 65
fetch "$dir/Invoice.tickets" --jobs=11
is 'eleven jobs: status' $status 64
qb-fetch <"$dir/Invoice.tickets" >/dev/full 2>"$dir/err"
is 'a full disk: status' $? 74
{ qb-fetch --page-size=10 <"$dir/Invoice.tickets" 2>"$dir/err"; printf '%s\n' $? >"$dir/rc"; } | head -n 1 >"$dir/out"
is 'the next command in the pipe exits: status' "$(cat "$dir/rc")" 74
done_testing
