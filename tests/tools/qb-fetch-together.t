#!/bin/sh
# Three qb-fetch that read one company at once keep its limits together, and
# what one of them is told to wait holds them all, and who comes later.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d)
trap 'sim_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
# shellcheck source=tests/lib/pace.sh
. "${0%/*}/../lib/pace.sh"
export XDG_STATE_HOME="$dir/state"

printf '%s\n' 'request 60 status 429 retry-after 3' >"$dir/script"
sim_start --from=2025-01-01 --to=2025-02-01 --script="$dir/script" \
	--rows=all=0,Invoice=200,Customer=200,Item=200 || exit 1
printf '' | qb-fetch 2>/dev/null	# one login for all of them
children=
for entity in Invoice Customer Item; do
	tickets $entity >"$dir/$entity.tickets"
	qb-fetch --page-size=5 --jobs=10 <"$dir/$entity.tickets" \
		>"$dir/$entity.out" 2>"$dir/$entity.err" &
	children="$children $!"
done
until grep -q status=429 "$dir/sim.log"; do sleep 0.05; done
tickets Item | qb-fetch >"$dir/later.out" 2>"$dir/later.err"
is 'one that begins while the 429 holds: status' $? 0
for child in $children; do wait "$child"; done
for entity in Invoice Customer Item later; do
	is "$entity is read whole" "$(whole "$dir/$entity.out")" \
		'{"qb":"end","windows":1,"rows":200}'
done
judged "$dir/sim.log" "$dir/state/qb/$QBO_ENV-$QBO_REALM_ID.pace"
is 'one request was throttled' "$throttled" 1
ok 'after that nothing comes but what was under way' under "$crossed" 3
is 'until the time is over' "$late" 0
# What went is judged strictly; of these few, three that a machine which stood
# still handed over at once are two in a hundred.
is 'each was counted in the file that they share' "$sent" "$requests"
ok "no two within 115 ms ($least_gap)" test "$least_gap" -ge 115
keeps_limits 'three processes together' 2.5
mv "$dir/sim.log" "$dir/first.log"

# --- what is told goes on after the process that was told it

rm -rf "$dir/state"
printf '%s\n' 'request 1 status 429 retry-after 3600' >"$dir/script"
sim_start --from=2025-01-01 --to=2025-02-01 --script="$dir/script" \
	--rows=all=0,Item=20 || exit 1
qb-fetch --retry-for=1m <"$dir/Item.tickets" >"$dir/out" 2>"$dir/err"
is 'an hour is longer than --retry-for: status' $? 75
qb-fetch --retry-for=1m <"$dir/Item.tickets" >"$dir/out" 2>"$dir/err"
is 'and so for the next process: status' $? 75
ok 'which says that all requests are held' grep -q 'no request for this company' "$dir/err"
ok 'and when to come back' grep -q 'next: run the same command again, but not before 20' "$dir/err"
is 'without asking' "$(grep -c 'kind=[crg]' "$dir/sim.log")" 1
rm "$dir"/state/qb/*.pace
qb-fetch <"$dir/Item.tickets" >"$dir/out" 2>"$dir/err"
is 'the file may be removed: status' $? 0
mkdir "$dir/pace" && mv "$dir"/state/qb/*.pace "$dir/pace/x" &&
	ln -s "$dir/pace/x" "$dir/state/qb/$QBO_ENV-$QBO_REALM_ID.pace"
qb-fetch <"$dir/Item.tickets" >"$dir/out" 2>"$dir/err"
is 'without a file that can be shared it goes on: status' $? 0
ok 'and says so' grep -q 'the rate limit is not shared' "$dir/err"
done_testing
