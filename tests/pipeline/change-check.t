#!/bin/sh
# Windows by change in the load log and in the archive: qb-check proves them as it does
# those by updated, and qb-status knows whether they told all deletions.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
QB_SIM=$(readlink -f "$QB_SIM")
dir=$(mktemp -d); trap 'sim_stop; pg_stop; rm -rf "$dir"' EXIT; cd "$dir" || exit 1
pg_start || exit 1
export QBO_TOKEN_FILE="$dir/token"
from=2026-01-01
company() {
	sim_start --seed=7 --from=$from --to=2026-02-01 --rows=all=0,Customer=30,Invoice=40 || exit 1
	rm -rf archive
}
company
change() { curl -sf "$QBO_API_URL/sim/change?$1" >changed; }
run() {	# run BY [OPTION of qb-stamp]: what is new, in files t, o and r
	qb-window customers invoices --by="$1" --from=$from | qb-pending >t || return
	shift
	qb-fetch --no-rate-limit <t 2>err | qb-archive archive >o && qb-stamp "$@" <o | qb-load >r
}
check() {	# check OPTION...: status, verdicts
	qb-check customers invoices --from=$from --archive=archive --json "$@" >out 2>err
	echo "$? $(jq -r .verdict out | paste -sd' ')"
}
of() { jq -r "select(.entity == \"$1\") | $2" out; }
sum() { pg -c "select sum(calls) from raw.qb_windows"; }

run updated
change 'entity=Customer&do=edit&rows=3'
change 'entity=Invoice&do=delete&rows=2'
sleep 1.1
run change
is 'what was changed is read by change' "$? $(jq -r 'select(.qb == "seal").window.by' o | sort -u)" '0 change'
is 'and proven as by updated' "$(check)" '0 ok ok'
is 'rows that were marked are rows of their window' \
	"$(of Invoice '"\(.deleted) \(.counted) \(.in_range) \(.final_count)"')" '2 38 38 40'
is 'with what is archived' "$(of Customer '.archived.rows == .extracted')" true
is 'without asking QuickBooks, too' "$(check --offline)" '0 ok ok'
qb-check invoices --from=$from >text
ok 'the report says how many were marked' grep -qE '^  loaded .* 0 rejected, 2 deleted$' text
pg -c "update raw.qb_windows set deleted = 0 where deleted > 0"
is 'without them the load log would be damaged' "$(check --offline)" '65 ok damaged'
pg -c "update raw.qb_windows set deleted = 2 where by = 'change' and rows > 0 and entity = 'Invoice'"
pg -c "delete from raw.invoices where deleted_at_utc is null and id in
	(select id from raw.invoices where deleted_at_utc is null limit 1)"
is 'a row that is missing is found' "$(check)" '75 ok incomplete'
file=$(find archive -path '*Invoice*' -name '*change*.gz' -o -path '*Invoice*' -name '*.gz' -newer t | head -n 1)
mv "$file" away
is 'and a file' "$(check --offline | cut -c1-2) $(grep -c 'it is missing\|not archived\|is not there\|No such file' out)" '75 1'
mv away "$file"

# --- nothing new
pg_fresh
sim_stop
company
run updated
qb-window customers invoices --by=created --every=100y --from=$from |
	qb-census 2>err | qb-archive archive | qb-stamp | qb-load >r
known() { qb-status --json >status; jq -r 'select(.entity).deletions_known' status | paste -sd' '; }
is 'after a census deletions are known' "$? $(known)" '0 true true'
run change
lines=$(pg -c 'select count(*) from raw.qb_windows') calls=$(sum)
run change
run change
is 'runs by change with nothing new leave no more lines' \
	"$(pg -c 'select count(*) from raw.qb_windows')" "$lines"
is 'and their calls' "$(($(sum) - calls))" 2
is 'ask for what came since the run before' "$(jq -r '.window.empty_until // empty' t | wc -l)" 2
is 'know of all deletions' "$(known)" 'true true'
is 'and are proven' "$(check)" '0 ok ok'
change 'entity=Invoice&do=delete&rows=1'
sleep 1.1
run change
is 'a deletion after them is found' \
	"$(pg -c 'select count(*) from raw.invoices where deleted_at_utc is not null')" 1
is 'and known' "$(known) $(check)" 'true true 0 ok ok'
run updated
sleep 1.1
run change
is 'a run by updated before one by change leaves nothing unknown that the log tells' \
	"$(known)" 'true true'

# --- rows that --jq drops
pg_fresh
sim_stop
company
run updated --jq 'select(.Id | tonumber % 4 != 1)'
change 'entity=Customer&do=edit&rows=6'
sleep 1.1
run change --jq 'select(.Id | tonumber % 4 != 1)'
dropped=$(($(jq -r 'select(.qb == "seal" and .window.entity == "Customer").fetch.rows' o) - $(jq -r 'select(.window.entity == "Customer").load.rows' r)))
is 'rows of a window by change that --jq drops are counted' \
	"$((dropped > 0)) $(pg -c "select count_after + rows_left - rows from raw.qb_windows
		where entity = 'Customer' and by = 'change'")" "1 $dropped"
is 'and are not missing' "$(check)" '0 ok ok'
done_testing
