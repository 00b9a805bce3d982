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
spans() { # the numbers and ranges of the tickets that were passed on, and the end
	jq -r 'if .qb == "end" then "end \(.windows)" else .window |
		"\(.no)/\(.of) \(.start) \(.end)" + if .provisional then " provisional" else "" end
		end | gsub("T00:00:00Z"; "")' "$tmp/out"
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
is "nor is a second after, and only that is passed on" "$(spans)" \
	'1/1 2025-02-01 2025-02-01T00:00:01Z
end 1'

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
is "a window fetched before it had settled covers what had" "$(spans)" \
	'1/1 2025-01-14T23:44:59Z 2025-01-15
end 1'
tickets bills 2025-01-15 2025-01-22 7d
loaded Bill 2025-01-15 2025-01-22 updated 4620 '' 2025-01-21T23:59:59.5Z
run
is "so does an empty one loaded before, to a whole second" "$(spans)" \
	'1/1 2025-01-21T23:44:59Z 2025-01-22
end 1'
loaded Bill 2025-01-15 2025-01-22 updated 4620 '' 2025-01-22T00:14:59Z
run
is "a second too early is a second too early" "$(spans)" \
	'1/1 2025-01-21T23:59:59Z 2025-01-22
end 1'
loaded Bill 2025-01-15 2025-01-22 updated 4620 '' 2025-01-22T00:15:00Z
run
is "an empty one loaded 15 minutes after it covers" "$(left)" 'end 0 '
run --settle=2h
is "--settle says how long after" "$(spans)" \
	'1/1 2025-01-21T22:15:00Z 2025-01-22
end 1'
run --settle=0s
is "which may be no time at all" "$(left)" 'end 0 '
loaded Deposit 2025-01-15 2025-01-22 updated 4620 2025-01-14
tickets deposits 2025-01-15 2025-01-22 7d
run
is "a window that was read before its start covers nothing" \
	"$(cat "$tmp/out")" "$(cat "$tmp/in")"
tickets terms 2025-01-08 2025-01-15 7d
loaded Term 2025-01-08 2025-01-15 updated 9999
run
is "windows of another company do not cover" "$(left)" '2025-01-08 end 1 '

# What is cut, and what is joined to the next ticket.
loaded Item 2025-01-03 2025-01-04
loaded Item 2025-01-06T12:00:00.25Z 2025-01-07
tickets items 2025-01-01 2025-01-22 7d
run
is "a ticket is passed on for each stretch that is not covered" "$(spans)" \
	'1/3 2025-01-01 2025-01-03
1/3 2025-01-04 2025-01-06T12:00:00.25Z
2/3 2025-01-07 2025-01-15
3/3 2025-01-15 2025-01-22
end 4'
is "one of which nothing is covered byte for byte" \
	"$(sed -n 4p "$tmp/out")" "$(sed -n 3p "$tmp/in")"
loaded Employee 2025-01-01 2025-01-08 updated 4620 2025-01-07T22:00:00Z
tickets employees 2025-01-01 2025-01-08 7d
qb-window employees --from=2025-01-09 --to=2025-01-10 --every=1d >>"$tmp/in"
run
is "the rest of one that does not touch the next stays alone" "$(spans)" \
	'1/1 2025-01-07T21:45:00Z 2025-01-08
end 1
1/1 2025-01-09 2025-01-10
end 1'
sed -i '/"end",/d' "$tmp/in"; tickets=$(cat "$tmp/in")
{ printf '%s\n' "$tickets" | sed 's/-09T/-08T/'; echo '{"qb":"end","windows":2,"rows":0}'; } >"$tmp/in"
run
is "one that touches is joined, with the number of the next" "$(spans)" \
	'1/1 2025-01-07T21:45:00Z 2025-01-10
end 1'
{ printf '%s\n' "$tickets" | sed 's/-09T/-08T/' | sed '1!G;h;$!d'; echo '{"qb":"end","windows":2,"rows":0}'; } >"$tmp/in"
run
is "in another order nothing is joined" "$(spans)" \
	'1/1 2025-01-08 2025-01-10
1/1 2025-01-07T21:45:00Z 2025-01-08
end 2'
{ printf '%s\n' "$tickets" | sed 's/-09T/-08T/; 2s/Employee/Term/'; echo '{"qb":"end","windows":2,"rows":0}'; } >"$tmp/in"
run
is "nor to another entity" "$(spans | tail -n 1)" 'end 2'
{ printf '%s\n' "$tickets" | sed 's/-09T/-08T/; 2s/updated/created/'; echo '{"qb":"end","windows":2,"rows":0}'; } >"$tmp/in"
run
is "nor by another time" "$(spans | tail -n 1)" 'end 2'
{ printf '%s\n' "$tickets" | sed 's/-09T/-08T/; s/"window":{/"x":1,&"y":2,/'; echo '{"qb":"end","windows":2,"rows":0}'; } >"$tmp/in"
run
is "other members of a ticket that is cut stay" "$(head -n 1 "$tmp/out")" \
	'{"qb":"ticket","x":1,"window":{"entity":"Employee","by":"updated","start":"2025-01-07T21:45:00Z","end":"2025-01-10T00:00:00Z","no":1,"of":1}}'
loaded Employee 2025-01-09 2025-01-10
{ printf '%s\n' "$tickets" | sed 's/-09T/-08T/'; echo '{"qb":"end","windows":2,"rows":0}'; } >"$tmp/in"
run
is "a rest is joined to what begins where it ends, and to no more" "$(spans)" \
	'1/1 2025-01-07T21:45:00Z 2025-01-09
end 1'

# By date whole days are read.
loaded Invoice 2025-01-01 2025-01-08 txn-date 4620 2025-01-08T00:10:00Z
tickets invoices 2025-01-01 2025-01-12 4d --by=txn-date
run
is "by txn-date whole days are cut off" "$(spans)" \
	'3/3 2025-01-07 2025-01-12
end 1'
run --settle=26h
is "and a settling time of more than a day costs the days it touches" "$(spans)" \
	'3/3 2025-01-06 2025-01-12
end 1'

# What is too young to be final.
ago() { date -u -d "$1 ago" +%Y-%m-%dT%H:%M:%SZ; }
start=$(ago '2 days') end=$(ago '16 min') young=$(ago '14 min')
tickets classes "$start" "$end" 7d
run
is "a window that ended 16 minutes ago is passed as it is" \
	"$(cat "$tmp/out")" "$(cat "$tmp/in")"
run --settle=17m
is "with a longer --settle it is provisional" "$(spans)" \
	"1/1 $start $end provisional
end 1"
tickets classes "$start" "$young" 7d
run
is "one that ended 14 minutes ago is" "$(spans)" \
	"1/1 $start $young provisional
end 1"
is "which is all that is added" "$(sed 's/,"provisional":true//' "$tmp/out")" "$(cat "$tmp/in")"
cp "$tmp/out" "$tmp/in"
cp "$tmp/out" "$tmp/once"
run
ok "one that says so already is passed byte for byte" cmp -s "$tmp/out" "$tmp/once"
run --settle=0s
is "one that says so and is none is passed without" "$(spans)" \
	"1/1 $start $young
end 1"
loaded Class "$start" "$young" updated 4620 '' "$young"
pg -c "update raw.qb_windows set provisional = true where entity = 'Class'"
run
is "a provisional window in the ledger covers nothing" "$(spans)" \
	"1/1 $start $young provisional
end 1"
run --settle=0s
is "whatever --settle says" "$(spans)" "1/1 $start $young
end 1"
pg -c "update raw.qb_windows set rows = 1, inserted = 1 where entity = 'Class'"
run --settle=0s
is "but one with rows does" "$(spans)" 'end 0'
pg -c 'alter table raw.qb_windows drop column provisional'
run
is "the ledger of an older version has no provisional windows" \
	"$? $(spans | tail -n 1)" '0 end 1'
for settle in -1s 31d 721h 5; do
	run --settle=$settle
	is "--settle=$settle: status" "$status" 64
done
run --settle=720h
is "--settle=720h is the most" "$status" 0

tickets customers 2025-01-08 2025-01-22 7d
run --run=other
is "of a run that loaded nothing: everything is pending" "$(cat "$tmp/out")" \
	"$(cat "$tmp/in")"
pg -c "update raw.qb_windows set run_id = 'other' where entity = 'Customer'
	and by = 'updated' and range_start_utc = '2025-01-08'"
run --run=other
is "what another run loaded does not count" "$(left)" '2025-01-15 end 1 '
run
is "without a run, what any loaded counts" "$(left)" 'end 0 '

tickets terms 2025-01-08 2025-01-15 7d
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
