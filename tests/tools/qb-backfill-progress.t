#!/bin/sh
# qb-backfill's progress: on a terminal, in a file, as JSON and not at all; the last
# line; and which qb-check a run ends with.  The other tools are stand-ins.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/stages.sh
. "${0%/*}/../lib/stages.sh"
terminal=$(cd "${0%/*}/../lib" && pwd)/terminal.py
quarter='--from=2025-01-01 --to=2025-04-01 --every=1d'
year='--from=2025-01-01 --to=2026-01-01 --every=1mo'
# shellcheck disable=SC2086 # options
run_year() { run invoices customers $year "$@"; }
no_time() { sed -E 's/^[0-9-]{10}T[0-9:]{8}Z/TIME/; s/[0-9]+\.[0-9] s$/N s/' "$dir/err"; }

# --- in a file
fresh
run_year
is 'in a file: a line an entity, and a last line with calls and time' "$rc $(no_time)" \
"0 TIME Invoice: 12 windows, 288 rows: 288 inserted, 0 updated, 0 unchanged
TIME Customer: 12 windows, 288 rows: 288 inserted, 0 updated, 0 unchanged
qb-backfill: 24 windows, 576 rows: 576 inserted, 0 updated, 0 unchanged; 7 calls, N s"
fresh ROWS=1234
run invoices --from=2025-01-01 --to=2025-02-01 --every=1mo
is 'one is not many, and thousands have a comma' "$(no_time | tail -n 1)" \
	'qb-backfill: 1 window, 1,234 rows: 1,234 inserted, 0 updated, 0 unchanged; 7 calls, N s'
fresh PAUSE=0.1
# shellcheck disable=SC2086
run invoices $quarter
grep -v ' Invoice: ' "$dir/err" | sed '$d' >"$dir/lines"
is 'each line has a time, how far it is, and how long it will take' \
	"$(grep -vcE '^[0-9-]{10}T[0-9:]{8}Z [0-9]+ %  Invoice [0-9]+/90 windows  2,160 rows(  [0-9.]+ calls/s)?  0:[0-9]{2}, about [0-9]+ s left$' "$dir/lines")" 0
ok 'one at least' [ -s "$dir/lines" ]
is 'and none within five seconds of the one before' "$(cut -c12-19 "$dir/lines" |
	awk -F: '{ now = $1 * 3600 + $2 * 60 + $3
		if (NR > 1 && now - last < 5 && now >= last) print
		last = now }')" ''
ok 'the first one five seconds after the start' \
	[ "$(sed -n '1s/.*  0:0*\([0-9]*\), about.*/\1/p' "$dir/lines")" -ge 5 ]

# --- on a terminal
fresh PAUSE=0.1
# shellcheck disable=SC2086
TERM=xterm "$terminal" 40,2.5:100,4:20 "$dir/qb-backfill" invoices $quarter >"$dir/seen"
grep ' %  ' "$dir/seen" >"$dir/drawn"
is 'no line is wider than the terminal, which may change its size' \
	"$(awk '{ width = $2; age = $1 - since
		if (width != last) { since = $1; age = 0; last = width }
		line = substr($0, length($1 " " $2 " ") + 1)
		if (length(line) >= width && age > 0.3) print }' "$dir/drawn")" ''
ok 'a wide one has room for all' grep -qE \
	' 100 [0-9]+ %  Invoice [0-9]+/90 windows  2,160 rows  [0-9.]+ calls/s  0:0[0-9]$' "$dir/drawn"
ok 'a narrow one tells share and time' grep -qE ' 20 [0-9]+ %  (Invoice  )?0:[0-9]{2}' "$dir/drawn"
is 'it is drawn five times a second, and not more often' "$(awk '
	{ at[int($1)]++ }
	END { for (s in at) if (at[s] > 6) print s, at[s] }' "$dir/drawn")" ''
is 'the share never goes back' "$(awk '$3 < last { print } { last = $3 }' "$dir/drawn")" ''
# one window takes four seconds: nothing comes, but time passes
fresh PAUSE=4
TERM=xterm "$terminal" 80 "$dir/qb-backfill" invoices --from=2025-01-01 --to=2025-01-02 \
	>"$dir/seen"
ok 'while nothing comes the time moves' \
	[ "$(grep -o '  0:0[0-9]' "$dir/seen" | sort -u | wc -l)" -ge 4 ]
is 'the last line stands alone' "$(tail -n 1 "$dir/seen" | sed 's/^[0-9.]* 80 //; s/[0-9.]* s$/N s/')" \
	'qb-backfill: 1 window, 24 rows: 24 inserted, 0 updated, 0 unchanged; 7 calls, N s'

# --- as JSON
fresh PAUSE=0.3
run_year --progress=json
is 'JSON: every line is an object' "$(jq -c 'type' "$dir/err" | sort -u)" '"object"'
is 'JSON: one for each entity, and one at the end' \
	"$(jq -r .qb "$dir/err" | grep -v '^progress$' | paste -sd' ')" \
	'progress_entity progress_entity progress_total'
is 'JSON: the last one has the totals' \
	"$(tail -n 1 "$dir/err" | jq -c 'del(.at, .seconds)')" \
	'{"qb":"progress_total","windows":24,"of":24,"rows":576,"inserted":576,"updated":0,"unchanged":0,"calls":7,"status":0}'
is 'JSON: an entity' "$(jq -c 'select(.qb == "progress_entity") | del(.at)' "$dir/err" | head -n 1)" \
	'{"qb":"progress_entity","entity":"Invoice","windows":12,"of":12,"rows":288,"inserted":288,"updated":0,"unchanged":0}'
is 'JSON: the members of a line of progress' \
	"$(jq -c 'select(.qb == "progress") | keys' "$dir/err" | sort -u)" \
	'["at","calls","entity","of","qb","rows","seconds","seconds_left","share","windows"]'
is 'JSON: at most one a second' "$(jq -s \
	'[.[] | select(.qb == "progress") | .seconds] | . as $s |
		length > 2 and ([range(1; length) | $s[.] - $s[. - 1] >= 0.9] | all)' "$dir/err")" true
is 'JSON: the share grows from 0 to less than 1, and the time left is not negative' "$(jq -s \
	'[.[] | select(.qb == "progress")] |
		([.[].share] | . == sort and .[0] < 0.1 and .[-1] < 1) and
		([.[].seconds_left | . == null or . >= 0] | all)' "$dir/err")" true
fresh qb-fetch.status=75
run_year --progress=json
is 'JSON: a failure has its status, too' \
	"$(grep '"progress_total"' "$dir/err" | jq -c '[.status, .calls]') $rc" '[75,5] 75'

# --- none, and for cron
fresh
run_year --progress=none
is 'none: the last line alone' "$(no_time)" \
	'qb-backfill: 24 windows, 576 rows: 576 inserted, 0 updated, 0 unchanged; 7 calls, N s'
for option in -q --quiet; do
	fresh
	run_year $option
	is "$option: nothing at all when all is well" "$rc $(cat "$dir/out" "$dir/err")" '0 '
done
fresh 'qb-fetch.warns=qb-fetch: warning: the login expires tomorrow'
run_year -q
is '-q: what a tool warns of is said' "$rc $(cat "$dir/out" "$dir/err")" \
	'0 qb-fetch: warning: the login expires tomorrow'
fresh qb-check.status=75
run_year -q
is "-q: the report, where qb-check is not content" "$rc $(cat "$dir/out") $(cat "$dir/err")" \
	'75 the report of qb-check '
fresh qb-load.status=75
run_year -q
is '-q: a failure is told, with what to do' \
	"$rc $(sed 's/: .*//; s/[0-9].*//' "$dir/err" | uniq -c | tr -s ' ') $(tail -n 1 "$dir/err")" \
	"75  3 qb-backfill qb-backfill: next: $dir/qb-backfill invoices customers $year -q"
fresh
run_year --progress=fast
is 'another progress is refused' "$rc $(head -n 1 "$dir/err")" \
	'64 qb-backfill: --progress=fast is none of auto, json and none'

# --- failures tell calls and time
fresh qb-fetch.status=75
run_year
ok 'a run that failed tells calls and time, too' grep -qE \
	'^qb-backfill: 24 windows, 576 rows: .*; 5 calls, [0-9.]+ s$' "$dir/err"

# --- two writers, one pipe
fresh long=
# shellcheck disable=SC2086
run invoices $quarter
is 'long receipts and status lines at the same time: none is lost' \
	"$(no_time | tail -n 1)" \
	'qb-backfill: 90 windows, 2,160 rows: 2,160 inserted, 0 updated, 0 unchanged; 7 calls, N s'

# --- how the run is checked
offline() { grep -c '^qb-check .*--offline' "$dir/called"; }
fresh
run_year
is 'rows were read: QuickBooks is asked again by qb-check' "$(offline)" 0
fresh ROWS=0
run_year
is 'all windows were empty: it is not' "$rc $(offline)" '0 1'
fresh ROWS=0
run_year --no-count
is 'but where nothing was counted it is' "$(offline)" 0
fresh ROWS=0
run_year --outside
is 'and so it is with --outside, for what qb-check shall count' \
	"$rc $(offline) $(grep -c '^qb-check .*--outside' "$dir/called")" '0 0 1'
fresh 'loaded= Invoice  Customer '
run_year
is 'all windows were loaded before: nothing is read, and it is not' \
	"$rc $(grep -cE '^qb-(fetch|archive|stamp|load)' "$dir/called") $(offline)" '0 0 1'
is 'and that is said' "$(no_time)" \
	'qb-backfill: up to date: 24 windows, all loaded before; 2 calls, N s'
fresh ROWS=0 qb-fetch.status=75
run_year
is 'a run that failed is not checked' "$rc $(grep -c '^qb-check' "$dir/called")" '75 0'
done_testing
