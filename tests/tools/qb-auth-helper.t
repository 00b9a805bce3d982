#!/bin/sh
# QBO_CREDENTIAL_HELPER: a program holds the login, and nothing is lost when it
# does not.
# shellcheck disable=SC2016 # what stands in single quotes is the helper's
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
root=$(cd "${0%/*}/../.." && pwd)
dir=$(mktemp -d)
trap 'sim_stop; end_gpg; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
export XDG_STATE_HOME="$dir/state" dir
end_gpg() {
	[ ! -d "$dir/gnupg" ] || GNUPGHOME=$dir/gnupg gpgconf --kill all
}

begin() {	# a simulator, and a helper that holds nothing
	rm -rf "$dir/state" "$dir/sim.log" "$dir/held" "$dir/asked"
	sim_start --rows=all=1 || { echo "Bail out! no simulator"; exit 1; }
	file=$dir/state/qb/sandbox-$QBO_REALM_ID.json
	export QBO_CREDENTIAL_HELPER="$dir/helper"
	helper "$holds"
}
helper() {	# helper TEXT: the body of the program
	printf '#!/bin/sh\nprintf "%%s\\n" "$1" >>"$dir/asked"\n%s\n' "$1" >"$dir/helper"
	chmod +x "$dir/helper"
}
holds='case $1 in
get) cat "$dir/held" 2>/dev/null || : ;;
store) grep . >"$dir/held" ;;
erase) rm -f "$dir/held" ;;
esac'
auth() {
	qb-auth "$@" >"$dir/out" 2>"$dir/err" </dev/null
	status=$?
}
said() { grep -qE -e "$1" "$dir/err"; }
not() { ! "$@"; }
held() { sed -n 's/^password=//p' "$dir/held" | jq -r ".$1"; }
expire() {
	sed -i 's/"access_token_ends":"[^"]*"/"access_token_ends":"2020-01-01T00:00:00Z"/' "$1"
}
calls() { grep -c "kind=token status=$1" "$dir/sim.log"; }

begin
auth token
is 'a first run: status' $status 0
is 'the helper holds the token that was given out' "$(held access_token)" "$(cat "$dir/out")"
ok 'no file does' not test -e "$file"
is 'it was asked, told, and asked whether it knows' "$(paste -sd' ' "$dir/asked")" 'get get store get'
is 'for which host and company' "$(sed '/^password/d' "$dir/held" | paste -sd' ')" \
	"protocol=https host=sandbox-quickbooks.api.intuit.com username=$QBO_REALM_ID"
unset QBO_REFRESH_TOKEN
auth token
is 'a second run uses what it holds' "$status $(calls 200)" '0 1'
expire "$dir/held"
auth token
is 'and refreshes it' "$status $(calls 200)" '0 2'
is 'which it holds then' "$(held access_token)" "$(cat "$dir/out")"
auth status --json
is 'status knows where it is' "$(jq -r .where "$dir/out")" 'by QBO_CREDENTIAL_HELPER'

# --- a helper that does not do what it should

unkind() {	# unkind WHAT HELPER STATUS SAYING: at a get
	helper "$2"
	auth token
	is "$1: status" $status "$3"
	ok "$1: is told" said "$4"
}
unkind 'a helper that fails' 'exit 1' 74 'the credential helper \(get\): it exited with status 1'
unkind 'a helper that is not there' 'exec /nothing' 74 'status 127'
unkind 'another company' 'printf "username=1\npassword=x\n"' 65 'its output is for another company'
unkind 'a carriage return' 'printf "password=x\r\n"' 65 'not lines of key=value'
unkind 'something else' 'echo hello' 65 'not lines of key=value'
unkind 'half a login' 'printf "password={\"qb\":\n"' 65 'the login from the credential helper'
unkind 'no login' ':' 77 'there is no login yet'
ok 'the next step is named' said 'next: qb-auth login'
is 'none of these asked for a token' "$(calls 200)" 2

helper 'case $1 in get) cat "$dir/held";; store) exit 1;; esac'
expire "$dir/held"
auth token
is 'a helper that does not store: status' $status 0
ok 'a warning says where the login stands' said "\(store\): it exited with status 1; the login stays in $file until"
is 'for its owner alone' "$(stat -c %a "$file")" 600
is 'the token is good' "$(jq -r .access_token "$file")" "$(cat "$dir/out")"
auth token
is 'the next run uses that one, though the helper holds another' "$status $(calls 200)" '0 3'
helper 'case $1 in get) cat "$dir/held";; store) : ;; esac'
expire "$file"
auth token
is 'a helper that forgets what it stores: status' $status 0
ok 'is found out' said 'does not return what it was given to store; the login stays in '
helper "$holds"
expire "$file"
auth token
is 'a helper that holds it again: status' $status 0
ok 'is trusted with it, and the file is gone' not test -e "$file"
is 'nothing was refused all the while' "$(calls 400)" 0

helper 'kill -9 $$'
auth token
is 'a helper that dies: status' $status 74

# --- adopting, logging out, a bare token

begin
unset QBO_REFRESH_TOKEN
printf 'password=%s\n' "$(sed -n 's/^QBO_REFRESH_TOKEN=//p' "$dir/sim.env")" >"$dir/held"
auth token
is 'a bare refresh token that a person put there: status' $status 0
is 'becomes a login' "$(held access_token)" "$(cat "$dir/out")"
auth logout
is 'logging out: status' $status 0
ok 'the helper holds nothing' not test -e "$dir/held"
is 'and it is revoked' "$(grep -c 'kind=revoke status=200' "$dir/sim.log")" 1

# A vault that can be read and not written.
begin_bare() {
	begin
	unset QBO_REFRESH_TOKEN
	sed -n 's/^QBO_REFRESH_TOKEN=/password=/p' "$dir/sim.env" >"$dir/given"
	helper 'case $1 in get) cat "$dir/given";; esac'
}
begin_bare
auth token
is 'a bare token that stays there: status' $status 0
expire "$file"
auth token
is 'is old from the first refresh on' "$status $(calls 200) $(calls 400)" '0 2 0'
jq -r '"password=" + .refresh_token' "$file" >"$dir/given"
jq -c '.refresh_token = "AB11old"' "$file" >"$dir/new" && cat "$dir/new" >"$file"
expire "$file"
auth token
is 'another one is newer than the file' "$status $(calls 200) $(calls 400)" '0 3 0'

# --- eight at once

begin
auth token
unset QBO_REFRESH_TOKEN
: >"$dir/sim.log"
for round in 1 2 3 4 5; do
	expire "$dir/held"
	pids=
	for i in 1 2 3 4 5 6 7 8; do
		qb-auth token >"$dir/$i" &
		pids="$pids $!"
	done
	for pid in $pids; do wait "$pid"; done
	different=$(cat "$dir/1" "$dir/2" "$dir/3" "$dir/4" "$dir/5" "$dir/6" "$dir/7" "$dir/8" | sort -u | wc -l)
	is "eight at once, round $round: one token for all" "$different" 1
done
is 'one token call a round' "$(calls 200) $(calls 400)" '5 0'

# --- the helper of the manual

awk '/^#!\/bin\/sh/ { on = 1 } on && /^\.Ed/ { exit } on' "$root/man/qb-auth.1" |
	sed 's/\\e/\\/g' >"$dir/qb-pass"
chmod +x "$dir/qb-pass"
is 'the helper of the manual is a shell script' "$(sh -n "$dir/qb-pass" 2>&1)" ''
if ! command -v pass >/dev/null || ! command -v gpg >/dev/null; then
	skip 'the helper of the manual holds a login' 'pass is not installed'
	done_testing
	exit
fi
export GNUPGHOME="$dir/gnupg" PASSWORD_STORE_DIR="$dir/pass"
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --pinentry-mode loopback --passphrase '' \
	--quick-gen-key qb default default never 2>"$dir/gpg"
pass init qb >/dev/null 2>&1
begin
export QBO_CREDENTIAL_HELPER="$dir/qb-pass"
unset QBO_REFRESH_TOKEN
auth token
is 'pass: no login yet: status' $status 77
sed -n 's/^QBO_REFRESH_TOKEN=//p' "$dir/sim.env" | qb-auth adopt 2>"$dir/err"
is 'pass: a login is adopted: status' $? 0
auth token
is 'pass: and used: status' "$status $(calls 200)" '0 1'
is 'pass: it is there, encrypted' \
	"$(pass show "qb/sandbox-quickbooks.api.intuit.com/$QBO_REALM_ID" | jq -r .access_token)" \
	"$(cat "$dir/out")"
ok 'pass: and nowhere else' not grep -rqF "$(cat "$dir/out")" "$dir/state" "$dir/pass"
mv "$GNUPGHOME" "$GNUPGHOME.away"
auth token
is 'pass: without its key: status' $status 74
mv "$GNUPGHOME.away" "$GNUPGHOME"
auth logout
is 'pass: logging out: status' $status 0
auth token
is 'pass: nothing is left: status' $status 77
done_testing
