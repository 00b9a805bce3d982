#!/bin/sh
# What Intuit's consent page answers in place of a code, and what is given in
# place of a refresh token: each is named, with the step that helps.
# shellcheck disable=SC2016 # what stands in single quotes is the browser's
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d)
trap 'sim_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
export XDG_STATE_HOME="$dir/state" dir
unset DISPLAY WAYLAND_DISPLAY

begin() {	# a simulator, and nobody logged in; $dir/token is for qb-auth adopt
	rm -rf "$dir/state" "$dir/sim.log"
	sim_start --rows=all=0 || { echo "Bail out! no simulator"; exit 1; }
	store=$dir/state/qb/sandbox-$QBO_REALM_ID.json
	first=$QBO_REFRESH_TOKEN
	printf '%s\n' "$first" >"$dir/token"
	unset QBO_REFRESH_TOKEN QBO_REFRESH_TOKEN_FILE
}
auth() {
	qb-auth "$@" >"$dir/out" 2>"$dir/err" </dev/null
	status=$?
}
said() { grep -qE -e "$1" "$dir/err"; }
asked() { grep -c "kind=$1" "$dir/sim.log"; }
not() { ! "$@"; }

# --- pasted

begin

paste() {	# paste ADDRESS: STATE and CODE in it are those of the page
	rm -f "$dir/answer" "$dir/err"
	mkfifo "$dir/answer"
	qb-auth login --paste <"$dir/answer" >"$dir/out" 2>"$dir/err" &
	child=$!
	exec 4>"$dir/answer"
	until grep -q 'Then paste' "$dir/err" 2>/dev/null; do
		kill -0 $child 2>/dev/null || break
		sleep 0.02
	done
	state=$(sed -n 's/.*[?&]state=\([^& ]*\).*/\1/p' "$dir/err")
	code=
	case $1 in *CODE*)
		page=$(sed -n 's/^  http/http/p' "$dir/err")
		code=$(curl -s -o /dev/null -w '%{redirect_url}' "$page" |
			sed 's/.*code=\([^&]*\).*/\1/') ;;
	esac
	printf '%s\n' "$1" | sed "s/STATE/$state/; s/CODE/$code/" >&4
	exec 4>&-
	wait $child
	status=$?
	rm -f "$dir/answer"
}
back=http://localhost:8765/callback
refused() {	# refused ADDRESS STATUS SAYING NEXT
	paste "$1"
	is "$1: status" "$status" "$2"
	ok "$1: $3" said "^qb-auth: the redirect address: .*$3"
	ok "$1: next: $4" said "^qb-auth: next: .*$4"
	ok "$1: nothing about windows or input" not said 'window|input'
	is "$1: nothing on standard output" "$(cat "$dir/out")" ''
}
refused "$back?error=invalid_scope&state=STATE" 69 \
	'invalid_scope: the app lacks the scope com.intuit.quickbooks.accounting' \
	"Intuit's developer portal.*keys that belong to QBO_ENV"
refused "$back?state=STATE&error=unauthorized_client&realmId=1" 69 \
	'unauthorized_client: the app may not ask' "Intuit's developer portal"
refused "$back?error_description=The+person+said+no&error=access_denied&state=STATE" 77 \
	'access_denied: the person .*Intuit says: "The person said no"' \
	'qb-auth login again, and agree'
refused "$back?error=server_error&state=STATE" 75 'a transient error' 'in a few minutes'
refused "$back?error=temporarily_unavailable&state=STATE#_=_" 75 'a transient error' \
	'in a few minutes'
refused "?error=out_of_order&error_description=%1b%5B31mRed%0Aline%20AB11secretsecret&state=STATE" 69 \
	'out_of_order: qb does not know .*"\\x1b\[31mRed\\nline \[left out\]"' "developer portal"
ok 'no secret and no control character is shown' not said "secret|$(printf '\033')"
refused "$back?code=CODE&state=STATE" 77 \
	'no realmId.*no company was chosen, or the app is not one for QuickBooks accounting' \
	'choose a company'
refused "$back?realmId=&state=STATE&code=CODE" 77 'no realmId' 'choose a company'
refused "$back?realmId=12-3&state=STATE&code=CODE" 65 'its realmId is not the number' \
	'qb-auth login --paste again'
refused "$back?code=CODE&state=x&realmId=1" 77 'its state belongs to another login' \
	'open the page that it prints'
paste "$back?code=CODE&state=STATE&realmId=123"
is 'another company than QBO_REALM_ID: status' $status 77
ok 'another company than QBO_REALM_ID: is named' \
	said "company 123 was chosen, but QBO_REALM_ID is $QBO_REALM_ID"
is 'no token was asked for so far' "$(asked token)" 0
paste "http://localhost:9999/callback?code=CODE&state=STATE&realmId=$QBO_REALM_ID"
is 'another port, which a proxy may have: status' $status 0
ok 'another port: a warning' said "begins with http://localhost:9999/callback, and the redirect URI is $back"
rm -rf "$dir/state"

# --- by a browser on this machine

browser() {	# browser QUERY: comes back with it
	printf '%s\n' '#!/bin/sh' 'state=$(printf "%s" "$1" | sed "s/.*[?&]state=\([^&]*\).*/\1/")' \
		"query='$1'" \
		'curl -s "$QBO_REDIRECT_URL?$(printf "%s" "$query" | sed "s/STATE/$state/")" >"$dir/new"' \
		'mv "$dir/new" "$dir/page"' >"$dir/browser"
	chmod +x "$dir/browser"
	rm -f "$dir/page"
	port=$(python3 -c 'import socket; s = socket.socket()
s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	QBO_REDIRECT_URL=http://localhost:$port/back
	export QBO_REDIRECT_URL
	auth login --browser="$dir/browser" --wait=20s
	for _ in $(seq 100); do
		[ -e "$dir/page" ] && break
		sleep 0.05
	done
}
browser 'error=invalid_scope&error_description=%3Cscript%3Ex%3C/script%3E%20%26&state=STATE'
is 'listening: invalid_scope: status' $status 69
ok 'listening: the page says why' grep -q 'Not logged in: .*invalid_scope: the app lacks the scope' "$dir/page"
ok 'listening: and what to do' grep -q '<p>Next: .*developer portal' "$dir/page"
ok 'listening: HTML is escaped' grep -qF '&lt;script&gt;x&lt;/script&gt; &amp;' "$dir/page"
browser 'code=x&state=STATE'
is 'listening: no company: status' $status 77
ok 'listening: the page says so' grep -q 'no company was chosen' "$dir/page"
browser 'error=server_error&state=STATE'
is 'listening: server_error: status' $status 75
unset QBO_REDIRECT_URL

# --- in place of a refresh token

jwe=eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0..secretsecret.secret.secret
: >"$dir/sim.log"
QBO_REFRESH_TOKEN=$jwe auth token
is 'an access token in QBO_REFRESH_TOKEN: status' $status 64
ok 'it is named' said "QBO_REFRESH_TOKEN is not a refresh token but an access token \(${#jwe} characters\)"
ok 'and the next step' said 'next: set QBO_REFRESH_TOKEN to a refresh token'
printf '%s\n' "$jwe" >"$dir/token"
auth adopt "$dir/token"
is 'adopted: status' $status 65
ok 'adopted: it is named' said "not a refresh token but an access token \(${#jwe} characters\)"
ok 'adopted: and the next step' said 'next: qb-auth adopt again'
printf '"%s"\n' "$first" >"$dir/token"
auth adopt "$dir/token"
is 'adopted in quotes: status' $status 65
ok 'adopted in quotes: is told' said 'is in quotes'
mkdir -p "$dir/state/qb" && chmod 700 "$dir/state/qb"
umask 077
printf '{"qb":"tokens","refresh_token":"%s"}\n' "$jwe" >"$store"
auth token
is 'in the token file: status' $status 65
ok 'in the token file: it is named' said 'refresh_token is not a refresh token but an access token \([0-9]+ characters\)'
ok 'in the token file: and the next step' said "next: move $store away and run qb-auth login"
printf '#!/bin/sh\n[ "$1" != get ] || printf "password=%s\\n"\n' "$jwe" >"$dir/helper"
chmod +x "$dir/helper"
rm "$store"
QBO_CREDENTIAL_HELPER="$dir/helper" auth token
is 'from a credential helper: status' $status 65
ok 'from a credential helper: it is named' said 'the password is not a refresh token but an access token \([0-9]+ characters\)'
ok 'from a credential helper: and the next step' said 'next: correct what QBO_CREDENTIAL_HELPER returns'
is 'none of them was sent' "$(asked token)" 0
# QuickBooks stored it, so it is asked with; and named when it is refused.
begin
auth adopt "$dir/token"
is 'a login: status' $status 0
jq -c --arg t "$jwe" '.refresh_token = $t | .access_token_ends = "2020-01-01T00:00:00Z" |
	del(.previous_refresh_token)' "$store" >"$dir/new" && mv "$dir/new" "$store"
auth token
is 'in a file that QuickBooks wrote: status' $status 77
ok 'in a file that QuickBooks wrote: it is named' said 'its refresh token is an access token'
ok 'no secret is shown' not said secret

# --- the company's name

rm -rf "$dir/state"
auth status
ok 'no name is known' grep -q "^company: $QBO_REALM_ID (sandbox)" "$dir/out"
begin
QBO_API_URL=http://127.0.0.1:1 auth adopt "$dir/token"
is 'QuickBooks does not answer: adopt: status' $status 0
ok 'QuickBooks does not answer: is told' said "the name of company $QBO_REALM_ID is not known: "
auth status
ok 'it is still not known' grep -q "^company: $QBO_REALM_ID (sandbox)" "$dir/out"
is 'and no call was metered' "$(tail -n 1 "$dir/out")" 'calls this month: 0'
jq -r .refresh_token "$store" >"$dir/token"
: >"$dir/sim.log"
auth adopt "$dir/token"
ok 'adopt asks for the name' said "company $QBO_REALM_ID is \"Simulated Company\""
auth token
auth status
ok 'status shows it' grep -q "^company: Simulated Company ($QBO_REALM_ID)" "$dir/out"
is 'one call was metered' "$(tail -n 1 "$dir/out")" 'calls this month: 1'
is 'one was made' "$(grep -c method=GET "$dir/sim.log")" 1
is 'the name is in no token file' "$(grep -c Simulated "$store")" 0
jq -r .refresh_token "$store" >"$dir/token"
QBO_MONTHLY_CALLS=1 auth adopt "$dir/token"
is 'QBO_MONTHLY_CALLS is used up: status' $status 0
ok 'QBO_MONTHLY_CALLS is used up: the name is not asked for' said 'is not known: .*are used up'
is 'QBO_MONTHLY_CALLS is used up: no call' "$(grep -c method=GET "$dir/sim.log")" 1
auth logout
auth status
ok 'the name outlives the login' grep -q "^company: Simulated Company ($QBO_REALM_ID)" "$dir/out"
done_testing
