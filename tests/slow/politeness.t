#!/bin/sh
# Both of Intuit's limits over thousands of requests, from the simulator's log:
# with 1, 4 and 10 jobs, and by three processes that read one company.  Four
# companies at the same time, for about four minutes.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
base=$(mktemp -d)
trap 'rm -rf "$base"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
# shellcheck source=tests/lib/pace.sh
. "${0%/*}/../lib/pace.sh"
pages=2000

read_company() {	# read_company NAME JOBS ENTITY...: a process for each
	dir=$base/$1 jobs=$2
	shift 2
	mkdir "$dir"
	export XDG_STATE_HOME="$dir/state"
	sim_start --from=2025-01-01 --to=2025-02-01 \
		--rows="all=0$(printf ",%s=$((5 * pages / $#))" "$@")" || return
	children=
	for entity in "$@"; do
		tickets "$entity" >"$dir/$entity.tickets"
		qb-fetch --page-size=5 --jobs="$jobs" <"$dir/$entity.tickets" \
			>"$dir/$entity.out" 2>"$dir/$entity.err" &
		children="$children $!"
	done
	for child in $children; do wait "$child" || sed "s/^/# $1 /" "$dir"/*.err; done
	sim_stop
}
for jobs in 1 4 10; do
	read_company "jobs$jobs" $jobs Invoice &
done
read_company shared 4 Invoice Customer Item Vendor &
wait

total=0
check() {	# check NAME WHAT
	judged "$base/$1/sim.log"
	total=$((total + requests))
	ok "$2: $requests requests came" under $pages "$requests"
	for out in "$base/$1"/*.out; do
		of=${out##*/}
		is "$2: ${of%.out} is read whole" "$(whole "$out" | cut -c1-24)" \
			'{"qb":"end","windows":1,'
	done
	is "$2: none was throttled" "$throttled" 0
	keeps_limits "$2"
	# 4 % on a machine that is idle
	ok "$2: what is allowed is used ($slower % slower)" under "$slower" 10
}
check jobs1 'one job'
check jobs4 'four jobs'
check jobs10 'ten jobs'
check shared 'four processes'
echo "# $total requests in 4 companies"
done_testing
