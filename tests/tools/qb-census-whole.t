#!/bin/sh
# qb-census: entities that are read whole: their tickets are passed over, and what a
# reading of all rows lacks is gone.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
dir=$(mktemp -d)
trap 'sim_stop; pg_stop; rm -rf "$dir"' EXIT
pg_start || exit 1
export QBO_TOKEN_FILE="$dir/token" XDG_STATE_HOME="$dir/state"
export PGOPTIONS='-c client_min_messages=error'
# shellcheck source=tests/lib/census.sh
. "${0%/*}/../lib/census.sh"

# shellcheck disable=SC2034 # of census.sh
world='--seed=5 --from=2025-01-01 --to=2025-04-01 --pseudo-codes=fixed
	--rows=all=0,RecurringTransaction=20,TaxCode=4'
whole='RecurringTransaction,TaxCode,Preferences'
read_all() { # as qb-backfill --reload does: nobody knows which rows are there
	qb-window $whole --from=2025-01-01 | qb-fetch --no-rate-limit >"$dir/read"
	ln -sf read "$dir/tickets"
}
read_new() { # as qb-sync does
	qb-window $whole --from=2025-01-01 | qb-pending --settle=0s |
		qb-fetch --no-rate-limit >"$dir/read"
	ln -sf read "$dir/tickets"
}
load() { qb-stamp --run="$1" <"$dir/out" | qb-load >"$dir/receipts"; }
live() { pg -c "select count(*) filter (where deleted_at_utc is null), count(*) from raw.$1"; }
delete() { # delete ENTITY N
	curl -sf "$QBO_API_URL/sim/change?entity=$1&do=delete&rows=$2" |
		jq -r '.changed[]' | sort | paste -sd' ' - >"$dir/changed"
}

# Tickets of a census.
# shellcheck disable=SC2119 # no rules
company
qb-window $whole,ExchangeRate,report:ProfitAndLoss --by=created --from=2025-01-01 \
	--to=2025-04-01 >"$dir/tickets"
census --verbose
is 'tickets are passed over' "$status $calls $(cat "$dir/out")" \
	'0 0 {"qb":"end","windows":0,"rows":0}'
says 'each with a line' 'RecurringTransaction is read whole: its deletions come out of the reading'
is 'and no more than one' "$(grep -c 'is read\|is a report' "$dir/err")" 5
census
is 'which only --verbose says' "$(cat "$dir/err")" ''

# A reading of all rows.
read_all
census
is 'nothing is known: nothing is asked' "$status $calls" '0 0'
load one
is 'all is loaded' "$(live recurring_transactions) $(live tax_codes)" '20|20 6|6'
read_all
census
is 'nothing is gone: nothing is asked' "$status $calls" '0 0'
delete RecurringTransaction 3
three=$(cat "$dir/changed")
read_all
is 'three are gone, and the reading does not say so' "$(grep -c '"qb":"gone"' "$dir/read")" 0
census
is 'the whole is read once more, and they are' \
	"$status $(jq -r 'select(.qb == "gone") | .gone | [.id, .by] | @tsv' "$dir/out" |
		sort | tr '\t\n' '  ')" "0 $(for id in $three; do printf '%s whole ' "$id"; done)"
is 'in a window that is provisional' "$(jq -c 'select(.window.by == "census" and .qb == "seal") |
	[.window.entity, .window.provisional, .fetch.gone]' "$dir/out")" \
	'["RecurringTransaction",true,3]'
load two
is 'they are marked' "$(live recurring_transactions)" '17|20'
read_all
census
is 'and told again, for an archive that may lack it' "$status $calls $(gone | wc -w)" '0 0 3'
load three
is 'which changes nothing' "$(live recurring_transactions)" '17|20'

# A reading that left out what the table has; in the second of the last one there is
# nothing to read.
sleep 1
read_new
census
ok 'where rows were left out nothing is added' cmp -s "$dir/read" "$dir/out"
delete RecurringTransaction 2
read_new
is 'the reading itself says what is gone' "$(grep -c '"qb":"gone"' "$dir/read")" 2
census
ok 'and that is all' cmp -s "$dir/read" "$dir/out"
load four
is 'they are marked, too' "$(live recurring_transactions)" '15|20'

# A list of which one query would not bring all.
pg -c "insert into raw.tax_codes select '99', payload, ingested_at_utc,
	extract_window_start_utc, extract_window_end_utc, page_number, page_size,
	request_payload, realm_id, updated_at_utc, fetched_at_utc, null, run_id, 1
	from raw.tax_codes where id = 'TAX'"
read_all
census
is 'of a list only what is not there' \
	"$status $(jq -r 'select(.qb == "gone" and .window.entity == "TaxCode").gone.id' "$dir/out")" \
	'0 99'
done_testing
