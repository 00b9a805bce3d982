#!/bin/sh
# A token endpoint that gives no good answer: each ends with its own status, and
# nothing is lost: the next run can log in.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d)
trap 'sim_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
export XDG_STATE_HOME="$dir/state"

auth() {
	qb-auth token --verbose >"$dir/out" 2>"$dir/err"
	status=$?
}
calls() { grep -c 'kind=token' "$dir/sim.log"; }
trouble() {	# trouble WHAT STATUS CALLS SAYING RULE
	rm -rf "$dir/state" "$dir/sim.log"
	printf '%s\n' "$5" >"$dir/script"
	sim_start --rows=all=0 --rotation=previous --script="$dir/script" ||
		{ echo "Bail out! no simulator"; exit 1; }
	store=$dir/state/qb/sandbox-$QBO_REALM_ID.json
	auth
	is "$1: status and calls" "$status $(calls)" "$2 $3"
	[ "$2" = 0 ] || is "$1: no token is written" "$(cat "$dir/out")" ''
	ok "$1: \"$4\" is said" grep -qE -e "$4" "$dir/err"
	[ "$2" = 0 ] || ok "$1: the next step is named" grep -q '^qb-auth: next: ' "$dir/err"
	auth
	is "$1: the next run can log in" $status 0
	is "$1: and keeps what it has" "$(jq -r .access_token "$store")" "$(cat "$dir/out")"
}
# Answers that are lost when the token has changed already: the old one is good
# for a while, and asked with once more.
trouble 'a reset' 0 2 'will be retried' 'token times 1 reset'
trouble 'an answer that is cut' 0 2 'will be retried' 'token times 1 cut-body'
trouble 'a reset in the answer' 0 2 'will be retried' 'token times 1 reset-in-body'
trouble 'JSON that is cut' 0 2 'no valid response' 'token times 1 cut-json'
trouble 'HTML' 0 2 'no valid response' 'token times 1 html'
trouble 'nothing' 0 2 'no valid response' 'token times 1 empty'
trouble 'status 500' 0 2 'HTTP 500' 'token times 1 status 500 body html'
# Whole answers that say that nothing was done.
trouble 'status 503, and again' 0 3 'HTTP 503' 'token times 2 status 503 body html'
trouble 'HTML with status 400' 0 3 'HTTP 400' 'token times 2 status 400 body html'
trouble 'HTML with status 404' 0 2 'HTTP 404' 'token times 1 status 404 body html'
# And that do not get better.
trouble 'status 500, and again' 75 6 'after 6 tries: the token endpoint: HTTP 500' \
	'token times 6 status 500 body html'
trouble 'slow down, for long' 75 1 'HTTP 429' 'token times 1 status 429 body json retry-after 3600'
# Refused.
trouble 'status 400' 69 1 'HTTP 400' 'token times 1 status 400 body json'
trouble 'status 401' 69 1 'rejects QBO_CLIENT_ID or QBO_CLIENT_SECRET' 'token times 1 status 401 body json'

# Nobody there.
rm -rf "$dir/state"
sim_start --rows=all=0 || exit 1
QBO_TOKEN_URL=http://127.0.0.1:1/ auth
is 'nobody listens: status' $status 75
auth
is 'nobody listened: the next run can log in' $status 0
# A disk that takes no file: nothing is asked before that is known.
: >"$dir/sim.log"
sed -i 's/"access_token_ends":"[^"]*"/"access_token_ends":"2020-01-01T00:00:00Z"/' \
	"$dir/state/qb/sandbox-$QBO_REALM_ID.json"
bash -c 'ulimit -f 4; qb-auth token' >"$dir/out" 2>"$dir/err"
is 'a disk that takes nothing: status' $? 74
is 'a disk that takes nothing: nothing is asked' "$(calls)" 0
is 'a disk that takes nothing: no temporary file stays' \
	"$(find "$dir/state" -name '.qb-*')" ''
auth
is 'a disk that took nothing: the next run can log in' $status 0
done_testing
