#!/bin/sh
# Reports, through the whole pipeline: all in one table, each read as an entity of its
# own; a later reading replaces an earlier one, and the archive has both.
set -u
. "${0%/*}/../lib/tap.sh"
. "${0%/*}/../lib/pg.sh"
dir=$(mktemp -d) || exit 1
trap 'sim_stop; pg_stop; rm -rf "$dir"' EXIT
. "${0%/*}/../lib/sim.sh"
pg_start || { echo 'Bail out! no PostgreSQL'; exit 1; }
sim_start --from=2025-01-01 --to=2026-01-01 --rows=all=0,Customer=3 ||
	{ echo 'Bail out! no simulator'; exit 1; }
export QBO_TOKEN_FILE="$dir/token.json"
reports='report:ProfitAndLoss report:ProfitAndLoss:Cash report:AgedReceivables'
range='--from=2025-01-01 --to=2025-04-01'

read_all() {	# read_all RUN [QB-LOAD OPTION...]: how often each thing was done
	run=$1; shift
	# shellcheck disable=SC2086 # words
	qb-window $reports $range --every=1mo | qb-fetch --no-rate-limit |
		qb-archive "$dir/archive" | qb-stamp --run="$run" |
		qb-load "$@" >"$dir/receipts" || echo "status $?"
	jq -s -r 'map(select(.qb == "receipt").load)
		| [map(.inserted), map(.updated), map(.unchanged)]
		| map(add) | join(" ")' "$dir/receipts"
}
held() { pg -c "select id, payload #- '{Header,Time}' from raw.reports order by 1"; }

is 'three reports of three months' "$(read_all first --history)" '9 0 0'
is 'are nine rows of one table' "$(pg -c 'select count(*), count(distinct id) from raw.reports')" '9|9'
is 'whose ids are the report and its parameters' \
	"$(pg -c "select count(*) from raw.reports
		where split_part(id, '?', 1) = payload #>> '{Header,ReportName}'")" 9
is 'an entity has the rows of its own' "$(pg -c "select distinct entity, table_rows
	from raw.qb_windows where seq in (select max(seq) from raw.qb_windows group by entity)
	order by 1" | cut -d'|' -f1)" 'report:AgedReceivables
report:ProfitAndLoss
report:ProfitAndLoss:Cash'
is 'folders of the archive have no colon' "$(cd "$dir/archive"/* && echo *)" \
	'report-AgedReceivables report-ProfitAndLoss report-ProfitAndLoss-Cash'
# shellcheck disable=SC2086
ok 'qb-check finds them whole' sh -c "qb-check $reports $range --archive=$dir/archive >$dir/checked 2>&1"
[ "$tap_bad" = 0 ] || sed 's/^/# /' "$dir/checked"

sleep 1
is 'read again they are unchanged, though the time of each is another' "$(read_all second)" '0 0 9'
held >"$dir/before"
curl -s "$QBO_API_URL/sim/change?entity=Customer&do=edit&rows=2" >/dev/null
sleep 1
is 'somebody books into January: that month comes anew' "$(read_all third)" '0 2 7'
is 'and replaces what was there' "$(held | comm -13 "$dir/before" - | cut -d'|' -f1)" \
	'ProfitAndLoss?accounting_method=Cash&end_date=2025-01-31&start_date=2025-01-01
ProfitAndLoss?end_date=2025-01-31&start_date=2025-01-01'
is 'the history has both' "$(pg -c "select id, count(*) from raw.qb_history group by 1 order by 1")" \
	'ProfitAndLoss?accounting_method=Cash&end_date=2025-01-31&start_date=2025-01-01|2
ProfitAndLoss?end_date=2025-01-31&start_date=2025-01-01|2'
is 'as it stands, by entity' "$(pg -c "select count(*) from raw.qb_as_of('report:ProfitAndLoss', now())")" 3
ok 'the table is not one entity' \
	sh -c "psql -X -q -c \"select * from raw.qb_as_of('reports', now())\" 2>&1 | grep -q 'more than one entity'"
is 'a dry run counts the rows of the entity' "$(qb-window report:ProfitAndLoss --from=2025-01-01 --to=2025-02-01 --every=1mo |
	qb-fetch --no-rate-limit | qb-stamp | qb-load --dry-run |
	jq -r 'select(.qb == "receipt").load.table_rows')" 3

replay() {	# replay SORT-OPTION: the archive, in another order, into another database
	pg_fresh
	find "$dir/archive" -name '*.ndjson.gz' | sort "$1" | xargs cat |
		qb-stamp --run=replay | qb-load >/dev/null || echo "status $?"
	held >"$dir/replayed"
}
held >"$dir/now"
for order in -n -r; do
	replay "$order"
	is "a replay of the archive, sort $order, gives the same table" \
		"$(cmp "$dir/now" "$dir/replayed" 2>&1)" ''
done
is 'qb-stamp --jq sees them' "$(qb-window report:ProfitAndLoss --from=2025-01-01 --to=2025-02-01 --every=1mo |
	qb-fetch --no-rate-limit | qb-stamp --jq '.Header' |
	jq -r 'select(.qb == "row").payload.EndPeriod')" 2025-01-31
done_testing
