#!/bin/sh
# Trouble that is not QuickBooks' own: answers of servers in front of it, a rate
# limit that does not end, and a token endpoint that is away for a while.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d)
trap 'sim_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
export XDG_STATE_HOME="$dir/state"

from=2025-01-01T00:00:00Z to=2025-04-01T00:00:00Z
# in an order in which they do not touch, so that each window is read by itself
qb-window Invoice --from=$from --to=$to --every=30d | sed -n '1p; 2h; 3{p; x; p}; 4p' >"$dir/tickets"
rotation=newest
begin() {	# begin RULE...: a simulator where that happens, and no login yet
	rm -rf "$dir/state" "$dir/sim.log"
	printf '%s\n' "$@" >"$dir/script"
	sim_start --seed=5 --from=$from --to=$to --rows=all=0,Invoice=40 \
		--rotation=$rotation --script="$dir/script" ||
		{ echo "Bail out! no simulator"; exit 1; }
}
fetch() {	# fetch OPTION...: status 0 only with all rows
	qb-fetch --jobs=1 "$@" <"$dir/tickets" >"$dir/out" 2>"$dir/err"
	status=$?
	[ $status != 0 ] || [ "$(tail -n 1 "$dir/out")" = '{"qb":"end","windows":3,"rows":40}' ] ||
		status="$status, and not all rows"
}
said() { grep -qF -e "$1" "$dir/err"; }
unsaid() { ! grep -qE -e "$1" "$dir/err"; }
next() { sed -n 's/^qb-fetch: next: //p' "$dir/err"; }
host() { echo "${QBO_API_URL#http://}"; }
tokens() { grep -c 'kind=token' "$dir/sim.log"; }

# --- a server in front of QuickBooks

for what in 'status 404 body html' 'status 403 body html' 'status 403 body empty' \
	'status 302 body html' 'status 301 body empty' 'status 400 body html' \
	'status 410 body empty'; do
	for at in 1 5; do
		begin "request $at $what"
		fetch
		is "$what, once, at request $at: all rows" "$status" 0
	done
done

stays() {	# stays WHAT SAYING STATUS RULE OPTION...
	what=$1 saying=$2 want=$3
	begin "$4"
	shift 4
	fetch --retries=1 "$@"
	is "$what: status" "$status" "$want"
	ok "$what: \"$saying\"" said "an answer that is not from QuickBooks' API: $saying"
	ok "$what: the tries are counted" said 'gave up after 2 tries'
	ok "$what: no \"sandbox or production?\"" unsaid 'sandbox or production'
}
checked() {
	echo "check QBO_REALM_ID ($QBO_REALM_ID) and QBO_API_URL (the request went to $(host)), then run the same command again"
}
stays '404 from the first request on' 'HTTP 404, an HTML page' 69 'any always status 404 body html'
is '404 from the first request on: what to check' "$(next)" "$(checked)"
stays '403 from the first request on' 'HTTP 403, an empty body' 69 'any always status 403 body empty'
is '403 from the first request on: what to check' "$(next)" "$(checked)"
stays '302 from the first request on' 'HTTP 302' 69 'any always status 302 body html'
is '302 from the first request on: what to check' "$(next)" "$(checked)"
stays 'also with --keep-going' 'HTTP 404, an HTML page' 69 'any always status 404 body html' --keep-going
is 'which ends at once' "$(grep -c 'not read' "$dir/err")" 0

stays '404 after an answer' 'HTTP 404, an HTML page' 75 'request 2..99 status 404 body html'
ok '404 after an answer: the address is named' \
	said "other requests to this address ($(host)) were answered"
ok '404 after an answer: the settings are not in question' unsaid QBO_REALM_ID
stays '403 after a window' 'HTTP 403, an HTML page' 75 'request 4..99 status 403 body html'
is '403 after a window: that one is sealed' "$(grep -c '^{"qb":"seal"' "$dir/out")" 1
begin 'request 4..5 status 404 body html'
fetch --retries=1 --keep-going
is 'a window with pages only, --keep-going: status' "$status" 75
is 'and the others are sealed' "$(grep -c '^{"qb":"seal"' "$dir/out")" 2

# Faults of QuickBooks keep their meaning.
begin 'any always status 403 code 3100 body json'
fetch
is '403 with code 3100 from the first request on: status' "$status" 77
ok 'and the question' said 'sandbox or production?'
begin 'request 2..99 status 403 code 3100 body json'
fetch
is 'after an answer: status' "$status" 77
ok 'and no such question' unsaid 'sandbox or production'
ok 'but what to do' said 'next: qb-auth login'
begin 'any always status 400 code 4001 body json'
fetch
is 'a query that is refused is not sent again' "$status $(grep -c 'method=GET' "$dir/sim.log")" '69 1'

# --- a rate limit that does not end

begin 'request 2..99 status 429 retry-after 1'
fetch --retries=2
is '429 with Retry-After: status' "$status" 75
ok '429 with Retry-After: what was asked for' said 'QuickBooks asked for a pause of 1 s'
ok '429 again and again: the allowance of the month' said "monthly allowance of calls is used up"
ok '429 with Retry-After: when' sh -c "grep -q 'next: run the same command again, but not before .*, as QuickBooks asks' '$dir/err'"
begin 'request 2..99 status 429'
fetch --retry-for=2s
is '429 without Retry-After: status' "$status" 75
ok '429 without Retry-After: the allowance is named' said "the app's monthly allowance of calls may be used up"
ok '429 without Retry-After: not said that QuickBooks asked' unsaid '[Aa]sk'
fetch --retry-for=2s
is 'held by that 429: status' "$status" 75
ok 'held by that 429: said so' said "QuickBooks' rate limit"
ok 'held by that 429: the allowance is named' said "the app's monthly allowance of calls may be used up"
ok 'held by that 429: not said that QuickBooks asked' unsaid '[Aa]sk'

# --- the token endpoint

for what in 'status 502 body html' 'status 503 body empty' 'status 404 body html' \
	'status 302 body empty'; do
	begin "token times 3 $what"
	fetch
	is "the token endpoint, three times $what: all rows" "$status $(tokens)" '0 4'
done
begin 'token times 9 status 503 body html'
fetch --retries=1
is '503 from the token endpoint, --retries=1: status' "$status $(tokens)" '75 2'
ok 'and what it says' said 'after 2 tries: the token endpoint: HTTP 503, an HTML page'
fetch --retries=0
is 'with --retries=0 it is asked once' "$status $(tokens)" '75 3'
fetch --retry-for=0s
is 'with --retry-for=0s too' "$status $(tokens)" '75 4'
begin 'token times 9 status 503 retry-after 3600'
fetch
is '503 and a pause of an hour: status' "$status $(tokens)" '75 1'
ok 'and when' sh -c "grep -q 'next: run the same command again, but not before .*, as the token endpoint asks' '$dir/err'"
begin 'token times 9 status 404 body html'
fetch --retries=1
is '404 from the token endpoint for ever: status' "$status $(tokens)" '69 2'
is 'and what to check' "$(next)" \
	"check QBO_TOKEN_URL (the request went to $(host)), then run the same command again"

# A lost answer: the request may have been done.  Once more, whatever --retries.
rotation=previous
begin 'token times 9 reset'
fetch --retries=9 --retry-for=1s
is 'lost answers: asked twice' "$status $(tokens)" '75 2'
begin 'token times 1 reset'
fetch --retries=0
is 'one lost answer with --retries=0: all rows' "$status $(tokens)" '0 2'

# Between two tries nothing is held: signals end it, and others can refresh.
begin 'token times 1 status 503 retry-after 600'
qb-fetch --retry-for=1h <"$dir/tickets" >"$dir/out" 2>"$dir/err" & pid=$!
until [ "$(tokens)" = 1 ]; do sleep 0.05; done
sleep 0.2
qb-auth token >"$dir/token" 2>"$dir/err"
is 'while one waits another one can refresh' "$? $(tokens)" '0 2'
kill -0 $pid
is 'and it waits' $? 0
kill $pid
wait $pid 2>/dev/null
is 'until a signal' $? 143
done_testing
