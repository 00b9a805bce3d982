#!/bin/sh
# qb-pending: by range and not by position, and never too much left out.
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
tickets() { # tickets ENTITY FROM TO EVERY [ARGUMENT...]
	entity=$1 from=$2 to=$3 every=$4
	shift 4
	qb-window "$entity" --from="$from" --to="$to" --every="$every" "$@" >"$tmp/in"
}
left() { # the starts of the tickets that were passed on, and the end
	sed 's/.*"start":"\([-0-9]*\).*/\1/; s/.*"windows":\([0-9]*\).*/end \1/' \
		"$tmp/out" | tr '\n' ' '
}
loaded() { # loaded ENTITY START END [BY [REALM [FETCHED [LOADED]]]]
	pg -v schema=raw -c "insert into raw.qb_windows (entity, realm_id, by,
		range_start_utc, range_end_utc, run_id, fetched_at_utc, pages,
		rows, inserted, updated, unchanged, stale, rejected, rows_left,
		table_rows, seal_sha256, loaded_at_utc) values ('$1',
		'${5:-4620}', '${4:-updated}', '$2', '$3', 'test',
		nullif('${6-2025-06-01}', '')::timestamptz, 1, 0, 0, 0, 0, 0, 0,
		0, 0, repeat('0', 64), '${7:-2025-06-02}')"
}

tickets customers 2025-01-01 2025-02-01 7d
run
is "no schema: status" "$status" 0
is "no schema: everything is pending" "$(cat "$tmp/out")" "$(cat "$tmp/in")"
run --schema='"; drop table x; --'
is "a schema with an odd name is just not there" "$status" 0
pg -c 'create schema raw'
run
is "no ledger: everything is pending" "$(cat "$tmp/out")" "$(cat "$tmp/in")"
pg -v schema=raw -f "$root/sql/schema/schema.sql" >"$tmp/out" 2>&1
run
is "no company yet: everything is pending" "$(cat "$tmp/out")" "$(cat "$tmp/in")"
pg -c "insert into raw.qb_realm (realm_id) values ('4620')"
run
is "nothing loaded: everything is pending" "$(cat "$tmp/out")" "$(cat "$tmp/in")"

loaded Customer 2025-01-08 2025-01-15
run
is "a window that was loaded is left out, and the end says so" "$(left)" \
	'2025-01-01 2025-01-15 2025-01-22 2025-01-29 end 4 '
ok "tickets pass byte for byte" sh -c \
	"grep -v end '$tmp/out' | grep -vxFf '$tmp/in' | cmp -s - /dev/null"
tickets customers 2025-01-01 2025-02-01 1d
run
is "shorter windows inside a loaded one are left out" \
	"$(tail -n 1 "$tmp/out")" '{"qb":"end","windows":24,"rows":0}'
loaded Customer 2025-01-15 2025-02-01
tickets customers 2025-01-06 2025-02-01 2w
run
is "loaded windows together cover a longer one" "$(left)" '2025-01-06 end 1 '
loaded Customer 2025-01-01 2025-01-08
run
is "when none is left, only the end is left" "$(cat "$tmp/out")" \
	'{"qb":"end","windows":0,"rows":0}'
tickets customers 2024-12-31T23:59:59 2025-02-01 1mo
run
is "a second more is not covered" "$(left)" '2024-12-31 end 1 '
tickets customers 2025-01-31 2025-02-01T00:00:01 1mo
run
is "nor is a second after" "$(left)" '2025-01-31 end 1 '

tickets vendors 2025-01-08 2025-01-15 7d
run
is "another entity is not covered" "$(left)" '2025-01-08 end 1 '
tickets customers 2025-01-08 2025-01-15 7d --by=created
run
is "nor is another time of the same one" "$(left)" '2025-01-08 end 1 '
loaded Customer 2025-01-08 2025-01-15 created
run
is "each time has a cover of its own" "$(left)" 'end 0 '

tickets bills 2025-01-08 2025-01-15 7d
loaded Bill 2025-01-08 2025-01-15 updated 4620 2025-01-14T23:59:59Z
run
is "a window fetched before it had passed does not cover" "$(left)" \
	'2025-01-08 end 1 '
loaded Bill 2025-01-08 2025-01-15 updated 4620 '' 2025-01-14T23:59:59Z
run
is "nor does an empty one loaded before it had passed" "$(left)" \
	'2025-01-08 end 1 '
loaded Bill 2025-01-08 2025-01-15 updated 4620 '' 2025-01-15
run
is "an empty one loaded after it covers" "$(left)" 'end 0 '
tickets terms 2025-01-08 2025-01-15 7d
loaded Term 2025-01-08 2025-01-15 updated 9999
run
is "windows of another company do not cover" "$(left)" '2025-01-08 end 1 '

QBO_REALM_ID=4620 qb-pending <"$tmp/in" >"$tmp/out" 2>"$tmp/err"
is "the company may be named" "$?" 0
QBO_REALM_ID=9999 qb-pending <"$tmp/in" >"$tmp/out" 2>"$tmp/err"
is "a schema of another company: status" "$?" 69
ok "a schema of another company: the next step is named" \
	grep -q -e '--schema=raw_other' "$tmp/err"

{ qb-window customers --from=2025-01-01 --to=2025-03-01 --every=1mo
  qb-window vendors --from=2025-01-01 --to=2025-02-01 --every=1mo; } >"$tmp/in"
run
is "of two streams each end counts its own" "$(left)" \
	'2025-02-01 end 1 2025-01-01 end 1 '
gzip -c "$tmp/in" | qb-pending >"$tmp/out2" 2>"$tmp/err"
is "compressed tickets are read" "$(cat "$tmp/out2")" "$(cat "$tmp/out")"

sed '$d' "$tmp/in" >"$tmp/cut" && mv "$tmp/cut" "$tmp/in"
run
is "no end: status" "$status" 75
ok "no end: none is written" sh -c "! tail -n 1 '$tmp/out' | grep -q '\"qb\":\"end\"'"
printf '{"qb":"ticket"' >"$tmp/in"
run
is "a line that is cut off: status" "$status" 65
printf '{"qb":"seal","window":{},"fetch":{}}\n' >"$tmp/in"
run
is "a seal among the tickets: status" "$status" 65

tickets customers 2025-01-01 2025-02-01 7d
run extra
is "an operand: status" "$status" 64
PGPORT=1 qb-pending <"$tmp/in" >"$tmp/out" 2>"$tmp/err"
is "no server: status" "$?" 75
ok "no server: nothing is passed" test ! -s "$tmp/out"
run --dsn='host=/nowhere'
is "--dsn wins over PGHOST" "$status" 75
pg -c 'create role t_pending login; grant usage on schema raw to t_pending' \
	2>"$tmp/err"
PGUSER=t_pending qb-pending <"$tmp/in" >"$tmp/out" 2>"$tmp/err"
is "no right to read the ledger: status" "$?" 69
pg -c 'drop owned by t_pending; drop role t_pending'
tickets customers 2024-01-01 2024-02-01 7d
qb-pending <"$tmp/in" >/dev/full 2>"$tmp/err"
is "a full disk: status" "$?" 74
done_testing
