#!/bin/sh
# No secret leaves but into the token file: all of a login's runs at full
# verbosity, and every byte that they wrote anywhere is searched.  The search
# is tried first: leaks that are put there on purpose are found.
# shellcheck disable=SC2016 # what stands in single quotes is the browser's
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
dir=$(mktemp -d) || exit 1
trap 'end_sampling; sim_stop; pg_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
export dir XDG_STATE_HOME="$dir/state"
unset DISPLAY WAYLAND_DISPLAY
seen=$dir/seen	# everything that is searched
mkdir -p "$seen"

# What the simulator makes is marked: refresh tokens, access tokens and codes
# are AB11, eyJ, XAB11, then 32 digits, then sim; and its client secret.
secrets='(AB11|eyJ|XAB11)[0-9a-f]{32}sim|simulatedSecret0987654321|CANARY'
# As they are, in base64 (Basic authorization), or compressed.
basic=$(printf '%s' 'ABsimulatedClient1234567890:simulatedSecret0987654321' | base64 -w0 | cut -c1-60)
search() {	# search FOLDER: the files that bear a secret
	find "$1" -type f | while read -r file; do
		case $file in
		*.gz) gzip -dc "$file" 2>/dev/null ;;
		*) cat "$file" ;;
		esac | grep -aqE -e "$secrets|$basic" && printf '%s\n' "${file#"$1"/}"
	done | sort
}

# Command lines of everything that runs below us, as often as they can be read;
# other tests have process groups of their own.
sampling=
group=$(ps -o pgid= -p $$ | tr -d ' ')
begin_sampling() {
	(while :; do pgrep -a -g "$group" . >>"$seen/arguments"; done) &
	sampling=$!
}
end_sampling() {
	[ -n "$sampling" ] || return 0
	kill "$sampling" 2>/dev/null
	wait "$sampling" 2>/dev/null
	sampling=
}
run() {		# run NAME COMMAND...: all that it says is kept
	name=$1; shift
	"$@" >"$seen/$name.out" 2>"$seen/$name.err"
	status=$?
	printf '# %s: %s\n' "$name" $status
}
expire() {
	sed -i 's/"access_token_ends":"[^"]*"/"access_token_ends":"2020-01-01T00:00:00Z"/' \
		"$dir/state/qb/"*.json
}

# --- the search itself

mkdir "$dir/control"
token=AB110123456789abcdef0123456789abcdefsim
printf 'qb: refreshed token=%s\n' "$token" >"$dir/control/log"
printf '{"payload":{"a":"%s"}}\n' "$token" | gzip >"$dir/control/archive.gz"
printf 'curl -u x:simulatedSecret0987654321\n' >"$dir/control/arguments"
printf 'Authorization: Basic %s==\n' "$(printf '%s' 'ABsimulatedClient1234567890:simulatedSecret0987654321' | base64 -w0)" >"$dir/control/trace"
printf '\000\001%s\n' "X$token" >"$dir/control/core"
printf 'nothing here\n' >"$dir/control/clean"
is 'leaks that are put there on purpose are found: each' \
	"$(search "$dir/control" | paste -sd' ')" 'archive.gz arguments core log trace'

# --- all runs

pg_start || { echo 'Bail out! no PostgreSQL'; exit 1; }
printf '%s\n' '#!/bin/sh' 'printf "%s\n" "$1" >"$seen/browser.arguments"' \
	'env >"$seen/browser.environment"' 'curl -sLi "$1" | grep -v "^Location" >"$seen/browser.page"' >"$dir/browser"
printf '%s\n' '#!/bin/sh' 'env >"$seen/helper.environment.$1"' 'case $1 in
get) cat "$dir/held" 2>/dev/null || : ;;
store) cat >"$dir/held" ;;
erase) rm -f "$dir/held" ;;
esac' >"$dir/helper"
chmod +x "$dir/browser" "$dir/helper"
export seen
begin() {	# begin RULE...
	printf '%s\n' "$@" >"$dir/script"
	sim_start --pkce --rows=all=0,Invoice=120 --from=2025-01-01 --to=2025-04-01 \
		--rotation=previous --script="$dir/script" ||
		{ echo "Bail out! no simulator"; exit 1; }
}
port=$(python3 -c 'import socket; s = socket.socket()
s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
loud='--verbose --debug-http'
auth() {	# auth NAME WORD...: with everything said
	name=$1; shift
	# shellcheck disable=SC2086 # one option a word
	run "$name" qb-auth "$@" $loud
}
# The one exception: the access token that was asked for is on standard output.
token() {
	auth "$1" token
	case $(cat "$seen/$1.out") in eyJ*sim) rm "$seen/$1.out" ;; esac
}
pipe() {	# pipe NAME
	qb-window Invoice --from=2025-01-01 --to=2025-04-01 --every=30d 2>"$seen/$1.window" |
		qb-fetch --retries=2 --retry-for=30s --verbose --debug-http 2>"$seen/$1.fetch" |
		tee "$seen/$1.ndjson" |
		qb-archive "$seen/archive.$1" 2>"$seen/$1.archive" |
		qb-stamp 2>"$seen/$1.stamp" |
		qb-load --schema="$1" >"$seen/$1.receipts" 2>"$seen/$1.load"
	status=$?
	pg_dump -n "$1" >"$seen/$1.sql" 2>/dev/null
}

begin 'request 9999 expire'
begin_sampling
export QBO_REDIRECT_URL="http://localhost:$port/back"
auth consent login --browser="$dir/browser" --wait=20s
is 'a person logs in' $status 0
token fresh
expire
token refreshed
auth status status
auth json status --json
pipe whole
is 'windows are read and loaded' "$status $(pg -c 'select count(*) from whole.invoices')" '0 120'
QBO_REFRESH_TOKEN=CANARY-given auth seed status
begin 'request 9999 expire'
sed -n 's/^QBO_REFRESH_TOKEN=//p' "$dir/sim.env" >"$dir/given"
auth adopted adopt "$dir/given"
is 'a token is adopted' $status 0
auth argument adopt "$(cat "$dir/given")"
end_sampling	# that one was in an argument, by a person's mistake
grep -av 'qb-auth adopt AB11' "$seen/arguments" >"$dir/left"
mv "$dir/left" "$seen/arguments"
begin_sampling
QBO_CLIENT_SECRET=CANARY-wrong auth keys logout
auth out logout
auth none token

# Trouble: what comes from the other side is not quoted either.
begin 'token times 2 status 500 body html'
token five
begin 'token times 1 reset-in-body' 'page 1 times 1 status 401' 'count times 1 status 500 body html' \
	'start 40 fault-in-200 code 10000' 'request 4 reset-in-body'
pipe trouble
is 'trouble on the way: it is read all the same' "$status" 0
begin 'any always status 401 body json'
pipe refused
begin 'token times 1 status 400 body json'
token four
begin 'token times 1 status 401 body json'
token keys
QBO_REFRESH_TOKEN=CANARY-dead XDG_STATE_HOME=$dir/state2 auth dead token
printf '{"refresh_token":"CANARY' >"$dir/damaged"
chmod 600 "$dir/damaged"
QBO_TOKEN_FILE=$dir/damaged auth damaged token
QBO_TOKEN_FILE=$dir/damaged pipe damaged
printf 'CANARY two words\n' >"$dir/given"
auth words adopt "$dir/given"
printf 'x?code=CANARY&state=CANARY&realmId=1\n' >"$dir/given"
# shellcheck disable=SC2086 # one option a word
qb-auth login --paste $loud <"$dir/given" >"$seen/pasted.out" 2>"$seen/pasted.err"
is 'an answer that is not ours' $? 77

# A helper.
begin 'request 9999 expire'
export QBO_CREDENTIAL_HELPER="$dir/helper"
token helped
is 'a helper holds it' "$(grep -acE "$secrets" "$dir/held")" 1
pipe helped
auth forgotten logout
QBO_CREDENTIAL_HELPER='printf "password=CANARY\r\n"; :' auth odd token
QBO_CREDENTIAL_HELPER='printf "password={CANARY\n"; :' auth half token
unset QBO_CREDENTIAL_HELPER
cp "$dir/sim.log" "$seen/sim.log"
end_sampling

# The environment of what we start bears no secret; that of this script does.
is 'nothing that was written bears a secret' "$(search "$seen" | paste -sd' ')" ''
ok 'command lines were looked at while things ran' grep -q 'qb-fetch --retries' "$seen/arguments"
ok 'and archives, tables and logs are among what was searched' \
	test "$(find "$seen/archive.whole" -name '*.gz' | wc -l)" -gt 0 -a -s "$seen/whole.sql" -a -s "$seen/whole.fetch"
ok 'full verbosity was that' grep -q 'http < intuit_tid' "$seen/whole.fetch"
printf '# %s files, %s bytes, %s command lines\n' "$(find "$seen" -type f | wc -l)" \
	"$(du -sb "$seen" | cut -f1)" "$(wc -l <"$seen/arguments")"

# One secret anywhere among all that, and it would have been found.
grep QBO_REFRESH_TOKEN "$dir/sim.env" >"$seen/whole.left"
is 'the same search finds what is then left there' "$(search "$seen")" whole.left
done_testing
