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

# By change: QuickBooks' log of changes.
renewed() { pg -v schema=raw -f "$root/sql/schema/schema.sql" >"$tmp/psql" 2>&1; }
changes() { # changes ENTITY FROM TO: the one ticket by change
	tickets "$1" "$2" "$3" 100y
	sed -i 's/"by":"updated"/"by":"change"/' "$tmp/in"
}
asked() { # and since when the log is asked, if not from the start on; and what is known
	jq -r 'if .qb == "end" then "end \(.windows)" else "\(.window.by) \(.window.start) \(.window.end)"
		+ if .window.provisional then " provisional" else "" end
		+ if .window.empty_until then " empty until \(.window.empty_until)" else "" end
		+ if .known_gone then " gone: \(.known_gone | join(" "))" else "" end
		end | gsub("T00:00:00Z"; "")' "$tmp/out"
}
early() { # early ENTITY START END BY READ: a window without rows that was read too early
	loaded "$1" "$2" "$3" "$4" 4620 '' "$5"
	pg -c "update raw.qb_windows set provisional = true
		where seq = (select max(seq) from raw.qb_windows)"
}
renewed
changes vendors 2025-01-01 2025-02-01
run
is "by change: nothing loaded, passed byte for byte" "$(cat "$tmp/out")" "$(cat "$tmp/in")"
loaded Vendor 2024-12-01 2025-01-08
loaded Vendor 2025-01-15 2025-01-16 change
run
is "windows by updated and by change cover one by change" "$(asked)" \
	'change 2025-01-08 2025-01-15
change 2025-01-16 2025-02-01
end 2'
tickets vendors 2025-01-01 2025-02-01 100y
run
is "and one by updated" "$(asked)" \
	'updated 2025-01-08 2025-01-15
updated 2025-01-16 2025-02-01
end 2'
tickets vendors 2025-01-01 2025-02-01 100y --by=created
run
is "and none by created" "$(asked)" 'created 2025-01-01 2025-02-01
end 1'
loaded Vendor 2025-01-01 2025-03-01 census
changes vendors 2025-01-01 2025-02-01
run
is "a census covers nothing" "$(asked | tail -n 1)" 'end 2'
early Vendor 2025-01-16 2025-01-20 change 2025-01-20T00:00:05Z
run
is "what was read too early, and had nothing, says since when to ask" "$(asked)" \
	'change 2025-01-08 2025-01-15
change 2025-01-16 2025-02-01 empty until 2025-01-19T23:45:05Z
end 2'
tickets vendors 2025-01-01 2025-02-01 100y
run
is "but not by updated" "$(grep -c empty_until "$tmp/out")" 0
changes vendors 2025-01-01 2025-02-01
early Vendor 2025-01-16 2025-01-24 updated 2025-01-24T00:00:05Z
run
is "windows by updated do not know what was deleted" "$(asked | sed -n 2p)" \
	'change 2025-01-16 2025-02-01 empty until 2025-01-19T23:45:05Z'
early Vendor 2025-01-19 2025-01-25 change 2025-01-25T00:00:05Z
run
is "several windows in a row say it together" "$(asked | sed -n 2p)" \
	'change 2025-01-16 2025-02-01 empty until 2025-01-24T23:45:05Z'
early Vendor 2025-01-26 2025-01-28 change 2025-01-28T00:00:05Z
run
is "but not beyond a gap" "$(asked | sed -n 2p)" \
	'change 2025-01-16 2025-02-01 empty until 2025-01-24T23:45:05Z'
run --settle=0s
is "up to --settle before it was read" "$(asked | sed -n 2p)" \
	'change 2025-01-16 2025-02-01 empty until 2025-01-25'
run --settle=30d
is "which may be before the start: then nothing is said" \
	"$(asked | grep -c 'empty until')" 0
cp "$tmp/out" "$tmp/once"
cp "$tmp/out" "$tmp/in"
run
run --settle=30d
ok "twice in a pipe says the same" cmp -s "$tmp/out" "$tmp/once"
changes vendors 2025-01-01 2025-01-20
run --settle=0s
is "if nothing can be new, only the end is asked for" "$(asked | sed -n 2p)" \
	'change 2025-01-16 2025-01-20 empty until 2025-01-20'
changes vendors 2025-01-01 2025-02-01
run --run=another
is "of another run: nothing is known to be empty" "$(asked)" \
	'change 2025-01-01 2025-02-01
end 1'
loaded Vendor 2025-01-16 2025-01-24 change 4620 2025-01-23T00:00:05Z
run
is "rows end what is known to be empty" "$(asked | sed -n 2p)" \
	'change 2025-01-22T23:45:05Z 2025-02-01 empty until 2025-01-24T23:45:05Z'
pg -c "delete from raw.qb_windows where entity = 'Vendor'"
loaded Vendor 2025-01-01 2025-01-08
early Vendor 2025-01-07T23:45:00Z 2025-01-10 change 2025-01-10T00:00:05Z
run
is "it may have begun before the start" "$(asked)" \
	'change 2025-01-08 2025-02-01 empty until 2025-01-09T23:45:05Z
end 1'

# What the table has as deleted already.
deleted() { # deleted ID TIME
	pg -c "insert into raw.vendors values ('$1', '{}', now(), now(), now(), 1, 1,
		'{}', '4620', null, now(), nullif('$2', '')::timestamptz, 'r', 0)"
}
pg -v schema=raw -v table=vendors -f "$root/sql/schema/table.sql" >"$tmp/psql" 2>&1
run
is "a table without deleted rows adds nothing" "$(asked | head -n 1)" \
	'change 2025-01-08 2025-02-01 empty until 2025-01-09T23:45:05Z'
deleted 12 2025-01-08
deleted 13 2025-01-07T23:59:59Z
deleted '9"79' 2025-06-01
deleted 14 ''
run
is "what is marked as deleted since the start is named" "$(asked | head -n 1)" \
	'change 2025-01-08 2025-02-01 empty until 2025-01-09T23:45:05Z gone: 12 9"79'
ok "behind the window" grep -qF '"},"known_gone":["12","9\"79"]}' "$tmp/out"
cp "$tmp/out" "$tmp/once"
cp "$tmp/out" "$tmp/in"
run
ok "and once, however often it is written" cmp -s "$tmp/out" "$tmp/once"
tickets vendors 2025-01-01 2025-02-01 100y
run
is "not by updated" "$(grep -c known_gone "$tmp/out")" 0
changes vendors 2025-01-01 2025-02-01
pg -c "insert into raw.vendors select 'n' || n, '{}', now(), now(), now(), 1, 1, '{}',
	'4620', null, now(), '2025-01-09', 'r', 0 from generate_series(1, 998) n"
run
is "a thousand are named" "$(jq -r '.known_gone // empty | length' "$tmp/out")" 1000
deleted one-more 2025-01-09
run
is "more are left out" "$(asked | head -n 1)" \
	'change 2025-01-08 2025-02-01 empty until 2025-01-09T23:45:05Z'
cp "$tmp/once" "$tmp/in"
run
is "and so are those that were named before" "$(grep -c known_gone "$tmp/out")" 0
pg -c "delete from raw.vendors where id <> '12'; create role t_pending login;
	grant usage on schema raw to t_pending;
	grant select on raw.qb_windows, raw.qb_realm to t_pending" 2>"$tmp/err"
PGUSER=t_pending qb-pending <"$tmp/in" >"$tmp/out" 2>"$tmp/err"
is "no right to read the table: it is left out" "$? $(grep -c known_gone "$tmp/out")" '0 0'
pg -c 'drop owned by t_pending; drop role t_pending'
pg -c 'drop table raw.vendors'
run
is "no table: it is left out" "$status $(grep -c known_gone "$tmp/out")" '0 0'

pg -c 'alter table raw.qb_windows drop column provisional'
run
is "the ledger of an older version: nothing is known to be empty" \
	"$(asked)" 'change 2025-01-09T23:45:05Z 2025-02-01
end 1'
sed 's/"by":"change"/"by":"census"/' "$tmp/in" >"$tmp/census"
mv "$tmp/census" "$tmp/in"
run
is "a ticket of a census is none: status" "$status" 65
pg -c "delete from raw.qb_windows where entity = 'Vendor'"

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
