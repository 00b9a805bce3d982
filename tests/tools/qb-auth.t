#!/bin/sh
# qb-auth against the simulator: a login begins, lasts and ends, with a browser
# that is a script.
# shellcheck disable=SC2016 # what stands in single quotes is the browser's
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d)
trap 'sim_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
export XDG_STATE_HOME="$dir/state"
unset DISPLAY WAYLAND_DISPLAY

begin() {	# begin OPTION...: a simulator, and nobody logged in
	rm -rf "$dir/state" "$dir/sim.log"
	sim_start --rows=all=1 "$@" || { echo "Bail out! no simulator"; exit 1; }
	store=$dir/state/qb/sandbox-$QBO_REALM_ID.json
	unset QBO_REFRESH_TOKEN QBO_REFRESH_TOKEN_FILE
}
auth() {	# auth WORD...: $dir/out, $dir/err and $status
	qb-auth "$@" >"$dir/out" 2>"$dir/err" </dev/null
	status=$?
}
said() { grep -qE -e "$1" "$dir/err"; }
kept() { jq -r ".$1" "$store"; }
asked() { grep -c "kind=$1" "$dir/sim.log"; }
not() { ! "$@"; }
free_port() {
	python3 -c 'import socket; s = socket.socket()
s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
expire() {	# what is stored is too old from now on
	sed -i 's/"access_token_ends":"[^"]*"/"access_token_ends":"2020-01-01T00:00:00Z"/' "$store"
}

# --- login, by a browser on this machine

# A browser is a script that gets the address; what it saw is in browser.out.
browser() {	# browser LINE...
	printf '#!/bin/sh\n' >"$dir/browser"
	printf '%s\n' "$@" >>"$dir/browser"
	chmod +x "$dir/browser"
	rm -f "$dir/browser.out"
}
goes_through='curl -sL -w " %{http_code}" "$1" >"$dir/new"; mv "$dir/new" "$dir/browser.out"'
export dir
listen() {	# listen OPTION...: at a free port
	port=$(free_port)
	rm -f "$dir/browser.out"
	export QBO_REDIRECT_URL="http://localhost:$port/back"
	auth login --browser="$dir/browser" --wait=20s "$@"
}
saw() {		# what the browser saw, as soon as it has seen it
	for _ in $(seq 100); do
		[ -e "$dir/browser.out" ] && break
		sleep 0.1
	done
	cat "$dir/browser.out"
}

begin
browser "$goes_through"
listen
is 'consent: status' $status 0
is 'the company is told' "$(cat "$dir/out")" "QBO_REALM_ID=$QBO_REALM_ID"
ok 'and to the person at the terminal' said "logged in to company $QBO_REALM_ID \(sandbox\)"
is 'and the browser says so, too' "$(saw)" \
	'<!doctype html><title>qb</title><p>You are logged in and can close this page.</p>
 200'
is 'tokens are kept, for their owner alone' "$(stat -c %a "$store" "${store%/*}" | paste -sd' ')" '600 700'
is 'with all that the server said of their ends' \
	"$(jq -c '[has("access_token"), has("access_token_ends"), has("refresh_token_ends"), has("login_ends")]' "$store")" \
	'[true,true,true,true]'
is 'a code is asked about once' "$(asked token)" 1
ok 'without PKCE where it is not offered' not grep -q code_challenge "$dir/err"
qb-auth token >"$dir/out"
is 'the token is good at the API' "$(sed 's/.*/header = "Authorization: Bearer &"/' "$dir/out" |
	curl -s -o "$dir/body" -w '%{http_code}' -K - --get \
	--data-urlencode 'query=select count(*) from Item' \
	"$QBO_API_URL/v3/company/$QBO_REALM_ID/query")" 200
is 'and needed no refresh' "$(asked token)" 1

begin --pkce
unset QBO_REALM_ID
listen
is 'PKCE, and a company that is not known beforehand: status' $status 0
ok 'the challenge was sent' grep -q 'code_challenge=.*code_challenge_method=S256' "$dir/err"
ok 'and what the server wants is the verifier' not grep -q 'kind=token status=400' "$dir/sim.log"

begin
QBO_DISCOVERY_URL=$QBO_API_URL/nothing listen
is 'no discovery document: status' $status 0
ok 'is said' said 'without PKCE: the discovery document: HTTP 404'

begin --deny
listen
is 'a refusal: status' $status 77
ok 'is told as one' said 'page refused: access_denied: the person at the browser did not'
ok 'and the next step' said 'next: qb-auth login again, and agree'
is 'to the browser, too' "$(saw)" \
	"<!doctype html><title>qb</title><p>Not logged in: the redirect address: Intuit's page refused: access_denied: the person at the browser did not give the permission</p>
<p>Next: qb-auth login again, and agree on Intuit's page</p>
 400"
ok 'and nothing is kept' not test -e "$store"
is 'nor asked for' "$(asked token)" 0

begin
browser 'curl -s "${QBO_REDIRECT_URL}?code=XAB11evil&state=wrong&realmId=1" >"$dir/new"' \
	'curl -s -o /dev/null "${QBO_REDIRECT_URL}?code=x&state=y&realmId=1"' \
	'printf "%s\n" $? >"$dir/browser.out"'
listen
is 'another state: status' $status 77
ok 'is told as one' said 'its state belongs to another login'
is 'no code is asked about' "$(asked token)" 0
ok 'a second request finds nobody' test "$(saw)" -gt 0
ok 'no code and no state is quoted' not said 'XAB11evil|wrong'

browser 'state=$(printf "%s" "$1" | sed "s/.*state=\([^&]*\).*/\1/")' \
	'curl -s -o /dev/null -w "%{http_code} " "http://127.0.0.1:${QBO_REDIRECT_URL#*host:}ish"' \
	'curl -s -o /dev/null -w "%{http_code} " "${QBO_REDIRECT_URL%back}favicon.ico"' \
	'curl -s -o /dev/null -w "%{http_code} " -d x=y "${QBO_REDIRECT_URL}?code=x"' \
	'printf "nonsense\r\n\r\n" | curl -s -m 2 "telnet://127.0.0.1:${QBO_REDIRECT_URL#*host:}" | head -c 12' \
	"$goes_through"
sed -i '2s/.*/exec >"$dir\/errors"/' "$dir/browser"
listen
is 'what is not the one request is turned away, and waited on: status' $status 0
is 'with its own status' "$(cut -c1-11 "$dir/errors")" '404 404 405'

# Browsers open connections that they never use.
browser 'exec 3<>/dev/null' "for i in 1 2 3 4 5 6 7 8 9 10; do
	curl -s -m 5 telnet://127.0.0.1:\${port} </dev/zero >/dev/null & done
	sleep 0.2" "$goes_through"
port=$(free_port)
export port QBO_REDIRECT_URL="http://localhost:$port/back"
auth login --browser="$dir/browser" --wait=20s
is 'connections that are never used do not stand in the way: status' $status 0

browser ':'
listen --wait=300ms
is 'nobody comes back in time: status' $status 75
ok 'is told, and the way over ssh' said 'next: qb-auth login again, with --paste'
is 'no code is asked about then' "$(asked discovery) $(grep -c 'kind=token status=400' "$dir/sim.log")" \
	"$(asked discovery) 0"
python3 -c 'import socket, sys, time
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 0)); s.listen()
print(s.getsockname()[1], flush=True); time.sleep(60)' >"$dir/port" &
taken=$!
until [ -s "$dir/port" ]; do sleep 0.05; done
QBO_REDIRECT_URL=http://localhost:$(cat "$dir/port")/back auth login
is 'a port that is taken: status' $status 74
ok 'is named' said "127.0.0.1 port $(cat "$dir/port"): "
kill $taken
wait $taken 2>/dev/null

begin
browser "$goes_through"
QBO_REALM_ID=123 listen
is 'another company than QBO_REALM_ID: status' $status 77
ok 'both are named' said "company $QBO_REALM_ID was chosen, but QBO_REALM_ID is 123"
is 'no token is asked for' "$(asked token)" 0

browser 'tr "\0" "\n" </proc/$$/environ >"$dir/browser.env"' "$goes_through"
QBO_REFRESH_TOKEN=hush PGPASSWORD=hush listen
is 'with secrets around: status' $status 0
ok 'the browser gets none of them' not grep -qE "hush|$QBO_CLIENT_SECRET" "$dir/browser.env"

# --- login, by what is pasted

paste() {	# paste FILTER: what the browser would end up at, changed by sed
	rm -f "$dir/answer" "$dir/err"
	mkfifo "$dir/answer"
	qb-auth login --paste <"$dir/answer" >"$dir/out" 2>"$dir/err" &
	child=$!
	exec 4>"$dir/answer"
	until grep -q 'Then paste' "$dir/err" 2>/dev/null; do
		kill -0 $child 2>/dev/null || break
		sleep 0.02
	done
	page=$(sed -n 's/^  http/http/p' "$dir/err")
	curl -s -o /dev/null -w '%{redirect_url}\n' "$page" | sed "$1" >&4
	exec 4>&-
	wait $child
	status=$?
	rm -f "$dir/answer"
}
begin --pkce
export QBO_REDIRECT_URL=https://example.com/back
QBO_ENV=production paste ''
is 'production, pasted: status' $status 0
ok 'and kept apart from the sandbox' test -e "$dir/state/qb/production-$QBO_REALM_ID.json"
unset QBO_REDIRECT_URL
paste 's/.*?//'
is 'what stands behind the ? is enough' $status 0
ok 'the redirect of the sandbox is http://localhost:8765/callback' \
	grep -q 'redirect_uri=http%3A%2F%2Flocalhost%3A8765%2Fcallback' "$dir/err"
QBO_ENV=production paste ''
ok "production's is the playground of Intuit" \
	grep -q 'redirect_uri=https%3A%2F%2Fdeveloper.intuit.com%2Fv2%2FOAuth2Playground%2FRedirectUrl' "$dir/err"
cp "$store" "$dir/before"
wrong() {	# wrong WHAT FILTER STATUS SAYING
	paste "$2"
	is "pasted: $1: status" $status "$3"
	ok "pasted: $1: is told" said "$4"
}
wrong 'another state' 's/state=./state=/' 77 'its state belongs to another login'
wrong 'no state' 's/state=/x=/' 65 'it has no state'
wrong 'two states' 's/state=\([^&]*\)/state=\1\&state=\1/' 65 'state occurs twice'
wrong 'no code' 's/code=/x=/' 65 'it has no code'
wrong 'another code' 's/code=XAB/code=XAC/' 77 'does not accept the code'
wrong 'no company' 's/realmId/x/' 77 'it has no realmId'
wrong 'a company that is none' 's/realmId=./realmId=a/' 65 'its realmId is not the number of a company'
wrong 'an escape that is none' 's/code=/code=%G/' 65 'invalid percent-encoding'
wrong 'nothing' 's/.*//' 65 'no address was pasted'
ok 'and the next step is named' said '^qb-auth: next: qb-auth login --paste again, and paste'
ok 'what was kept before is as it was' cmp -s "$store" "$dir/before"
QBO_ENV=production QBO_REDIRECT_URL=http://localhost:80/ auth login
is 'production does not go back to http: status' $status 64

# --- token and status

begin
auth token
is 'no login: status' $status 77
ok 'the next step is named' said '^qb-auth: next: qb-auth login'
auth status
is 'no login, asked for its status' "$status $(sed -n 3p "$dir/out")" '77 none'
is 'and the calls, of which there were none' "$(tail -n 1 "$dir/out")" 'calls this month: 0'
auth status --json
is 'and as JSON' "$(jq -c '[.state, .idle_days, .realm, .company]' "$dir/out")" "[\"gone\",0,\"$QBO_REALM_ID\",null]"
listen
auth status
is 'a login: status' $status 0
is 'how long it lasts' "$(sed 's/until .*,/until T,/' "$dir/out")" "company: Simulated Company ($QBO_REALM_ID) (sandbox)
login: $store
refresh token: 100 days left, until T, and longer when it is used
consent: 1824 days left, until T, however it is used
calls this month: 1"
auth status --json
is 'as JSON' "$(jq -c '[.env, .state, .idle_days, .login_days, .where, .calls, .calls_limit, .company]' "$dir/out")" \
	"[\"sandbox\",\"good\",100,1824,\"$store\",1,null,\"Simulated Company\"]"
auth status --days=101
is 'fewer days than wanted: status' $status 75
ok 'a refresh is named' said 'next: qb-auth token'
auth status --days=2000
ok 'or a login, where only that helps' said 'next: qb-auth login'
ends() {	# ends MEMBER TIME
	sed -i "s/\"$1\":\"[^\"]*\"/\"$1\":\"$2\"/" "$store"
	auth status
}
ends refresh_token_ends 2020-01-01T00:00:00Z
is 'not used for too long: status' $status 77
ok 'is told' said 'the login has expired'
cp "$dir/before" "$store"
ends login_ends "$(date -u -d '10 days' +%Y-%m-%dT%H:%M:%SZ)"
is 'ten days before the consent ends: status' $status 75
ends login_ends 2020-01-01T00:00:00Z
is 'and after it: status' $status 77
is 'status asks nobody' "$(asked token)" 1

# --- adopt and logout

first=$(sed -n 's/^QBO_REFRESH_TOKEN=//p' "$dir/sim.env")
begin
first=$(sed -n 's/^QBO_REFRESH_TOKEN=//p' "$dir/sim.env")
printf '%s\n' "$first" >"$dir/token"
qb-auth adopt <"$dir/token" 2>"$dir/err"
is 'a refresh token is adopted from standard input: status' $? 0
ok 'and refreshed at once' test "$(kept refresh_token)" != "$first"
is 'the one that was brought is the previous one' "$(kept previous_refresh_token)" "$first"
cp "$store" "$dir/before"
auth adopt "$dir/token"
is 'one that is not accepted any more: status' $status 77
ok 'leaves the login as it was' cmp -s "$store" "$dir/before"
auth adopt "AB11$first"
is 'a token in place of the file: status' $status 64
ok 'is not quoted' not said AB11
ok 'but the right way is' said 'qb-auth adopt FILE'
printf 'two words\n' >"$dir/token"
auth adopt "$dir/token"
is 'what is no token: status' $status 65
ok 'the next step is named' said 'next: qb-auth adopt again'
auth adopt
is 'nothing: status' $status 65
auth logout
is 'logging out: status' $status 0
ok 'the file is gone' not test -e "$store"
is 'and the login is revoked' "$(grep -c 'kind=revoke status=200' "$dir/sim.log")" 1
auth logout
is 'logging out again: status' $status 0
ok 'is told' said 'there was no login'
sed 's/"refresh_token":"AB/"refresh_token":"AC/' "$dir/before" >"$store"
chmod 600 "$store"
auth logout
is 'a login that Intuit does not know: status' $status 0
ok 'is told, and removed' said 'had already ended this login'
cp "$dir/before" "$store"
QBO_REVOKE_URL=http://127.0.0.1:1/ auth logout
is 'nobody answers: status' $status 75
ok 'nothing is removed' cmp -s "$store" "$dir/before"
QBO_CLIENT_SECRET=wrong auth logout
is 'wrong keys: status' $status 69
ok 'nothing is removed' cmp -s "$store" "$dir/before"

# --- what stands in the environment is not newer for ever

begin
first=$(sed -n 's/^QBO_REFRESH_TOKEN=//p' "$dir/sim.env")
export QBO_REFRESH_TOKEN="$first"
auth token
is 'a first run from QBO_REFRESH_TOKEN: status' $status 0
(unset QBO_REFRESH_TOKEN; browser "$goes_through"; listen)
expire
: >"$dir/sim.log"
auth token
is 'after a login the old token in the environment is not tried' \
	"$status $(grep -c 'kind=token status=200' "$dir/sim.log") $(grep -c 'kind=token status=400' "$dir/sim.log")" '0 1 0'
export QBO_REFRESH_TOKEN=another
listen
expire
: >"$dir/sim.log"
auth token
is 'nor one that stood there while a person logged in' \
	"$status $(grep -c 'kind=token status=400' "$dir/sim.log")" '0 0'
unset QBO_REFRESH_TOKEN

# --- words that are wrong

auth
is 'no command: status' $status 64
ok 'they are named' said 'missing command: login, token, status, logout or adopt'
auth lgoin
is 'another command: status' $status 64
ok 'is told, and not quoted' said 'unknown command: login, token, status, logout or adopt'
auth token now
is 'one word too many: status' $status 64
auth adopt one two
is 'two files: status' $status 64
auth login --wait=0ms
is 'no time at all: status' $status 64
QBO_REDIRECT_URL=ftp://localhost/ auth login
is 'a redirect that is none: status' $status 64
QBO_REVOKE_URL=http://example.com/ auth logout
is 'secrets do not travel in the clear: status' $status 64
QBO_CLIENT_ID='' auth token
is 'no keys: status' $status 64
qb-auth token >/dev/full 2>"$dir/err"
is 'a full disk: status' $? 74
done_testing
