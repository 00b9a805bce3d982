#!/bin/bash
# What README.md says: its commands that need no person, each as it is printed
# there and in its order, against the simulator; its queries, with the lines of
# their output; its crontab line, in cron's environment; its figures about calls.
# README.es.md has the same ones: tests/mage/languages.t.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
readme=$(cd "${0%/*}/../.." && pwd)/README.md
dir=$(mktemp -d) || exit 1
trap 'sim_stop; pg_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
QB_SIM=$(realpath "$QB_SIM")
pg_start || { echo 'Bail out! no PostgreSQL'; exit 1; }
# the demo's company
sim_start --seed=7 --rows=Customer=400,Invoice=4000,Item=150 \
	--from=2025-01-01 --to=2026-01-01 || { echo 'Bail out! no simulator'; exit 1; }
export HOME=$dir
unset QBO_TOKEN_FILE XDG_STATE_HOME
cd "$dir" || exit 1

# The code of a section, a file for each paragraph of it, without the indent.
code_of() {	# code_of SECTION FOLDER
	mkdir "$2"
	awk -v section="$1" -v folder="$2" '
	/^##+ / { inside = $0 == section }
	!inside || !/^    / { open = 0; next }
	!open { open = 1; file = sprintf("%s/%02d", folder, ++n) }
	{ print substr($0, 5) >file }' "$readme"
	ok "$1: has code" [ -s "$2/01" ]
}
run() {		# run FILE: its commands in a shell, as a person would
	title=$(grep -v '^#' "$1" | grep 'qb-' | head -n 1)
	case $(cat "$1") in
	*parallel*) command -v parallel >/dev/null || {
		skip "$title" 'GNU parallel is not installed'; return; } ;;
	esac
	bash -o pipefail -c ". $1" </dev/null >out 2>err
	rc=$?
	[ $rc = 0 ] || sed 's/^/# /' err
	is "$title" $rc 0
}

# A query and, in the paragraph behind it, the first lines of what it prints.
words() { sed 's/^ *//; s/ *| */|/g; s/ *$//; s/-*+-*/+/g'; }
query() {	# query FILE [OUTPUT]
	title=$(head -n 1 "$1")
	psql -X -v ON_ERROR_STOP=1 -f "$1" >out 2>err || sed 's/^/# /' err
	ok "$title: has rows" grep -q '^([1-9][0-9]* row' out
	[ $# = 1 ] || is "$title: prints what is shown" \
		"$(words <out | head -n "$(grep -vc '^ *\.\.\.' "$2")")" \
		"$(grep -v '^ *\.\.\.' "$2" | words)"
}

# --- the first run: the settings, the login, the calls
code_of '### The sandbox' first
sed -e "s|^QBO_CLIENT_ID=.*|QBO_CLIENT_ID=$QBO_CLIENT_ID|" \
	-e "s|^QBO_CLIENT_SECRET=.*|QBO_CLIENT_SECRET=$QBO_CLIENT_SECRET|" \
	-e "s|^PGHOST=.*|PGHOST=$PGHOST|" \
	-e "s|^PGDATABASE=.*|PGDATABASE=$PGDATABASE|" first/01 >qb.env
is 'the settings are those of the simulator' \
	"$(sed -n 's/^QBO_ENV=//p' qb.env)" "$QBO_ENV"
# What a person has at Intuit and in a browser, and what Debian's server needs not.
{
	echo "PGPORT=$PGPORT"
	echo "PGUSER=$PGUSER"
	grep '^QBO_.*_URL=' sim.env
	echo "QBO_BROWSER='curl -sL -o browser'"
	echo "QBO_REDIRECT_URL=http://localhost:$(perl -MIO::Socket::INET -e \
		'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport')/callback"
} >>qb.env
realm=$QBO_REALM_ID
for name in $(compgen -e | grep '^QBO_'); do unset "$name"; done
run first/02
is 'the login adds the company to the settings' \
	"$(sed -n 's/^QBO_REALM_ID=//p' qb.env)" "$realm"
set -a
# shellcheck source=/dev/null
. ./qb.env
set +a
is 'a command for the whole company, and one for what is dated 2025' \
	"$(cat first/* | grep -c -e '^qb-sync.*--from=2015-01-01 --archive=qb-archive$' \
		-e '^qb-backfill.*--from=2015-01-01 --every=1mo --archive=qb-archive$' \
		-e '^qb-backfill invoices --by=txn-date')" 3
run first/03
is 'the whole company is there' \
	"$(pg -c 'select (select count(*) from raw.customers),
		(select count(*) from raw.invoices), (select count(*) from raw.items)')" '400|4000|150'
run first/04

# --- the demo, as far as its first load is shown
code_of '## See it work' demo
mkdir -p build/demo
bash -c "$(sed -n 's/^\$ //p' demo/02) --schema=demo" >out 2>&1 </dev/null
sed -n '/^\$ /,/^qb-backfill: /p' demo/02 | grep -v '^\$ \|^\.\.\.' >shown
no_cost() { sed 's/; [0-9]* calls, [0-9.]* s$//' "$1"; }
no_cost shown >want
is 'the first load of the demo prints what is shown' "$(no_cost out | grep -Fx -f want | sort -u)" \
	"$(sort -u want)"

# --- the queries
code_of '## Your rows, and how to query them' rows
for file in rows/*; do
	next=rows/$(printf %02d $((10#${file#rows/} + 1)))
	if grep -q '^select' "$file"; then query "$file" "$next"; fi
done
is 'three queries' "$(grep -l '^select' rows/* | wc -l)" 3

# --- cron has a shell, a home and a short path, and nothing else
calls() { grep -c 'kind=\(count\|rows\|cdc\) status=200' sim.log; }
last_seq() { pg -c 'select max(seq) from raw.qb_windows'; }
code_of '## Keeping it up to date' later
line=$(cut -d' ' -f6- later/01 | sed "s|/usr/local/bin|$(dirname "$(command -v qb-sync)")|")
cron() { env -i HOME="$dir" LOGNAME=x SHELL=/bin/sh PATH=/usr/bin:/bin sh -c "$line" >out 2>&1 </dev/null; }
is 'it is one line, at a time of the day' \
	"$(wc -l <later/01) $(cut -d' ' -f1-5 later/01)" '1 15 2 * * *'
# as qb-sync(1) has it
is 'it is the line of the manual page' "$(cat later/01)" \
	"$(grep '^15 2 \* \* \* ' "${readme%/*}/man/qb-sync.1")"
before=$(calls) seq=$(last_seq)
sleep 1		# now is another second
cron
is 'the first time it ends well and is silent, too' "$? $(cat out)" '0 '
is 'and looks for deletions in what was loaded before' \
	"$(pg -c "select by, count(distinct entity), sum(rows) from raw.qb_windows
		where seq > $seq group by by order by by")" 'census|3|0
change|3|0'
is 'with one call more per entity' $(($(calls) - before)) 4
before=$(calls) seq=$(last_seq) files=$(find qb-archive -name '*.gz' | wc -l)
sleep 1
cron
is 'the crontab line ends well and is silent' "$? $(cat out)" '0 '
is 'with nothing new it has one row per entity in the load log, without rows' \
	"$(pg -c "select count(*), count(distinct entity), sum(rows), bool_and(provisional)
		from raw.qb_windows where seq > $seq")" '3|3|0|t'
is 'and nothing in the archive' "$(find qb-archive -name '*.gz' | wc -l)" "$files"
night=$(($(calls) - before))
is 'and took one call' $night 1
mv qb.env away
cron
ok 'without the settings it fails' [ $? != 0 ]
ok 'and there is mail' [ -s out ]
mv away qb.env
run later/02
is 'each table is current' "$(grep -c '^\(Customer\|Invoice\|Item\) .* 0  20' out)" 3

# --- what it costs: the windows and the calls of a run, by its last line and by the log
code_of '## What it costs in calls' costs
cost() {	# cost SCHEMA OPTION...
	local before said schema=$1
	shift
	before=$(calls)
	qb-backfill "$@" --schema="$schema" --progress=none >out 2>err </dev/null || sed 's/^/# /' err >&2
	said=$(sed -n '$s/^qb-backfill: \([0-9]*\) windows, .*; \([0-9]*\) calls, .* s$/\1 \2/p' err)
	[ "${said#* }" = $(($(calls) - before)) ] || said="$said, but $(($(calls) - before)) in the log"
	echo "$said"
}
shown() {	# shown RUN: what the table has for it
	sed -n "s/^| $1 | \([0-9]*\) | \([0-9]*\) |\$/\1 \2/p" "$readme"
}
three=(customers invoices items --from=2025-01-01)
grep '^| first load' "$readme" >first_loads
is 'three first loads' "$(wc -l <first_loads)" 3
while IFS='|' read -r _ what windows count _; do
	every=${what#*--every=}
	every=${every%%\`*}
	is "a$what" "$(cost "cost_$every" "${three[@]}" --every="$every" --to=2026-01-01)" \
		"$((windows)) $((count))"
done <first_loads
is 'the invoices by their date' \
	"$(cost dated invoices --by=txn-date --every=1mo --from=2025-01-01 --to=2026-01-01)" \
	"$(shown 'the invoices alone, .--by=txn-date --every=1mo.')"
first=$(cost again "${three[@]}" --every=1mo)
sleep 1
again=$(cost again "${three[@]}" --every=1mo)
is 'again on the same day, nothing new' "$again" "$(shown 'again on the same day, nothing new')"
ok 'the run before it had more to do' [ "${first#* }" -gt 12 ]
cost month "${three[@]}" --every=1mo --to=2025-12-01 >out
is 'again, the rows of a month new' "$(cost month "${three[@]}" --every=1mo --to=2026-01-01)" \
	"$(shown 'again, the [0-9]* rows of a month new')"
is 'and so many rows' "$(sed -n 's/^qb-backfill: 3 windows, \([0-9,]*\) rows: .*/\1/p' err)" \
	"$(grep -o 'the [0-9]* rows of a month' "$readme" | tr -dc 0-9)"
tr '\n' ' ' <"$readme" | tr -d , >one_line
for figure in "$((night * 30)) calls a month" "$((night * 24 * 30)) if it runs every hour" \
	"$((night * 96 * 30)) every 15 minutes"; do
	ok "$figure" grep -q "$figure" one_line
done

# --- what --plan prints
bash -c "$(sed -n 's/^\$ //p' costs/01) --schema=planned" >out 2>&1 </dev/null
is 'the plan is what is shown' "$(cat out)" "$(grep -v '^\$ ' costs/01; echo; cat costs/02)"
is 'and reading takes as many calls' "$(awk '$1 == "total" { print $4 }' out)" \
	"$(shown 'first load, .--every=1mo.' | cut -d' ' -f2)"

# --- pipes
code_of '## Composing' composing
for file in composing/*; do run "$file"; done
is 'the copy that tee keeps has the items' "$(grep -c '^{"qb":"row"' items.ndjson)" 150
is 'what is dropped is not there' \
	"$(pg -c "select count(*), count(payload->'PrimaryPhone') from no_phone.customers")" '400|0'
is 'the archive of one entity has all of its rows' \
	"$(pg -c 'select count(*) from replay.invoices')" 4000
is 'all of those commands were found' "$(cat composing/* | grep -c 'qb-window')" 5

# --- an example of an error: the command, and what it says
code_of '## How it ends' ends
grep -v '^\$ ' ends/01 >want
bash -c "$(sed -n 's/^\$ //p' ends/01)" >got 2>&1
is 'a wrong time is refused with the words that are shown' "$(cat got)" "$(cat want)"

# --- what is dated 2025, and what was last changed then
sim_start --seed=7 --rows=all=0,Invoice=12000,Customer=2000 \
	--from=2021-01-01 --to=2026-11-01 || { echo 'Bail out! no simulator'; exit 1; }
dated=$(qb-window invoices --by=txn-date --from=2025-01-01 --to=2026-01-01 --every=1y |
	qb-fetch --no-rate-limit | grep -c '^{"qb":"row"')
qb-window invoices --from=2025-01-01 --to=2026-01-01 --every=1y | qb-fetch --no-rate-limit |
	qb-load --schema=changed >receipts
arrived=$(pg -c "select count(*) from changed.invoices where payload->>'TxnDate' like '2025-%'")
is 'a range of last changes misses invoices that are dated in it' \
	"$arrived of the $dated invoices" \
	"$(grep -o '[0-9]* of the [0-9]* invoices' "$readme")"
done_testing
