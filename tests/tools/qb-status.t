#!/bin/sh
# qb-status: how far each entity is covered, what is late, how long the login lasts.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
root=$(cd "${0%/*}/../.." && pwd)
dir=$(mktemp -d)
trap 'pg_stop; rm -rf "$dir"' EXIT
pg_start || exit 1
unset QBO_ENV QBO_REALM_ID QBO_CLIENT_ID QBO_TOKEN_FILE QBO_CREDENTIAL_HELPER \
	QBO_MONTHLY_CALLS QBO_REFRESH_TOKEN
export XDG_STATE_HOME="$dir/state" HOME="$dir"

run() { # run ARGUMENT...
	qb-status "$@" >"$dir/out" 2>"$dir/err" </dev/null
	status=$?
}
next() { sed -n 's/^qb-status: next: //p' "$dir/err"; }
of() { # of ENTITY FILTER: of the lines of --json
	jq -r --arg e "$1" "select(.entity == \$e) | $2" "$dir/out"
}
all() { # all FILTER: of the last line of --json
	tail -n 1 "$dir/out" | jq -r "$1"
}
ago() { date -u -d "$1 ago" +%Y-%m-%dT%H:%M:%SZ; }
# loaded ENTITY START END [BY [RUN [TABLE_ROWS [FETCHED [LOADED]]]]]
loaded() {
	pg -c "insert into ${schema:-raw}.qb_windows (entity, realm_id, by,
		range_start_utc, range_end_utc, run_id, fetched_at_utc, pages,
		rows, inserted, updated, unchanged, stale, rejected, rows_left,
		table_rows, seal_sha256, loaded_at_utc) values ('$1', '4620',
		'${4:-updated}', '$2', '$3', '${5:-first}',
		nullif('${7-2025-06-01}', '')::timestamptz, 1, 7, 4, 2, 1, 0, 0,
		0, ${6:-10}, repeat('0', 64), '${8:-2025-06-02T01:02:03.5Z}')"
}
renew() { # renew NAME: what a schema lacks
	pg -v schema="$1" -f "$root/sql/schema/schema.sql" >"$dir/psql" 2>&1
}
fresh_schema() { # fresh_schema NAME: with its company
	renew "$1" &&
		echo "insert into :\"s\".qb_realm (realm_id) values ('4620')" | pg -v s="$1"
}
view() { # view ENTITY COLUMN
	pg -c "select $2 from raw.qb_freshness where entity = '$1'"
}

# --- nothing to show

run
is "no schema: status" "$status" 69
is "no schema: what is said" "$(head -n 1 "$dir/err")" \
	'qb-status: nothing was loaded into schema raw'
ok "no schema: the next command is named" sh -c "grep -q 'next: qb-sync ENTITY... --from=TIME' '$dir/err'"
run --schema=nosuch --max-age=1d --json
is "no schema, --max-age: status" "$status" 69
ok "no schema: nothing is printed" test ! -s "$dir/out"
pg -c 'create schema raw'
run
is "a schema without a load log: status" "$status" 69
fresh_schema raw || exit 1
run
is "a load log without windows: status" "$status" 69
is "no windows: the view is empty" "$(pg -c 'select count(*) from raw.qb_freshness')" 0

# --- covered until when

loaded Customer 2025-01-01 2025-01-08
loaded Customer 2025-01-08 2025-02-01
run --json
is "without --max-age nothing is late: status" "$status" 0
is "windows that touch cover" "$(of Customer .covered_until)" 2025-02-01T00:00:00Z
is "there is no gap" "$(of Customer .gap_until)" null
is "the view agrees" "$(view Customer covered_until_utc)" \
	"$(pg -c "select timestamptz '2025-02-01T00:00:00Z'")"
loaded Customer 2025-01-20 2025-01-25
loaded Customer 2024-12-01 2025-01-01
run --json
is "whatever the order in which they were loaded" "$(of Customer .covered_until)" \
	2025-02-01T00:00:00Z
loaded Customer 2025-03-01 2025-04-01
loaded Customer 2025-04-15 2025-05-01
run --json
is "coverage ends at the first gap" "$(of Customer '"\(.covered_until) \(.gap_until)"')" \
	'2025-02-01T00:00:00Z 2025-03-01T00:00:00Z'
ok "the view agrees about the gap" sh -c "[ '$(view Customer "covered_until_utc at time zone 'UTC'")' = '2025-02-01 00:00:00' ]"
run
ok "the gap is printed" grep -qxF \
	'  note: a gap, not loaded: 2025-02-01T00:00:00Z to 2025-03-01T00:00:00Z' "$dir/out"
loaded Customer 2025-02-01 2025-03-01 change
run --json
is "a window by change fills it" "$(of Customer '"\(.covered_until) \(.gap_until)"')" \
	'2025-04-01T00:00:00Z 2025-04-15T00:00:00Z'
loaded Customer 2025-04-01 2025-04-15 census
loaded Customer 2025-04-01 2025-04-15 created
loaded Customer 2025-04-01 2025-04-15 txn-date
run --json
is "others fill nothing" "$(of Customer .covered_until)" 2025-04-01T00:00:00Z
is "nor in the view" "$(view Customer "covered_until_utc at time zone 'UTC'")" '2025-04-01 00:00:00'
loaded Invoice 2025-01-01 2025-02-01 txn-date
run --json
is "an entity read only by txn-date is not covered" \
	"$(of Invoice '"\(.covered_until) \(.age_seconds)"')" 'null null'
is "the view agrees, too" "$(view Invoice "coalesce(covered_until_utc::text, 'none')")" none
loaded Bill 2025-01-08 2025-01-15 updated first 10 2025-01-14T23:59:59Z
run --json
is "a window read too early covers what had settled" "$(of Bill .covered_until)" \
	2025-01-14T23:44:59Z
is "the view agrees on that" "$(view Bill "covered_until_utc at time zone 'UTC'")" \
	'2025-01-14 23:44:59'
run --json --settle=2h
is "--settle says how long that takes" "$(of Bill .covered_until)" 2025-01-14T21:59:59Z
loaded Term 2025-01-01 2025-01-08 updated first 10 2024-12-31
run --json
is "a window read before its start covers nothing" "$(of Term .covered_until)" null

# What qb-pending reads again as long as nothing happens is no reason to be late.
pg -c "insert into raw.qb_windows (entity, realm_id, by, range_start_utc, range_end_utc,
	run_id, pages, rows, inserted, updated, unchanged, stale, rejected, rows_left,
	table_rows, seal_sha256, loaded_at_utc, provisional) values ('Class', '4620',
	'updated', '2025-01-01', '2025-02-01', 'nightly', 0, 0, 0, 0, 0, 0, 0, 0, 0,
	repeat('0', 64), '2025-02-01T00:00:02Z', true)"
run --json
is "a provisional window without rows covers up to --settle before it was read" \
	"$(of Class .covered_until)" 2025-01-31T23:45:02Z
is "the view agrees on a provisional one" "$(view Class "covered_until_utc at time zone 'UTC'")" \
	'2025-01-31 23:45:02'
is "windows of another company do not count" "$(
	pg -c "update raw.qb_windows set realm_id = '9' where entity = 'Class'"
	qb-status --json | grep -c '"entity":"Class"')" 0

# --- are the deletions known?

# was_read ENTITY BY START END READ [PROVISIONAL]: an empty window, read and loaded then
was_read() {
	loaded "$1" "$3" "$4" "$2" first 10 '' "$5"
	pg -c "update raw.qb_windows set rows = 0, inserted = 0, updated = 0, unchanged = 0,
		provisional = '${6:-false}' where seq = (select max(seq) from raw.qb_windows)"
}
known() {
	run --json
	of Vendor .deletions_known
}
was_read Vendor updated 2025-01-01 2025-02-01 2025-02-01T00:00:05Z
is "without a census deletions are not known" "$(known)" false
was_read Vendor change 2025-01-31T23:45:05Z 2025-02-02 2025-02-02T00:00:05Z true
is "nor with changes alone" "$(known)" false
was_read Vendor census 2025-01-01 2025-02-01T23:45:05Z 2025-02-02T00:00:10Z
is "after a census they are" "$(known)" true
is "when it was made" "$(of Vendor .last_census)" 2025-02-02T00:00:10Z
was_read Vendor change 2025-02-01T23:45:05Z 2025-02-03 2025-02-03T00:00:05Z
was_read Vendor change 2025-02-02T23:45:05Z 2025-02-04 2025-02-04T00:00:05Z true
is "while the log of changes was read without a gap" "$(known)" true
was_read Vendor updated 2025-02-03T23:45:05Z 2025-02-05 2025-02-05T00:00:05Z
is "what was read by updated says nothing of deletions" "$(known)" false
was_read Vendor change 2025-02-03T23:45:05Z 2025-02-05 2025-02-05T00:00:05Z true
is "unless the log says it, too" "$(known)" true
was_read Vendor updated 2025-02-04T23:45:05Z 2025-02-06 2025-02-06T00:00:05Z
was_read Vendor change 2025-02-05T23:45:05Z 2025-02-07 2025-02-07T00:00:05Z
is "nor after it" "$(known)" false
was_read Vendor census 2025-01-01 2025-02-06T23:45:05Z 2025-02-07T00:00:10Z true
is "a census that found rows missing is none" "$(known) $(of Vendor .last_census)" 'false null'
was_read Vendor census 2025-01-01 2025-02-06T23:45:05Z 2025-02-07T00:01:00Z
is "the next census finds them" "$(known)" true
was_read Vendor change 2025-02-06T23:45:06Z 2025-02-08 2025-02-08T00:00:05Z
is "a second that nothing has read is a gap" "$(known)" false
was_read Vendor census 2025-01-01 2025-02-08 2025-02-08T00:10:00Z
is "a census says nothing of the last 15 minutes before it" "$(known)" true
run --json --settle=3h
is "or as --settle says" "$(of Vendor .deletions_known)" true
was_read Vendor change 2025-02-07T23:55:01Z 2025-02-09 2025-02-09T00:00:05Z
is "nor of what came later" "$(known)" false
was_read Vendor change 2025-02-07T23:55:00Z 2025-02-09 2025-02-09T00:00:05Z
is "but the log may go on there" "$(known)" true
run --json --settle=3h
is "which is earlier with a longer --settle" "$(of Vendor .deletions_known)" false

# --- rows, and the last run

pg -v schema=raw -v table=customers -f "$root/sql/schema/table.sql" >"$dir/psql" 2>&1
row() { # row ID [DELETED]
	pg -c "insert into ${schema:-raw}.customers values ('$1', '{}', now(), now(), now(), 1,
		1, '{}', '4620', null, now(), nullif('${2:-}', '')::timestamptz, 'r', 0)"
}
for id in 1 2 3 4; do row $id; done
row 5 2025-01-01
row 6 2025-01-01
loaded Customer 2025-04-15 2025-05-01 updated second 6 2025-06-03 2025-06-03T12:34:56.789Z
loaded Customer 2025-05-01 2025-05-02 updated second 6 2025-06-03 2025-06-03T12:34:57Z
run --json
is "deleted rows are not among the rows" "$(of Customer '"\(.rows) \(.deleted_rows)"')" '4 2'
is "rows are those of the load log, and the deleted ones are counted" \
	"$(of Invoice '"\(.rows) \(.deleted_rows) \(.table)"')" 'null null invoices'
is "the last run, and what it loaded" \
	"$(of Customer '"\(.run) \(.windows) \(.read) \(.inserted) \(.updated) \(.last_load)"')" \
	'second 2 14 8 4 2025-06-03T12:34:57Z'
is "the view has them" "$(view Customer "last_run_id, table_rows, table_name,
	last_loaded_at_utc at time zone 'UTC', realm_id")" \
	'second|6|customers|2025-06-03 12:34:57|4620'
loaded Widget 2025-01-01 2025-02-01
run --json
is "an entity that this version does not list is shown" \
	"$(of Widget '"\(.table) \(.rows) \(.covered_until)"')" 'widgets null 2025-02-01T00:00:00Z'
run
ok "what is not known is a dash" grep -qE '^Widget +2025-02-01T00:00:00Z +[0-9]+d [0-9]+h +- +- ' \
	"$dir/out"
is "the columns are aligned" "$(grep -E '^(entity|[A-Z][a-z]+) .* run$|^[A-Z].*(first|second)$' "$dir/out" |
	awk '{ match($0, / (covered|never|20)/); print RSTART, length($0) - length($NF) }' |
	sort -u | wc -l)" 1
ok "times are in UTC" grep -qE '^Customer .*2025-06-03T12:34:57Z' "$dir/out"
ok "the last run's rows are printed" grep -qE '^Customer .* 8 +4  second$' "$dir/out"
is "the report ends with what is not shown" "$(tail -n 2 "$dir/out")" \
	'login: not shown, QBO_ENV and QBO_REALM_ID are not set
calls this month: not shown, QBO_ENV and QBO_CLIENT_ID are not set'
is "and is silent otherwise" "$(cat "$dir/err")" ''

# Which entity has which table, of all that are known.
loaded_all=$(sed -n '/^\.Ss Reports/q;s/^\.It \([A-Z][A-Za-z]*\) Ta \([a-z_]*\) Ta .*/\1 \2/p' "$root/man/qb-window.1")
is "the view names tables as the tools do" "$(printf '%s\n' "$loaded_all" Preferences\ preferences \
	CompanyInfo\ company_infos ExchangeRate\ exchange_rates | while read -r entity table; do
	pg -c "begin; insert into raw.qb_windows (entity, realm_id, by, range_start_utc,
		range_end_utc, run_id, pages, rows, inserted, updated, unchanged, stale,
		rejected, rows_left, table_rows, seal_sha256) values ('$entity', '4620',
		'updated', '2025-01-01', '2025-01-02', 'x', 0, 0, 0, 0, 0, 0, 0, 0, 0, '');
		select table_name from raw.qb_freshness where entity = '$entity'
		and table_name <> '$table'; rollback"; done)" ''

# --- late

pg -c "delete from raw.qb_windows where entity <> 'Customer'; update raw.qb_windows
	set by = 'created' where entity = 'Customer'"
now=$(ago '0 seconds')
loaded Customer "$(ago '9 days')" "$(ago '30 hours')" updated first 6 "$now"
loaded Invoice "$(ago '9 days')" "$(ago '20 min')" updated first 6 "$now" "$now"
run --max-age=31h
is "young enough: status" "$status" 0
run --max-age=29h --json
is "too old: status" "$status" 75
is "too old: that entity is late, the other one not" \
	"$(of Customer .late) $(of Invoice .late) $(all '.late | join(" ")')" \
	'true false Customer'
is "too old: the verdict" "$(all '"\(.verdict) \(.status) \(.entities)"')" 'late 75 2'
ok "too old: it is named, with its time" grep -qE \
	'^qb-status: 1 of 2 entities is older than 29h: Customer \(covered until 20' "$dir/err"
is "too old: the next command goes on there" "$(next)" 'qb-sync Customer'
run --max-age=29h
ok "too old: the report says so" grep -qxF '  LATE: older than 29h' "$dir/out"
run --max-age=1m
is "both are late: the next command names both" \
	"$(next)" 'qb-sync Customer,Invoice'
loaded Bill 2025-01-01 2025-02-01 txn-date
run --max-age=30d
is "what is not covered at all is late: status" "$status" 75
ok "what is not covered is named" grep -qF 'Bill (not covered by updated)' "$dir/err"
is "and from where must be said by who knows it" "$(next)" 'qb-sync Bill --from=TIME'
pg -c "delete from raw.qb_windows where entity = 'Bill'"
loaded TaxRate 2025-01-01 "$(ago '7 days')" updated first 6 "$now"
loaded TaxCode 2025-01-01 "$(ago '9 days')" updated first 6 "$now"
run --max-age=2d --json
is "what the log of changes leaves out is late after 8 days" \
	"$(of TaxRate .late) $(of TaxCode .late)" 'false true'
run --max-age=10d --json
is "or after --max-age, if that is longer" "$(of TaxCode .late)" false
is "which is said, too" "$(of TaxCode .unlogged) $(of Customer .unlogged)" 'true false'
pg -c "delete from raw.qb_windows where entity like 'Tax%'"
loaded Bill 2025-01-01 2025-02-01 txn-date
for age in 0d 1 d 1w -1d '' 4000d 1.5h 99999999999999999999d; do
	run --max-age="$age"
	is "--max-age=$age: status" "$status" 64
done
run --json --metrics
is "two formats: status" "$status" 64
run extra
is "an operand: status" "$status" 64

# --- another schema, and ledgers of older versions

fresh_schema "it's \"odd" || exit 1
pg -c "insert into \"it's \"\"odd\".qb_windows overriding system value
	select * from raw.qb_windows"
run --schema="it's \"odd" --max-age=29h --json
is "a schema with an odd name: status" "$status" 75
is "a schema with an odd name: it is quoted for a shell" "$(next | sed 's/.*--schema/--schema/')" \
	"--schema='it'\\''s \"odd'"
is "a schema with an odd name: JSON" "$(all .schema)" "it's \"odd"
run --schema="it's \"odd" --metrics
is "a schema with an odd name: a label" "$(python3 "$root/tests/lib/openmetrics.py" <"$dir/out" |
	grep -c "^qb_late{schema=\"it's \"odd\",entity=\"Invoice\"} 0$")" 1

fresh_schema old || exit 1
pg -c 'drop view old.qb_freshness; alter table old.qb_windows drop column calls,
	drop column provisional, drop column if exists deleted'
pg -v schema=old -v table=customers -f "$root/sql/schema/table.sql" >"$dir/psql" 2>&1
schema=old
loaded Customer 2025-01-01 2025-02-01 updated old 3
row 1; row 2; row 3 2025-01-05
schema=
run --schema=old --json
is "a ledger of an older version: status" "$status" 0
is "a ledger of an older version is read" \
	"$(of Customer '"\(.covered_until) \(.rows) \(.deleted_rows) \(.deleted)"')" \
	'2025-02-01T00:00:00Z 2 1 0'
ok "the view can be added to it" renew old
ok "and added again" renew old
is "and says the same" "$(pg -c "select covered_until_utc at time zone 'UTC' from old.qb_freshness")" \
	'2025-02-01 00:00:00'
pg -c 'alter table raw.qb_windows add column if not exists deleted bigint not null default 0'
pg -c "update raw.qb_windows set deleted = 3 where entity = 'Invoice' and by = 'updated'"
run --json
is "the ledger's column deleted is what the run marked" "$(of Invoice .deleted)" 3

# --- what it may not read

pg -c "drop role if exists t_status" 2>"$dir/psql"
pg -c 'create role t_status login; grant usage on schema raw to t_status;
	grant select on raw.qb_windows, raw.qb_realm to t_status'
as() { # as a role that may only read
	PGUSER=t_status qb-status "$@" >"$dir/out" 2>"$dir/err" </dev/null
	status=$?
}
as --json
is "a role that may read only the load log: status" "$status" 0
is "a role that may read only the load log: what a table has is not known" \
	"$(of Customer '"\(.rows) \(.deleted_rows) \(.run)"')" 'null null first'
pg -c 'grant select on all tables in schema raw to t_status'
as --json
is "a role that may only select sees all" "$status $(of Customer '"\(.rows) \(.deleted_rows)"')" '0 4 2'
is "and the view" "$(PGUSER=t_status pg -c 'select count(*) from raw.qb_freshness')" 3
pg -c 'revoke select on raw.qb_windows from t_status'
as
is "no right to read the load log: status" "$status" 69
is "no right to read the load log: the next command" "$(next)" \
	'have the owner run: GRANT USAGE ON SCHEMA raw TO t_status; GRANT SELECT ON ALL TABLES IN SCHEMA raw TO t_status'
is "but the view may be given alone" "$(PGUSER=t_status pg -c 'select count(*) from raw.qb_freshness')" 3
pg -c 'drop owned by t_status; drop role t_status'
PGPORT=1 qb-status >"$dir/out" 2>"$dir/err"
is "no server: status" "$?" 75
ok "no server: nothing is printed" test ! -s "$dir/out"

# --- the login and the calls

export QBO_ENV=sandbox QBO_REALM_ID=4620
mkdir -p "$dir/state/qb" && chmod 700 "$dir/state" "$dir/state/qb"
login() { # login REFRESH_ENDS LOGIN_ENDS
	printf '{"qb":"tokens","env":"sandbox","realm":"4620","access_token":"SECRET-ACCESS","refresh_token":"SECRET-REFRESH","access_token_ends":"%s","refresh_token_ends":"%s","login_ends":"%s"}\n' \
		"$now" "$1" "$2" >"$dir/state/qb/sandbox-4620.json"
	chmod 600 "$dir/state/qb/sandbox-4620.json"
}
in_() { date -u -d "now + $1" +%Y-%m-%dT%H:%M:%SZ; }
run --json
is "no login: status" "$status" 77
is "no login: the next command" "$(next)" 'qb-auth login'
is "no login: the verdict" "$(all '"\(.verdict) \(.status) \(.login.state)"')" 'login 77 gone'
run --json --max-age=29h
is "no login, and late: status" "$status" 77
ok "no login, and late: both are said" grep -qF 'there is no login; 2 of 3 entities are' "$dir/err"
ok "no login, and late: the login comes first" sh -c "sed -n 's/^qb-status: next: //p' '$dir/err' | grep -q '^qb-auth login; then qb-sync '"
soon=$(in_ '90 days')
login "$soon" "$(in_ '900 days')"
run --json
is "a good login: status" "$status" 0
is "a good login: what is left" "$(all '"\(.verdict) \(.login.state) \(.login.idle_days) \(.login.login_days)"')" \
	'ok good 89 899'
is "it is what qb-auth status prints" "$(all '.login | tojson')" \
	"$(qb-auth status --json --days=7 | jq -c 'del(.calls, .calls_limit)')"
run
ok "a good login: it is printed" grep -qF 'refresh token: 89 days left' "$dir/out"
qb-auth status --days=7 >"$dir/auth"
is "as qb-auth status does" "$(sed -n '/^company:/,$p' "$dir/out" | grep -v calls)" "$(grep -v calls "$dir/auth")"
run --metrics
is "the end of the login that comes first is a metric" \
	"$(sed -n 's/^qb_login_expires_timestamp_seconds{schema="raw"} //p' "$dir/out")" \
	"$(date -u -d "$soon" +%s).000000"
login "$(in_ '6 days')" "$(in_ '900 days')"
run
is "the refresh token ends in six days: status" "$status" 75
is "the refresh token ends soon: the next command" "$(next)" \
	'qb-auth token >/dev/null, which extends it'
login "$(in_ '90 days')" "$(in_ '6 days')"
run
is "the consent ends in six days: status, and the next command" "$status $(next)" '75 qb-auth login'
login "$(in_ '90 days')" "$(in_ '8 days')"
run
is "in eight days: status" "$status" 0
login "$(ago '1 day')" "$(in_ '8 days')"
run --json
is "it has ended: status" "$status" 77
is "it has ended: the report is complete" "$(all .login.state) $(wc -l <"$dir/out")" 'gone 4'
echo 'SECRET-REFRESH' >"$dir/state/qb/sandbox-4620.json"
run --json
is "a damaged login: status" "$status" 65
is "a damaged login: the report is complete" "$(all .login) $(wc -l <"$dir/out")" 'null 4'
chmod 644 "$dir/state/qb/sandbox-4620.json"
run
is "a login that others can read: status" "$status" 74
ok "a login that others can read: the next command" grep -q 'next: chmod 600 ' "$dir/err"
login "$(in_ '90 days')" "$(in_ '900 days')"
run
is "without the client ID the calls are not shown" "$(tail -n 1 "$dir/out")" \
	'calls this month: not shown, QBO_CLIENT_ID is not set'
export QBO_CLIENT_ID=app QBO_MONTHLY_CALLS=500000
run
is "no call was made yet" "$status $(tail -n 1 "$dir/out")" '0 calls this month: 0 of 500,000'
python3 - "$dir/state/qb" <<'P'
import ctypes.util, ctypes, hashlib, sys, time
month = time.strftime('%Y-%m', time.gmtime())
app = hashlib.sha256(b'app').hexdigest()[:12]
line = '{"qb":"calls","env":"sandbox","app":"%s","month":"%s","calls":%19d' % (app, month, 1234)
lib = ctypes.CDLL(ctypes.util.find_library('xxhash') or 'libxxhash.so.0')
lib.XXH3_64bits.restype = ctypes.c_uint64
text = line.encode()
line += ',"sum":"%016x"}\n' % lib.XXH3_64bits(text, ctypes.c_size_t(len(text)))
path = '%s/sandbox-%s-%s.calls' % (sys.argv[1], app, month)
open(path, 'w').write(line)
P
chmod 600 "$dir"/state/qb/*.calls
run
is "the calls of this month, and their limit" "$(tail -n 1 "$dir/out")" 'calls this month: 1,234 of 500,000'
run --json
is "the calls in JSON" "$(all '"\(.calls) \(.calls_limit)"')" '1234 500000'
run --metrics
is "the calls as metrics" "$(grep -E '^qb_calls' "$dir/out")" 'qb_calls_this_month{schema="raw"} 1234
qb_calls_limit{schema="raw"} 500000'
unset QBO_ENV
run --json
is "without QBO_ENV neither is shown, and nothing is wrong" \
	"$status $(all '"\(.login) \(.calls)"')" '0 null null'
QBO_ENV=live run
is "QBO_ENV is neither sandbox nor production: status" "$status" 64
QBO_REALM_ID=9999 run
is "a schema of another company: status" "$status" 69
ok "a schema of another company: the next step" grep -q -e '--schema=raw_other' "$dir/err"
export QBO_ENV=sandbox

# --- metrics

run --metrics --max-age=29h
is "late, with metrics: status" "$status" 75
python3 "$root/tests/lib/openmetrics.py" <"$dir/out" >"$dir/samples"
is "the metrics are valid" "$?" 0
is "what is late is 1" "$(grep '^qb_late' "$dir/samples")" 'qb_late{schema="raw",entity="Bill"} 1
qb_late{schema="raw",entity="Customer"} 1
qb_late{schema="raw",entity="Invoice"} 0'
is "rows, and deleted rows" "$(grep -E '^qb_(deleted_)?rows' "$dir/samples")" \
	'qb_rows{schema="raw",entity="Customer"} 4
qb_deleted_rows{schema="raw",entity="Customer"} 2'
is "what is not covered has no sample" "$(grep -c '^qb_covered.*Bill' "$dir/samples")" 0
is "seconds since 1970" "$(sed -n 's/^qb_last_load_timestamp_seconds{.*"Customer"} //p' "$dir/samples")" \
	1748826123.500000
is "every metric is one of those on the page" \
	"$(sed -n 's/^# TYPE \([a-z_]*\) gauge/\1/p' "$dir/out" | sort)" \
	"$(sed -n 's/^\.It Li \(qb_[a-z_]*\)$/\1/p' "$root/man/qb-status.1" | sort)"

# --- whatever is printed

for how in '' --json --metrics; do
	# shellcheck disable=SC2086
	QBO_CLIENT_SECRET=SECRET-KEY QBO_REFRESH_TOKEN=SECRET-GIVEN run $how --max-age=1m
	is "no secret is printed $how" "$(cat "$dir/out" "$dir/err" | grep -c SECRET)" 0
done
run
pg -c "select md5(string_agg(t::text, '' order by seq)) from raw.qb_windows as t" >"$dir/before"
run --json
is "nothing is changed" "$(pg -c "select md5(string_agg(t::text, '' order by seq)) from raw.qb_windows as t")" \
	"$(cat "$dir/before")"
PGOPTIONS='-c default_transaction_read_only=on' qb-status >"$dir/out" 2>"$dir/err"
is "a server that only reads will do" "$?" 0
qb-status >/dev/full 2>"$dir/err"
is "a full disk: status" "$?" 74
done_testing
