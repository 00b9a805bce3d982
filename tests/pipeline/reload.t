#!/bin/sh
# qb-backfill --reload, killed at many moments: the same command goes on where it
# was; another one, or one that is too late, starts from the first window.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
dir=$(mktemp -d) || exit 1
trap 'sim_stop; pg_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
pg_start || { echo 'Bail out! no PostgreSQL'; exit 1; }
sim() {		# sim OPTION...
	sim_start --seed=5 --from=2025-01-01 --to=2026-01-01 \
		--rows=all=0,Invoice=100,Item=20 "$@" ||
		{ echo 'Bail out! no simulator'; exit 1; }
	rm -f "$dir/token.json"
}
export QBO_TOKEN_FILE="$dir/token.json" XDG_STATE_HOME="$dir/state"
unset QB_RUN_ID
year='--from=2025-01-01 --to=2026-01-01 --every=2mo'
backfill() {	# backfill OPTION...: rc and $dir/err
	# shellcheck disable=SC2086 # options
	qb-backfill invoices items $year "$@" >"$dir/out" 2>"$dir/err"
	rc=$?
}
marks() { find "$dir/state/qb/reloads" -type f 2>/dev/null | wc -l; }
loaded() {	# loaded: windows that reloads loaded, how many of them differ, runs
	pg -c "select count(*), count(distinct (entity, range_start_utc)),
		count(distinct run_id)
		from raw.qb_windows where seq > $last"
}
newest() { pg -c 'select coalesce(max(seq), 0) from raw.qb_windows'; }
went_on() { grep -c '^qb-backfill: continuing the reload that began at [0-9TZ:-]*; --no-resume starts anew$' "$dir/err"; }
# The third request for items never ends, so that there is a middle.
stuck() {
	echo 'entity Item any always wait 600000' >"$dir/script"
	sim --script="$dir/script"
}
interrupt() {	# interrupt OPTION...: once all invoices are loaded again
	last=$(newest)
	# shellcheck disable=SC2086
	setsid qb-backfill invoices items $year "$@" >"$dir/out" 2>"$dir/err" &
	pid=$!
	for _ in $(seq 400); do
		[ "$(pg -c "select count(*) from raw.qb_windows where seq > $last")" -lt 6 ] || break
		kill -0 $pid 2>/dev/null || break
		sleep 0.05
	done
	kill -TERM $pid
	wait $pid 2>/dev/null
}

sim
backfill
is 'the first load' "$rc $(marks)" '0 0'

# --- stopped in the middle
stuck
interrupt --reload
ok 'a reload that was stopped half way has loaded the invoices' \
	[ "$(pg -c "select count(*) from raw.qb_windows where seq > $last")" = 6 ]
is 'and is remembered' "$(marks)" 1
sim
backfill --reload
is 'the same command goes on: status, and that it says so' "$rc $(went_on)" '0 1'
is 'each window was read once, all under one run name' "$(loaded)" '12|12|1'
is 'it reads what was left' "$(sed -n 's/^qb-backfill: \([0-9]*\) windows, .*/\1/p' "$dir/err")" 6
is 'and is forgotten' "$(marks)" 0
last=$(newest)
backfill --reload
is 'the next reload reads all again' "$rc $(went_on) $(loaded)" '0 0 12|12|1'

# --- what is the same reload, and what is not
stuck
interrupt --reload
sim
since=$last last=$(newest)
backfill --reload --jq=.
is 'another command starts from the first window' "$rc $(went_on) $(loaded)" '0 0 12|12|1'
is 'and leaves the other alone' "$(marks)" 1
for option in --include=none --currencies=EUR; do
	last=$(newest)
	backfill --reload $option
	is "so does one that reads something else, with $option" \
		"$rc $(went_on) $(loaded) $(marks)" '0 0 12|12|1 1'
done
# shellcheck disable=SC2086
qb-backfill items --reload -q invoices $year --jobs=2 >"$dir/out" 2>"$dir/err"
last=$since
is 'other words for the same one go on, and -q does not say so' \
	"$? $(cat "$dir/err") $(marks)" '0  0'
is 'with the run name of its beginning: of four reloads each window' "$(loaded)" '48|12|4'

stuck
interrupt --reload
sim
last=$(newest)
backfill --reload --no-resume
is '--no-resume starts from the first window, and says so' \
	"$rc $(loaded) $(grep -c '^qb-backfill: starting anew, not continuing the reload that began at ' "$dir/err") $(marks)" \
	'0 12|12|1 1 0'
backfill --no-resume
is '--no-resume alone is refused' "$rc" 64

stuck
interrupt --reload
sim
last=$(newest)
mark=$(find "$dir/state/qb/reloads" -type f)
read -r began epoch name <"$mark"
echo "$began $((epoch - 8 * 86400)) $name" >"$mark"
backfill --reload
is 'one of last week starts from the first window, and says so' \
	"$rc $(loaded) $(grep -c '^qb-backfill: starting anew: the reload that began at .* is older than 7 days$' "$dir/err") $(marks)" \
	'0 12|12|1 1 0'
stuck
interrupt --reload
sim
last=$(newest)
: >"$(find "$dir/state/qb/reloads" -type f)"
backfill --reload
is 'a file that is empty is none' "$rc $(went_on) $(loaded) $(marks)" '0 0 12|12|1 0'

# --- a name of its own
stuck
interrupt --reload --run=mine
sim
backfill --reload --run=mine
is 'a run name that is new: it goes on' "$rc $(went_on) $(loaded)" '0 1 12|12|1'
last=$(newest)
backfill --reload --run=mine
is 'one that is not: all is read again' "$rc $(went_on) $(loaded)" '0 0 12|12|1'
ok 'and that an interruption would be the end of it is said' grep -q \
	'^qb-backfill: run mine has loaded windows of this range before: if interrupted, this reload starts from the first window$' "$dir/err"
: >"$dir/file"
XDG_STATE_HOME=$dir/file backfill --reload
is 'without a place for it, the reload goes well, and that is said' \
	"$rc $(grep -c '^qb-backfill: cannot write .*/qb/reloads/' "$dir/err")" '0 1'

# --- killed at many moments, with all that it started
wrong='' cases=0 resumed=0
sim --latency=60ms
for delay in 0.2 0.4 0.6 0.7 0.8 0.9 1 1.1 1.2 1.4 1.6 1.9 2.2; do
	last=$(newest)
	# shellcheck disable=SC2086
	setsid qb-backfill invoices items $year --reload --scan-rows=20 >"$dir/out" 2>"$dir/err" &
	pid=$!
	sleep $delay
	pkill -KILL -s $pid
	wait $pid 2>/dev/null
	cases=$((cases + 1))
	while [ "$(pg -c "select count(*) from pg_stat_activity
		where application_name ~ '^qb-' and datname = current_database()")" != 0 ]; do
		sleep 0.05
	done
	before=$(pg -c "select count(*) from raw.qb_windows where seq > $last")
	[ "$before" != 12 ] || [ "$(marks)" != 0 ] || continue	# it was finished
	backfill --reload --scan-rows=20
	resumed=$((resumed + $(went_on)))
	got="$rc $(loaded) $(marks)"
	case $got in
	'0 12|12|1 0') ;;
	*) wrong="$wrong $delay: $before then $got;" ;;
	esac
done
is "killed at $cases moments: each window is read once, under one name" "$wrong" ''
ok "most of them were in the middle: $resumed" [ "$resumed" -ge 4 ]
done_testing
