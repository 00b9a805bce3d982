#!/bin/sh
# Eight processes at once, a hundred times, whenever the access token has come
# to its end: one of them refreshes, and the login is never lost.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d)
trap 'sim_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
export XDG_STATE_HOME="$dir/state"
rounds=${QB_RACE_ROUNDS:-100}

calls() { grep -c "kind=token.*status=$1" "$dir/sim.log"; }
kept() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$store"; }
expire() {
	sed -i 's/"access_token_ends":"[^"]*"/"access_token_ends":"2020-01-01T00:00:00Z"/' "$store"
}
# Each of eight prints the same token, and it is the one that is kept.
round() {
	expire
	for i in 1 2 3 4 5 6 7 8; do
		qb-auth token >"$dir/$i" 2>>"$dir/err" &
		eval "p$i=\$!"
	done
	for i in 1 2 3 4 5 6 7 8; do
		eval "wait \$p$i" || failed=$((failed + 1))
	done
	for i in 1 2 3 4 5 6 7 8; do cat "$dir/$i"; done | sort -u >"$dir/tokens"
	[ "$(cat "$dir/tokens")" = "$(kept access_token)" ] ||
		others=$((others + 1))
}
refreshes() { qb-auth token >"$dir/out"; }
race() {	# race RULE
	rm -rf "$dir/state" "$dir/sim.log"
	sim_start --rows=all=0 --rotation="$1" --reuse-revokes ||
		{ echo "Bail out! no simulator"; exit 1; }
	store=$dir/state/qb/sandbox-$QBO_REALM_ID.json
	qb-auth token >"$dir/out" || { echo "Bail out! no login"; exit 1; }
	unset QBO_REFRESH_TOKEN
	: >"$dir/sim.log"
	failed=0 others=0 n=0 began=$(date +%s)
	while [ $n -lt "$rounds" ]; do round; n=$((n + 1)); done
	printf '# %s: 8 processes x %s rounds: %s token calls, %s invalid_grant, %s failed, %s s\n' \
		"$1" "$n" "$(calls 200)" "$(calls 400)" $failed $(($(date +%s) - began))
	is "$1: no process failed" $failed 0
	is "$1: one token call a round" "$(calls 200)" "$rounds"
	is "$1: no invalid_grant" "$(calls 400)" 0
	is "$1: each round all have the token that is kept" $others 0
	expire
	ok "$1: the refresh token that is kept is the newest" refreshes
	is "$1: it is taken at once" "$(calls 400)" 0
}
race newest
race previous
race all
done_testing
