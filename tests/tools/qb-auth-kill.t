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
# "CALL N": the n-th of this name; those before the lock is taken are left out,
# unless all are wanted.
list() {
	awk -v all="${QB_KILL_ALL:-}" '
		/\.lock"/ { locked = 1 }
		match($0, /[0-9]+ +[a-z_0-9]+\(/) {
			name = $2; sub(/\(.*/, "", name)
			n[name]++
			if ((locked || all) && name != "exit_group")
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
kills=0 unkilled=0 lost=0 refused=0 lying=0 left=0
: >"$dir/sim.log"
while read -r call n; do
	traced -e inject="$call:signal=KILL:when=$n"
	[ $? = 137 ] && kills=$((kills + 1)) || unkilled=$((unkilled + 1))
	[ -s "$dir/out" ] && grep -qF "$(cat "$dir/out")" "$store" ||
		[ ! -s "$dir/out" ] || lying=$((lying + 1))
	expire
	if ! qb-auth token >"$dir/out" 2>"$dir/err"; then
		lost=$((lost + 1))
		printf '# lost after %s %s: %s\n' "$call" "$n" "$(head -n 1 "$dir/err")"
		break
	fi
	[ "$(files)" = 0 ] || left=$((left + 1))
done <"$dir/calls"
refused=$(grep -c 'kind=token status=400' "$dir/sim.log")
printf '# killed at %s of %s system calls, %s runs were not hit\n' \
	"$kills" "$(wc -l <"$dir/calls")" "$unkilled"
ok 'there are some system calls from the lock on' test "$kills" -gt 30
is 'the run was killed at each' "$unkilled" 0
is 'and the next run could log in, each time' $lost 0
is 'no refresh token was refused' "$refused" 0
is 'no token was written out before it was kept' $lying 0
is 'no temporary file stays' $left 0
done_testing
