#!/bin/sh
# How many calls an app made in a month: what qb counts is what the simulator
# answered with 200, whoever asks, and QBO_MONTHLY_CALLS ends it in time.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d)
trap 'sim_stop; pg_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
export XDG_STATE_HOME="$dir/state"
unset QBO_MONTHLY_CALLS

from=2025-01-01 to=2025-02-01
begin() {	# begin OPTION...: another simulator, and its log from the start
	rm -f "$dir/sim.log" "$dir"/state/qb/*.json*
	sim_start --seed=3 --from=$from --to=$to --rows=all=0,Invoice=60 \
		"$@" || { echo 'Bail out! no simulator'; exit 1; }
}
fetch() {	# fetch OPTION...: $dir/out, $dir/err and $status
	qb-fetch --no-rate-limit "$@" <"$dir/tickets" >"$dir/out" 2>"$dir/err"
	status=$?
}
said() { grep -qF -e "$1" "$dir/err"; }
not() { ! "$@"; }
answered() {	# what the simulator answered with success, and did not withhold
	grep -E 'kind=(rows|count|cdc)' "$dir/sim.log" | grep -v 'fault=reset$' |
		grep -c status=200
}
counted() { qb-auth status --json 2>/dev/null | jq "$1"; }
sealed() { grep -c '"qb":"seal"' "$dir/out"; }
# turned about, so that they do not touch and each window is read by itself
qb-window Invoice --from=$from --to=$to --every=5d >"$dir/in_order"
{ grep '"qb":"ticket"' "$dir/in_order" | tac; tail -n 1 "$dir/in_order"; } >"$dir/tickets"

# --- what counts

begin
fetch
is 'a month of invoices: status' $status 0
calls=$(answered)
ok "there were calls ($calls)" test "$calls" -gt 5
is 'they are counted as the server answered them' "$(counted .calls)" "$calls"
is 'in one file of the app and the month, for its owner alone' \
	"$(find "$dir/state/qb" -name '*.calls' -printf '%f %m\n' | sed 's/-[0-9a-f]\{12\}-/-APP-/')" \
	"sandbox-APP-$(date -u +%Y-%m).calls 600"
ok 'which does not hold the client ID' not grep -rqF "$QBO_CLIENT_ID" "$dir"/state/qb/*.calls
fetch
is 'a second run counts on' "$(counted .calls)" "$(answered)"
calls=$(answered)

printf '%s\n' 'request 2 status 503' 'request 4 status 500' 'request 5 reset' \
	'request 7 status 429 retry-after 1' 'request 9 expire' \
	'request 12 cut-json' 'request 14 fault-in-200 code 10000' >"$dir/script"
begin --script="$dir/script"
fetch --keep-going --retries=9
ok 'the server failed' grep -q status=503 "$dir/sim.log"
ok 'and a token expired' grep -q status=401 "$dir/sim.log"
calls=$((calls + $(answered)))
is 'what failed is not counted, nor are tokens' "$(counted .calls)" "$calls"

begin --realm=123
fetch
is 'another company of the same app: status' $status 0
calls=$((calls + $(answered)))
is 'is counted with the first' "$(counted .calls)" "$calls"
begin
QBO_TOKEN_FILE=$dir/tokens.json fetch
is 'with another token file: status' $status 0
calls=$((calls + $(answered)))
is 'it is the same count' "$(counted .calls)" "$calls"
begin
QBO_CLIENT_ID=another fetch
is 'another app has a count of its own' \
	"$(QBO_CLIENT_ID=another qb-auth status --json | jq .calls) $(counted .calls)" \
	"$(answered) $calls"
begin
QBO_ENV=production fetch
is 'production: status' $status 0
is 'and so has production' \
	"$(QBO_ENV=production qb-auth status --json | jq .calls) $(counted .calls)" \
	"$(answered) $calls"
QBO_ENV=production qb-auth logout 2>/dev/null
is 'logging out does not remove the count' \
	"$(QBO_ENV=production qb-auth status --json 2>/dev/null | jq .calls)" "$(answered)"

begin
pg_start || exit 1
qb-check Invoice --from=$from --to=$to >"$dir/out" 2>"$dir/err"
ok 'qb-check asks' test "$(answered)" -gt 0
calls=$((calls + $(answered)))
is 'and its calls are counted, too' "$(counted .calls)" "$calls"
QBO_MONTHLY_CALLS=$calls qb-check Invoice --from=$from --to=$to >"$dir/out" 2>"$dir/err"
is 'when they are used up: status' $? 75
ok 'it says so' said "qb-check: the app's $calls calls of"

# --- what people see

is 'qb-auth status says it in a line' \
	"$(qb-auth status 2>/dev/null | tail -n 1)" "calls this month: $calls"
export QBO_MONTHLY_CALLS=500000
is 'with the limit' "$(qb-auth status 2>/dev/null | tail -n 1)" "calls this month: $calls of 500,000"
is 'as JSON' "$(counted .calls_limit)" 500000
for wrong in 0 -5 x 1.5 1e3 1000000001; do
	QBO_MONTHLY_CALLS=$wrong fetch
	is "QBO_MONTHLY_CALLS=$wrong: status" $status 64
	ok "QBO_MONTHLY_CALLS=$wrong: is told" said 'QBO_MONTHLY_CALLS takes a whole number from 1'
done
unset QBO_MONTHLY_CALLS

# --- the limit

month=$(LC_ALL=C date -u '+%B %Y')
next=$(date -u -d "$(date -u +%Y-%m-01) +1 month" +%Y-%m-%d)
limit() {	# limit N OPTION...: nothing is counted yet, and N is the limit
	most=$1; shift
	rm -f "$dir"/state/qb/*.calls
	QBO_MONTHLY_CALLS=$most fetch "$@"
}
begin
limit 7 --jobs=1
is 'a limit of 7: status' $status 75
is 'exactly 7 calls' "$(answered) $(counted .calls)" '7 7'
ok 'is told' said "the app's 7 calls of $month are used up (7 of 7)"
ok 'and the day when it goes on' \
	said "qb-fetch: next: run the same command again from $next (UTC), or raise QBO_MONTHLY_CALLS"
ok 'what was sealed is whole' test "$(sealed)" -ge 1
QBO_MONTHLY_CALLS=7 fetch
is 'again: status, and no call' "$status $(answered)" '75 7'
QBO_MONTHLY_CALLS=100 fetch
is 'it was raised: status' $status 0

begin
limit 7 --jobs=10 --keep-going --page-size=10
is 'ten at once, and --keep-going: status' $status 75
at_most() {	# at_most N: calls were made, and all that were are counted
	[ "$(answered)" -le "$1" ] && [ "$(answered)" -gt 0 ] && [ "$(answered)" = "$(counted .calls)" ]
}
ok 'at most 7 calls, too, and those are counted' at_most 7
ok 'all ends, not one window' not said 'not read:'

printf '%s\n' 'request 2..4 status 503' >"$dir/script"
begin --script="$dir/script"
limit 7 --jobs=3
ok 'failures use nothing of it' at_most 7

printf '%s\n' 'every 3 status 503' >"$dir/script"
begin --script="$dir/script"
rm -f "$dir"/state/qb/*.calls
QBO_MONTHLY_CALLS=9 qb-fetch --jobs=10 --page-size=10 --retries=20 \
	<"$dir/tickets" >"$dir/out" 2>"$dir/err"
is 'with failures and the rate limit: status' $? 75
ok 'at most 9 calls, and those are counted' at_most 9

begin
qb-auth token >/dev/null	# one login for all of them
rm -f "$dir"/state/qb/*.calls
children=
for i in 1 2 3 4; do
	QBO_MONTHLY_CALLS=29 qb-fetch --no-rate-limit --jobs=4 <"$dir/tickets" \
		>"$dir/out.$i" 2>"$dir/err.$i" &
	children="$children $!"
done
for child in $children; do wait "$child"; done
ok 'four processes together make at most 29' at_most 29
ok 'and hardly fewer' test "$(answered)" -ge 22

# --- a file that cannot be used

begin
for file in "$dir"/state/qb/*.calls; do printf 'x' >"$file"; done
fetch
is 'a damaged file: status' $status 0
ok 'is told, and what to do' said "it is damaged, or not a count of calls; move it away"
is 'and left as it is' "$(cat "$dir"/state/qb/*.calls)" x
qb-auth status >"$dir/out" 2>"$dir/err"
is 'for qb-auth status it is not known: status' $? 0
is 'in its line' "$(tail -n 1 "$dir/out")" 'calls this month: not known'
ok 'and why' said 'it is damaged'
before=$(answered)
QBO_MONTHLY_CALLS=100 fetch
is 'with a limit: status, and no call' "$status $(($(answered) - before))" '65 0'
ok 'is told as the limit that cannot be kept' said 'QBO_MONTHLY_CALLS cannot be kept'
done_testing
