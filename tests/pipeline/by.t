#!/bin/sh
# Ranges by each time of a row, cut one way and then another: fetched, kept,
# loaded, proven, and nothing left to do.
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
export QBO_TOKEN_FILE="$dir/token"
sim_start --seed=11 --from=2024-06-01 --to=2025-06-01 \
	--rows=all=0,Invoice=900,Customer=60 || exit 1

pipe() { # pipe SCHEMA ARGUMENT...: what is pending, into SCHEMA
	schema=$1
	shift
	qb-window "$@" | qb-pending --schema="$schema" | qb-fetch |
		qb-archive "$dir/$schema" | qb-stamp |
		qb-load --schema="$schema" >"$dir/receipts"
}
proven() { # proven WHAT ROWS SCHEMA ARGUMENT...
	what=$1 rows=$2 schema=$3
	shift 3
	qb-check "$@" --schema="$schema" --archive="$dir/$schema" >"$dir/out" 2>&1
	is "$what: proven" "$?" 0
	is "$what: every row that QuickBooks has is there" \
		"$(sed -n 's/.*at QuickBooks, in range *\([0-9]*\).*/\1/p;
			s/.*in the table, in all *\([0-9]*\).*/\1/p' "$dir/out" |
			tr '\n' ' ')" "$rows"
}
last() { tail -n 1 "$dir/receipts"; }

# In a zone whose clocks change twice on the way.
new_york='--from=2024-05-31 --to=2025-06-02 --tz=America/New_York'
# shellcheck disable=SC2086
{
	pipe updated invoices customers $new_york --every=3mo
	proven "by the last change" "900 900 60 60 " updated invoices customers $new_york
	pipe updated invoices customers $new_york --every=1w
	is "in other windows nothing is left to do" "$(last)" \
		'{"qb":"end","windows":0,"rows":0}'
	pipe updated invoices --from=2024-05-31 --to=2025-06-03 --every=1w \
		--tz=America/New_York
	is "but for what is new" "$(sed 's/"rows":.*//' "$dir/receipts" | tail -n 1)" \
		'{"qb":"end","windows":1,'
}
made='--from=2022-01-01 --to=2025-06-02'
# shellcheck disable=SC2086
{
	pipe created invoices $made --every=12mo --by=created
	proven "by creation" "900 900 " created invoices $made --by=created
	pipe dated invoices $made --every=365d --by=txn-date
	proven "by date" "900 900 " dated invoices $made --by=txn-date
	pipe dated invoices $made --every=1mo --by=txn-date
	is "by date in other windows nothing is left" "$(last)" \
		'{"qb":"end","windows":0,"rows":0}'
}
is "whichever time they were read by, the rows are the same" \
	"$(pg -c "select count(*) from updated.invoices u
		join created.invoices c using (id) join dated.invoices d using (id)
		where u.payload = c.payload and c.payload = d.payload")" 900
done_testing
