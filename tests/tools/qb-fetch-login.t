#!/bin/sh
# qb-fetch and the login: the first run, the runs after it, stale tokens in the
# middle of one, and runs that outlive many tokens.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d)
trap 'sim_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
export XDG_STATE_HOME="$dir/state"

from=2025-01-01T00:00:00Z to=2025-04-01T00:00:00Z
qb-window Invoice --from=$from --to=$to --every=30d >"$dir/tickets"
begin() {	# begin OPTION...
	rm -rf "$dir/state" "$dir/sim.log"
	sim_start --seed=5 --from=$from --to=$to --rows=all=0,Invoice=400 "$@" ||
		{ echo "Bail out! no simulator"; exit 1; }
	store=$dir/state/qb/sandbox-$QBO_REALM_ID.json
}
fetch() {	# fetch OPTION...: and it is whole
	qb-fetch "$@" <"$dir/tickets" >"$dir/out" 2>"$dir/err"
	status=$?
	[ $status != 0 ] || [ "$(tail -n 1 "$dir/out")" = '{"qb":"end","windows":3,"rows":400}' ] ||
		status="$status, and not all rows"
}
calls() { grep -c "kind=token status=$1" "$dir/sim.log"; }
expire() {
	sed -i 's/"access_token_ends":"[^"]*"/"access_token_ends":"2020-01-01T00:00:00Z"/' "$store"
}

begin
fetch
is 'a first run from QBO_REFRESH_TOKEN' "$status $(calls 200)" '0 1'
is 'keeps its login' "$(jq -r .previous_refresh_token "$store")" "$QBO_REFRESH_TOKEN"
fetch
is 'a second one with the same variable uses what is kept' "$status $(calls 200)" '0 1'
expire
fetch
is 'and refreshes that' "$status $(calls 200) $(calls 400)" '0 2 0'
unset QBO_REFRESH_TOKEN
fetch
is 'without the variable it is the same' "$status $(calls 200)" '0 2'
cp "$store" "$dir/older"
begin
(umask 077; mkdir -p "$dir/state/qb")
cp "$dir/older" "$store"
fetch
is 'a token that is newer than what is kept wins' \
	"$status $(calls 200) $(calls 400)" '0 1 0'
unset QBO_REFRESH_TOKEN

begin
unset QBO_REFRESH_TOKEN
fetch
is 'no login: status' "$status" 77
is 'no login: the next step' "$(sed -n 's/.*next: //p' "$dir/err")" \
	'qb-auth login, then run the same command again'
sed -n 's/^QBO_REFRESH_TOKEN=//p' "$dir/sim.env" | qb-auth adopt 2>"$dir/err"
fetch
is 'qb-auth adopt is one, too' "$status $(calls 200)" '0 1'

# --- in the middle of a run

for at in 3 7 12 17; do
	printf 'request %s expire\n' $at >"$dir/script"
	begin --script="$dir/script"
	fetch --page-size=20 --jobs=10
	is "stale tokens from request $at on: one refresh" "$status $(calls 200) $(calls 400)" '0 2 0'
done
begin --token-requests=3
fetch --page-size=20 --jobs=4
is 'tokens that last for three requests: all rows come' "$status" 0
ok 'by many refreshes' test "$(calls 200)" -ge 8
is 'of which none is refused' "$(calls 400)" 0
printf '# %s refreshes\n' "$(calls 200)"
begin --token-requests=30
qb-auth token >"$dir/token" || exit 1
unset QBO_REFRESH_TOKEN
pids=
for i in 1 2 3 4; do
	qb-fetch --page-size=40 <"$dir/tickets" >"$dir/out$i" 2>>"$dir/err" &
	pids="$pids $!"
done
good=0
for pid in $pids; do wait "$pid" && good=$((good + 1)); done
is 'four at once, with tokens that last for thirty requests: all are whole' \
	"$good $(cat "$dir"/out[1-4] | grep -c '^{"qb":"end","windows":3,"rows":400}$')" '4 4'
is 'and no refresh is refused' "$(calls 400)" 0
printf '# %s refreshes\n' "$(calls 200)"
done_testing
