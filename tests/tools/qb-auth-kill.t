#!/bin/sh
# qb-auth killed at each system call of a refresh: whatever was on the disk at
# that moment, the next run can log in.  All calls from the program's start are
# tried with QB_KILL_ALL=1.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d)
trap 'sim_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
export XDG_STATE_HOME="$dir/state"

expire() {
	sed -i 's/"access_token_ends":"[^"]*"/"access_token_ends":"2020-01-01T00:00:00Z"/' "$store"
}
traced() {	# traced OPTION...
	expire
	ASAN_OPTIONS=detect_leaks=0 strace -f -o "$dir/trace" "$@" qb-auth token >"$dir/out" 2>"$dir/err"
}
# "CALL N": each name, and which of its calls is the first after the lock is
# taken; or 1 when all are wanted.
list() {
	awk -v all="${QB_KILL_ALL:-}" '
		/\.lock"/ { locked = 1 }
		match($0, /[0-9]+ +[a-z_0-9]+\(/) {
			name = $2; sub(/\(.*/, "", name)
			n[name]++
			if ((locked || all) && !first[name]++ && name != "exit_group")
				print name, n[name]
		}' "$dir/trace"
}
# The lock and what a killed run left behind: a temporary file may stay until
# the next refresh sweeps it away.
files() { find "$dir/state/qb" -name '.qb-*' | wc -l; }

if ! strace -o "$dir/trace" true 2>/dev/null; then
	skip 'killed at each system call' 'strace may not trace here'
	done_testing
	exit
fi
sim_start --rows=all=0 --rotation=previous ||
	{ echo "Bail out! no simulator"; exit 1; }
store=$dir/state/qb/sandbox-$QBO_REALM_ID.json
qb-auth token >"$dir/out" || { echo "Bail out! no login"; exit 1; }
unset QBO_REFRESH_TOKEN
traced
list >"$dir/calls"
kills=0 lost=0 lying=0 left=0
: >"$dir/sim.log"
# N counts up until a run ends unkilled.
kill_at() {	# kill_at CALL N: was it?
	traced -e inject="$1:signal=KILL:when=$2"
	killed=$?
	[ ! -s "$dir/out" ] || grep -qF "$(cat "$dir/out")" "$store" ||
		lying=$((lying + 1))
	expire
	if ! qb-auth token >"$dir/out" 2>"$dir/err"; then
		lost=$((lost + 1))
		printf '# lost after %s %s: %s\n' "$1" "$2" "$(head -n 1 "$dir/err")"
		return 1
	fi
	[ "$(files)" = 0 ] || left=$((left + 1))
	[ $killed = 137 ]
}
while read -r call n && [ $lost = 0 ]; do
	while kill_at "$call" "$n"; do n=$((n + 1)) kills=$((kills + 1)); done
done <"$dir/calls"
refused=$(grep -c 'kind=token status=400' "$dir/sim.log")
printf '# killed at %s system calls of %s kinds\n' "$kills" "$(wc -l <"$dir/calls")"
ok 'it was killed at each system call from the lock on' test "$kills" -gt 40
is 'and the next run could log in, each time' $lost 0
is 'no refresh token was refused' "$refused" 0
is 'no token was written out before it was kept' $lying 0
is 'no temporary file stays' $left 0
done_testing
