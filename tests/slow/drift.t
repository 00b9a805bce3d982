#!/bin/sh
# Rows are edited and deleted between the pages of a window, at every position:
# a row that stayed in its window is never missing from what is sealed, and a
# window that never comes to rest is named after three tries.
set -u
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d) || exit 1
trap 'sim_stop; rm -rf "$dir"' EXIT
. "${0%/*}/../lib/sim.sh"
export XDG_STATE_HOME="$dir/state"

from=2025-01-01T00:00:00Z to=2025-02-01T00:00:00Z
world="--seed=8 --from=$from --to=$to --rows=all=0,Invoice=40"
qb-window Invoice --from=$from --to=$to --every=31d >"$dir/tickets"
# shellcheck disable=SC2086 # one option a word
"$QB_SIM" $world --print=Invoice | jq -r .Id | sort >"$dir/ids"
ids() { sed -n 's/^{"qb":"row",.*"row":{"id":"\([^"]*\)".*/\1/p' "$1" | sort; }
fetch() {	# fetch JOBS RULE...: a new company, and one window of it
	jobs=$1; shift
	printf '%s\n' "$@" >"$dir/script"
	rm -rf "$dir/state"
	# shellcheck disable=SC2086
	sim_start $world --script="$dir/script" || exit 1
	qb-fetch --page-size=8 --jobs="$jobs" --retries=1 --no-rate-limit \
		<"$dir/tickets" >"$dir/out" 2>"$dir/err"
	status=$?
}
# The ids that stand in the window now, asked anew and without any rule.
now_there() {
	qb-fetch --page-size=1000 --no-count --no-rate-limit <"$dir/tickets" >"$dir/now" 2>"$dir/now.err" ||
		return 1
	ids "$dir/now"
}

cases=0 sealed=0 given_up=0 missing='' doubled='' untrue='' unnamed=''
judge() {	# judge WHAT
	cases=$((cases + 1))
	now_there >"$dir/there" || missing="$missing $1:cannot-ask"
	ids "$dir/out" >"$dir/came"
	[ -z "$(uniq -d "$dir/came")" ] || doubled="$doubled $1"
	if grep -q '"qb":"seal"' "$dir/out"; then
		sealed=$((sealed + 1))
		[ "$status" = 0 ] || untrue="$untrue $1:$status"
		[ -z "$(comm -13 "$dir/came" "$dir/there")" ] ||
			missing="$missing $1"
		jq -s -e 'map(select(.qb == "seal").fetch | .rows ==
			.count_after + .left and .count_before == .count_after) |
			all' "$dir/out" >"$dir/holds" || untrue="$untrue $1"
		qb-stamp <"$dir/out" >"$dir/stamped" 2>&1 || untrue="$untrue $1:seal"
	else
		given_up=$((given_up + 1))
		[ "$status" = 75 ] && grep -q 'Invoice 1/1 (.*changed in each of 3' \
			"$dir/err" || unnamed="$unnamed $1"
		! grep -q '"qb":"end"' "$dir/out" || untrue="$untrue $1:end"
	fi
}
for what in edit delete edit-last delete-last; do
	for rows in 1 8; do
		for page in 1 2 3 4 5; do
			for jobs in 1 4; do
				fetch $jobs "page $page $what $rows"
				judge "$what-$rows/page-$page/jobs-$jobs"
			done
		done
		fetch 1 "count times 1 $what $rows"
		judge "$what-$rows/count"
		# two at once, and once more in the second pass
		fetch 1 "page 2 times 2 $what $rows" "page 4 times 1 delete 1"
		judge "$what-$rows/twice"
		fetch 1 "page 3 always $what 1"
		judge "$what/always"
	done
done
is "$cases drifts, $sealed sealed, $given_up given up: no row that stayed is missing" \
	"$missing" ''
is 'none is there twice' "$doubled" ''
is 'every seal is true' "$untrue" ''
is 'every window that was given up is named' "$unnamed" ''
ok 'most are proven all the same' test "$sealed" -gt $((cases * 2 / 3))
ok 'some never come to rest' test "$given_up" -gt 0
fetch 1 'page 5 times 1 edit 1'
ids "$dir/out" | comm -23 "$dir/ids" - >"$dir/lost"
is 'a row that was edited after it had come has come' "$(cat "$dir/lost")" ''
done_testing
