#!/bin/sh
# qb-pending: tickets of entities that are read whole, of rates, and of reports.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
root=$(cd "${0%/*}/../.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"; pg_stop' EXIT
pg_start || exit 1

run() { # run ARGUMENT...: tickets from $tmp/in
	qb-pending "$@" <"$tmp/in" >"$tmp/out" 2>"$tmp/err"
	status=$?
}
tickets() { # tickets ENTITY FROM TO [ARGUMENT...]
	entity=$1 from=$2 to=$3
	shift 3
	qb-window "$entity" --from="$from" --to="$to" --every=100y "$@" >"$tmp/in"
}
asked() { # the tickets that were passed on, and the end
	jq -r 'if .qb == "end" then "end \(.windows)" else "\(.window.by) \(.window.start) \(.window.end)"
		+ if .window.provisional then " provisional" else "" end
		+ if .window.empty_until then " empty until \(.window.empty_until)" else "" end
		end | gsub("T00:00:00Z"; "")' "$tmp/out"
}
known() { jq -c 'if .qb == "ticket" then .known_rows else empty end' "$tmp/out"; }
loaded() { # loaded ENTITY START END BY READ [ROWS [FILE [HAD]]]: 0 rows are provisional
	pg -v schema=raw -c "insert into raw.qb_windows (entity, realm_id, by,
		range_start_utc, range_end_utc, run_id, fetched_at_utc, count_before, pages,
		rows, inserted, updated, unchanged, stale, rejected, rows_left,
		table_rows, seal_sha256, archive_file, loaded_at_utc, provisional)
		values ('$1', '4620', '$4', '$2', '$3', 'test', '$5', ${8:-${6:-0}}, 1, ${6:-0},
		${6:-0}, 0, 0, 0, 0, 0, 0, repeat('0', 64), nullif('${7:-}', ''),
		'$5', ${6:-0} = 0)"
}
forget() { pg -c "delete from raw.qb_windows"; }
row() { # row TABLE ID FINGERPRINT [DELETED]
	pg -c "insert into raw.$1 values ('$2', '{}', now(), now(), now(), 1, 1, '{}',
		'4620', null, now(), nullif('${4:-}', '')::timestamptz, 'r', $3)"
}
table() { pg -v schema=raw -v table="$1" -f "$root/sql/schema/table.sql" >"$tmp/psql" 2>&1; }

# --- an entity that is read whole -------------------------------------------
tickets TaxCode 2025-01-01 2025-02-01
run
is "by whole, no schema: the ticket passes" "$status $(asked)" '0 whole 2025-01-01 2025-02-01
end 1'
is "and it is known that no row is there" "$(known)" '{}'
pg -v schema=raw -f "$root/sql/schema/schema.sql" >"$tmp/psql" 2>&1
pg -c "insert into raw.qb_realm (realm_id) values ('4620')"
run
is "nor without a table" "$(known)" '{}'
ok "behind the window" grep -qF '"of":1},"known_rows":{}}' "$tmp/out"

loaded TaxCode 2025-01-01 2025-03-01 updated 2025-04-01 5
loaded TaxCode 2025-01-01 2025-03-01 change 2025-04-01 5
run
is "windows by updated and by change cover nothing: they lacked rows" "$(asked)" \
	'whole 2025-01-01 2025-02-01
end 1'
tickets terms 2025-01-01 2025-02-01
loaded Term 2025-01-01 2025-02-01 whole 2025-04-01 5
run
is "nor does one by whole cover one by updated" "$(asked)" \
	'updated 2025-01-01 2025-02-01
end 1'
forget
tickets TaxCode 2025-01-01 2025-02-01
loaded TaxCode 2025-01-01 2025-01-10 whole 2025-01-10 5
loaded TaxCode 2025-01-15 2025-01-20 whole 2025-01-21 5
run
is "one ticket from the first moment that is not covered to the end" "$(asked)" \
	'whole 2025-01-09T23:45:00Z 2025-02-01
end 1'
run --settle=0s
is "after --settle" "$(asked)" 'whole 2025-01-10 2025-02-01
end 1'
loaded TaxCode 2024-12-01 2025-02-01 whole 2025-02-01T00:15:00Z 5
run
is "a reading covers what was before it" "$(asked)" 'end 0'
run --run=other
is "of another run it does not" "$(asked)" 'whole 2025-01-01 2025-02-01
end 1'

# Readings that found nothing new.
forget
loaded TaxCode 2025-01-01 2025-01-10 whole 2025-01-10 5
loaded TaxCode 2025-01-09T23:45:00Z 2025-01-20 whole 2025-01-20
run
is "a reading that found nothing new is read again, and said to have been empty" \
	"$(asked)" 'whole 2025-01-09T23:45:00Z 2025-02-01 empty until 2025-01-19T23:45:00Z
end 1'
cp "$tmp/out" "$tmp/once"
cp "$tmp/out" "$tmp/in"
run
ok "twice in a pipe says the same" cmp -s "$tmp/out" "$tmp/once"
run --settle=360h
is "unless that is not certain yet" "$(asked)" 'whole 2025-01-09T23:45:00Z 2025-02-01
end 1'
tickets TaxCode 2025-01-01 2025-01-19T23:45:00
run
is "what it has proven to its end is not read again" "$(asked)" 'end 0'
tickets TaxCode 2025-01-01 2025-01-19T23:45:01
run
is "but a second more is" "$(asked)" \
	'whole 2025-01-09T23:45:00Z 2025-01-19T23:45:01Z empty until 2025-01-19T23:45:00Z
end 1'
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
tickets TaxCode 2025-01-01 "$now"
run
is "what ends now is provisional" "$(asked)" \
	"whole 2025-01-09T23:45:00Z $now provisional empty until 2025-01-19T23:45:00Z
end 1"

# What the table has.
table tax_codes
tickets TaxCode 2025-01-01 2025-02-01
run
is "a table without rows" "$(known)" '{}'
row tax_codes NON 17
row tax_codes TAX -18
row tax_codes '9"79' 19
row tax_codes 4 20 2025-01-01
run
is "all rows are named that are not deleted, whenever they were changed" \
	"$(known | jq -cS .)" '{"9\"79":19,"NON":17,"TAX":-18}'
cp "$tmp/out" "$tmp/once"
cp "$tmp/out" "$tmp/in"
run
ok "and once, however often it is written" cmp -s "$tmp/out" "$tmp/once"
run --run=test
is "what counts only if this run loaded it must come again" "$(known | jq -cS .)" \
	'{"9\"79":null,"NON":null,"TAX":null}'
loaded TaxCode 2024-01-01 2024-02-01 whole 2024-02-01 5 a.gz
run
is "so must what has no file, while others have one" "$(known | jq -cS .)" \
	'{"9\"79":null,"NON":null,"TAX":null}'
loaded TaxCode 2025-01-01 2025-01-10 whole 2025-01-10T00:00:01Z 2 b.gz 7
run
is "or only some of its rows came" "$(known | jq -c .TAX)" null
loaded TaxCode 2025-01-01 2025-01-10 whole 2025-01-10T00:00:02Z 5 c.gz
run
is "until a later reading of all rows has one" "$(known | jq -cS .)" \
	'{"9\"79":19,"NON":17,"TAX":-18}'
loaded TaxCode 2025-01-10 2025-01-11 whole 2025-01-11
run
is "one without rows needs none" "$(known | jq -c '.TAX')" -18
pg -c "insert into raw.tax_codes select 'n' || n, '{}', now(), now(), now(), 1, 1, '{}',
	'4620', null, now(), null, 'r', 0 from generate_series(1, 9997) n"
run
is "ten thousand are named" "$(known | jq length)" 10000
row tax_codes more 1
run
is "of more it is not known which are there" "$(known)" null
cp "$tmp/once" "$tmp/in"
run
is "even if that was said before" "$(known)" null
pg -c "create role t_pending_whole login; grant usage on schema raw to t_pending_whole;
	grant select on raw.qb_windows, raw.qb_realm to t_pending_whole;
	delete from raw.tax_codes where id like 'n%'" 2>"$tmp/err"
PGUSER=t_pending_whole qb-pending <"$tmp/in" >"$tmp/out" 2>"$tmp/err"
is "nor where the table may not be read" "$? $(known)" '0 null'
pg -c 'drop owned by t_pending_whole; drop role t_pending_whole'

# One object, and rows that are wrapped.
tickets preferences,RecurringTransaction 2025-01-01 2025-02-01
loaded Preferences 2025-01-01 2025-01-10 whole 2025-01-10 1
run
is "one object and wrapped rows likewise" "$(asked)" \
	'whole 2025-01-09T23:45:00Z 2025-02-01
whole 2025-01-01 2025-02-01
end 2'
is "each with what its table has" "$(known | tr '\n' ' ')" '{} {} '

# A group: the mark of its tickets stays where they are cut.
qb-window lists --from=2025-01-01 --to=2025-02-01 --every=100y >"$tmp/in"
marked=$(jq -c 'select(.optional)' "$tmp/in" | wc -l)
loaded Account 2025-01-01 2025-01-10 updated 2025-01-20 1
run
is "tickets of a group are cut, and stay optional" \
	"$(jq -c 'select(.optional)' "$tmp/out" | wc -l) $(head -n 1 "$tmp/out" |
		jq -r '.window.start')" "$marked 2025-01-10T00:00:00Z"
is "by whole, too" "$(jq -c 'select(.window.by == "whole") | [.optional, .known_rows | type]' \
	"$tmp/out")" '["boolean","object"]'

# --- rates --------------------------------------------------------------------
tickets ExchangeRate 2025-01-01 2025-02-01
loaded ExchangeRate 2025-01-01 2025-01-08 as-of 2025-01-08T00:10:00Z 7
loaded ExchangeRate 2025-01-10 2025-01-20 as-of 2025-02-01 7
run
is "as of days: cut to those that are not covered" "$(asked)" \
	'as-of 2025-01-07 2025-01-10
as-of 2025-01-20 2025-02-01
end 2'
is "what the table has of them is not said" "$(known | tr '\n' ' ')" 'null null '

# --- reports --------------------------------------------------------------------
report=report:ProfitAndLoss
tickets $report 2025-01-01 2025-02-01
loaded $report 2024-01-01 2025-06-01 report 2025-06-02 1
loaded $report 2025-01-01 2025-01-31 report 2025-06-02 1
loaded $report:Cash 2025-01-01 2025-02-01 report 2025-06-02 1
loaded $report 2025-01-01 2025-02-01 updated 2025-06-02 1
loaded report:BalanceSheet 2025-01-01 2025-02-01 report 2025-06-02 1
run
ok "a report of another period, basis or name covers nothing" cmp -s "$tmp/out" "$tmp/in"
loaded $report 2025-01-01 2025-02-01 report 2025-02-01T00:14:59Z 1
run
ok "nor one that was read before its period had settled" cmp -s "$tmp/out" "$tmp/in"
loaded $report 2025-01-01 2025-02-01 report 2025-02-01T00:15:00Z 1
run
is "one of the same period that was read later does" "$(asked)" 'end 0'
run --run=other
is "unless it was another run" "$(asked)" 'report 2025-01-01 2025-02-01
end 1'

# --- the entry in the load log ----------------------------------------------------
forget
entry() { # entry BY START END READ ROWS FIRST LAST: as qb-load writes it
	PGOPTIONS=-cclient_min_messages=warning pg -v schema=raw -v table=tax_codes -v entity=TaxCode -v realm=4620 \
		-v by="$1" -v start="$2" -v end="$3" -v run=r -v fetched_at="$4" \
		-v count_before= -v count_after= -v pages=1 -v rows="$5" -v inserted="$5" \
		-v updated=0 -v unchanged=0 -v stale=0 -v rejected=0 -v left=0 -v added=0 \
		-v sha256=0 -v archive= -v calls=2 -v deleted=0 \
		-v provisional="$([ "$5" = 0 ] && echo t || echo f)" \
		-f "$root/sql/load/ledger.sql" | tail -n 1 >"$tmp/entry"
	pg -v schema=raw -v replaced="$(cut -d'|' -f4 "$tmp/entry")" \
		-f "$root/sql/load/ledger_replace.sql"
}
entries() { pg -c "select by, range_end_utc::date, rows, calls from raw.qb_windows order by seq" | tr '\n' ' '; }
export PGTZ=UTC
for by in whole as-of; do
	entry $by 2025-01-01 2025-01-10 2025-01-10 5
	entry $by 2025-01-10 2025-01-11 2025-01-11 0
	entry $by 2025-01-10 2025-01-12 2025-01-12 0
	is "$by: an entry replaces the empty one before it, and has its calls" "$(entries)" \
		"$by|2025-01-10|5|2 $by|2025-01-12|0|4 "
	entry updated 2025-01-01 2025-01-13 2025-01-13 0
	is "$by: not one by updated" "$(entries)" \
		"$by|2025-01-10|5|2 $by|2025-01-12|0|4 updated|2025-01-13|0|2 "
	entry $by 2025-01-10 2025-01-14 2025-01-14 1
	is "$by: nor is one by updated replaced" "$(entries)" \
		"$by|2025-01-10|5|2 updated|2025-01-13|0|2 $by|2025-01-14|1|6 "
	forget
done
done_testing
