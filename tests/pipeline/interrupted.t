#!/bin/sh
# qb-backfill on a terminal, and Ctrl-C at many moments: it ends soon, says what
# is safe, prints the command that goes on, leaves nothing running, and that
# command finishes the work.
set -u
. "${0%/*}/../lib/tap.sh"
. "${0%/*}/../lib/pg.sh"
ctrlc="python3 $(cd "${0%/*}/../lib" && pwd)/ctrlc.py"
dir=$(mktemp -d) || exit 1
trap 'sim_stop; pg_stop; rm -rf "$dir"' EXIT
. "${0%/*}/../lib/sim.sh"
pg_start || { echo 'Bail out! no PostgreSQL'; exit 1; }
sim_start --seed=5 --from=2025-01-01 --to=2026-01-01 --latency=40ms \
	--rows=all=0,Invoice=400 || { echo 'Bail out! no simulator'; exit 1; }
export QBO_TOKEN_FILE="$dir/token.json"
export TERM=xterm

# Seconds that it may take: a second, and what a busy machine adds.
most=${QB_TEST_SLACK:-3}
cases=0 late='' silent='' running='' wrong=''
for delay in 0.1 0.15 0.2 0.25 0.3 0.35 0.4 0.5 0.6 0.7 0.8 0.9 1 1.2 1.4 1.7 2; do
	schema="odd name $cases"
	# shellcheck disable=SC2086 # a command and its argument
	$ctrlc $delay qb-backfill invoices --from=2025-01-01 --to=2026-01-01 \
		--every=1mo "--schema=$schema" >"$dir/seen"
	read -r took how <"$dir/seen"
	cases=$((cases + 1))
	case $how in
	'signal 2') ;;
	'status 0') continue ;;	# it had finished
	*) wrong="$wrong $delay:$how" ;;
	esac
	awk "BEGIN { exit !($took < $most) }" || late="$late $delay:$took"
	grep -qE '^qb-backfill: stopped: (nothing was loaded by this run|at least [0-9]+ windows)' \
		"$dir/seen" || silent="$silent $delay"
	grep '^qb-backfill: next: ' "$dir/seen" | sed 's/.*next: //' >"$dir/next"
	[ "$(wc -l <"$dir/next")" = 1 ] || silent="$silent $delay"
	# all of ours bear the name of the schema, or its folder in their memory
	[ -z "$(pgrep -f "schema=$schema")" ] || running="$running $delay"
	said=$(sed -n 's/.*stopped: at least \([0-9]*\) .*/\1/p' "$dir/seen")
	there=$(pg -c "select count(*) from \"$schema\".qb_windows" 2>/dev/null)
	[ "${there:-0}" -ge "${said:-0}" ] || wrong="$wrong $delay:$said>$there"
done
is "Ctrl-C at $cases moments: it ends by that signal, and what it calls safe is" \
	"$wrong" ''
is 'within a second or so' "$late" ''
is 'it says what is safe, and one command that goes on' "$silent" ''
is 'nothing is left running' "$running" ''

# The command is one that a shell reads; the schema has blanks in its name.
sim_start --seed=5 --from=2025-01-01 --to=2026-01-01 --rows=all=0,Invoice=400 ||
	{ echo 'Bail out! no simulator'; exit 1; }
rm -f "$QBO_TOKEN_FILE"
bash -c "$(cat "$dir/next")" >"$dir/table" 2>"$dir/err"
is 'the command that it printed finishes the work' "$?" 0
is 'all rows are there, once' \
	"$(pg -c "select count(*), count(distinct id) from \"$schema\".invoices")" '400|400'
is 'no window was loaded twice' \
	"$(pg -c "select count(*), count(distinct range_start_utc) from \"$schema\".qb_windows")" '12|12'

# To the whole group, as a shell's kill does it, and to the script alone.
for whom in - ''; do
	rm -f "$QBO_TOKEN_FILE"
	sim_start --seed=5 --from=2025-01-01 --to=2026-01-01 --latency=40ms \
		--rows=all=0,Invoice=400 || exit 1
	setsid qb-backfill invoices --from=2025-01-01 --to=2026-01-01 --every=7d \
		--schema="group$whom" >"$dir/out" 2>"$dir/err.$whom" &
	pid=$!
	until [ "$(pg -c "select count(*) from \"group$whom\".qb_windows" 2>/dev/null)" -ge 3 ] 2>/dev/null; do
		sleep 0.05
	done
	/bin/kill -TERM -- "$whom$pid"
	wait $pid
	is "SIGTERM to ${whom:+the group of }it" "$?" 143
	ok "SIGTERM: three windows are safe, at least" grep -qE \
		'stopped: at least ([3-9]|[1-9][0-9]) windows with [0-9]+ rows are loaded' "$dir/err.$whom"
done
done_testing
