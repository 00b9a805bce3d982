#!/bin/sh
# Runs with nothing new leave no trace: their line in the ledger replaces that of the run
# before; and what was read too early is read again, no wider than that.
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
run() {	# run [OPTION of qb-pending]: all that is pending
	# shellcheck disable=SC2086
	qb-window $entities --from="$from" --every=1y | qb-pending "$@" >tickets &&
		qb-fetch <tickets | qb-archive archive | qb-stamp | qb-load >receipts
}
lines() { pg -c "select count(*), count(*) filter (where provisional),
	count(*) filter (where archive_file is null) from raw.qb_windows"; }
files() { find archive -name '*.gz' | wc -l; }
checked() {	# what qb-check says, status first
	# shellcheck disable=SC2086
	qb-check $entities --from="$from" --archive=archive >out; echo "$? $(tail -n 1 out)"
}
age() { touch -d '1 hour ago' archive/*/*/* archive/*/* archive/* archive/.qb-lock archive; touch -d '1 minute ago' mark; }

# --- a company in which nothing has happened since
sim_start --seed=7 --from=2025-01-01 --to=2025-12-31 --rows=all=0,Invoice=40,Customer=10 || exit 1
entities='customers invoices bills' from=2025-01-01
run
years=$(grep -c '"entity":"Bill"' tickets)
is 'the first run reads all years, the last one of them too early' \
	"$? $(grep -c '"provisional":true' tickets)" '0 3'
is 'and these, without rows, have no file' "$(lines) $(files)" \
	"$((3 * years))|3|3 $((3 * (years - 1)))"
is 'which qb-check does not miss' "$(checked)" '0 3 of 3 entities ok'
asked() { grep -c ' kind=' sim.log; }
calls() { pg -c 'select sum(calls) from raw.qb_windows'; }
counted=$(calls)
for again in 1 2; do
	age
	before=$(asked) calls=$(calls)
	newest=$(pg -c 'select max(seq) from raw.qb_windows')
	run
	is 'a run with nothing new reads one window of each entity' \
		"$? $(tail -n 1 tickets) $(grep -c '"provisional":true' tickets)" \
		'0 {"qb":"end","windows":3,"rows":0} 3'
	is 'which costs one count each, as the ledger says' \
		"$(($(asked) - before)) $(($(calls) - calls))" '3 3'
	is 'and nothing of the archive changes' "$(find archive -newer mark)" ''
	is 'nor has the ledger more lines' "$(lines)" "$((3 * years))|3|3"
	is 'since one for each replaces that of the last run' \
		"$(pg -c "select count(*), count(distinct entity), bool_and(provisional)
			from raw.qb_windows where seq > $newest")" '3|3|t'
	is 'with all calls that these took' \
		"$(pg -c "select string_agg(calls::text, ' ') from raw.qb_windows where seq > $newest")" \
		"$again $again $again"
	is 'up to which the range is proven' "$(checked)" '0 3 of 3 entities ok'
	newest=$(pg -c "select to_char(max(range_end_utc), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') from raw.qb_windows")
	ok 'up to the end of this run' grep -q "^Bill .* to $newest: ok" out
done
sleep 1
run --settle=0s
is 'without a settling time the same is read for good' "$(lines) $(files)" \
	"$((3 * years))|0|0 $((3 * years))"
is 'and no call of three runs was forgotten' "$(($(calls) - counted))" 9
pg -c "update raw.qb_windows set archive_file = null where entity = 'Invoice' and rows > 0"
is 'qb-check misses the file of a window with rows' \
	"$(checked | cut -d' ' -f1) $(grep -c 'not archived' out)" '75 1'
sim_stop

# --- one in which something happened a moment ago
pg_fresh
rm -rf archive "$QBO_TOKEN_FILE"
ago() { date -u -d "$1 ago" +%Y-%m-%dT%H:%M:%SZ; }
entities=invoices from=$(ago '2 hours')
sim_start --seed=7 --from="$from" --to="$(ago '5 seconds')" --rows=all=0,Invoice=240 || exit 1
run
is 'rows of the last two hours are read' "$? $(sed -n 's/.*"rows":\([0-9]*\),"inserted":\([0-9]*\).*/\1 \2/p' receipts)" '0 240 240'
is 'with a file, though they were read too early' "$(lines) $(files)" '1|0|0 1'
read -r start young <<END2
$(pg -c "select to_char(fetched_at_utc - interval '15 min', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') || ' ' ||
	(select count(*) from raw.invoices i where i.updated_at_utc >= date_trunc('second', w.fetched_at_utc - interval '15 min'))
	from raw.qb_windows w")
END2
run
is 'those of the last 15 minutes are read again, and no others' \
	"$? $(sed -n 's/.*"start":"\([^"]*\)".*"rows":\([0-9]*\),"inserted":0,"updated":0,"unchanged":\([0-9]*\),.*/\1 \2 \3/p' receipts)" \
	"0 $start $young $young"
is 'which are some' "$((young > 0 && young < 60))" 1
is 'and the range is proven' "$(checked | cut -c1)" 0
done_testing
