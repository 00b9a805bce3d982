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
	"$(cat first/* | grep -c -e '^qb-backfill.*--from=2015-01-01 --every=1y --archive=qb-archive$' \
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
code_of '## Keeping it up to date' later
line=$(cut -d' ' -f6- later/01 | sed "s|/usr/local/bin|$(dirname "$(command -v qb-backfill)")|")
is 'it is one line, at a time of the day' \
	"$(wc -l <later/01) $(cut -d' ' -f1-5 later/01)" '1 15 2 * * *'
env -i HOME="$dir" LOGNAME=x SHELL=/bin/sh PATH=/usr/bin:/bin sh -c "$line" >out 2>&1 </dev/null
is 'the crontab line is silent' "$(cat out)" ''
is 'it has read the last day alone' \
	"$(sed -n 's/^qb-backfill: \([0-9]*\) windows, .*/\1/p' qb.log)" 3
is 'and all is there' "$(grep -c ': ok$' qb.log)" 3
mv qb.env away
env -i HOME="$dir" LOGNAME=x SHELL=/bin/sh PATH=/usr/bin:/bin sh -c "$line" >out 2>&1 </dev/null
ok 'without the settings there is mail' [ -s out ]
mv away qb.env
query later/02

# --- what it costs
calls() { grep -c 'kind=\(count\|rows\) status=200' sim.log; }
cost() {	# cost SCHEMA EVERY [TO]: windows and calls of a run, without its pauses
	local before range=(customers invoices items --from=2025-01-01 ${3:+"--to=$3"})
	before=$(calls)
	qb-window "${range[@]}" --every="$2" | qb-pending --schema="$1" | tee tickets |
		qb-fetch --no-rate-limit | qb-load --schema="$1" >receipts
	qb-check "${range[@]}" --schema="$1" --no-rate-limit >out || sed 's/^/# /' out >&2
	echo "$(grep -c '"qb":"ticket"' tickets) $(($(calls) - before))"
}
grep '^| first load' "$readme" >costs
is 'three costs' "$(wc -l <costs)" 3
while IFS='|' read -r _ what windows count _; do
	every=${what#*--every=}
	every=${every%%\`*}
	is "a$what" "$(cost "cost_$every" "$every" 2026-01-01)" \
		"$((windows)) $((count))"
done <costs
first=$(cost again 1y)
sleep 1		# now is another second
is 'again on the same day, nothing new' "$(cost again 1y)" \
	"$(sed -n 's/^| again on the same day, nothing new | \([0-9]*\) | \([0-9]*\) |$/\1 \2/p' "$readme")"
ok 'the run before it had more to do' [ "${first#* }" -gt 12 ]

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
