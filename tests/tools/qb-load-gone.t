#!/bin/bash
# What qb-load does with gone lines: what it writes and counts, and where it may not.
cd "${0%/*}/../.." || exit 1
. tests/lib/tap.sh
. tests/lib/pg.sh
PATH=$PWD/${QB_BUILD:-build}/bin:$PATH
dir=$(mktemp -d) || exit 1
trap 'pg_stop; rm -rf "$dir"' EXIT
pg_start || exit 1
cat >"$dir/lines.py" <<'END'
"""lines.py LINE... - one window of a change.  A LINE is ID@HOUR, a row fetched then
(and last changed an hour before), or -ID@HOUR or -ID@HOUR/HOUR, an object that is
gone, and when it was deleted; ID may be a range 1..9, and "bad" a row that jsonb
cannot hold."""
import re, sys
sys.dont_write_bytecode = True
sys.path.insert(0, "tests/lib")
import stream

STAMP = b'{"ingested_at":"2025-04-01T00:00:00Z","run":"r1"}'
win, lines = stream.window(by="change"), []


def hour(n):
    return n and "2025-03-01T%02d:00:00Z" % int(n)


for word in sys.argv[1:]:
    gone, ids, at, deleted = re.fullmatch(
        r"(-?)([^@]+)@(\d+)(?:/(\d+))?", word).groups()
    first, _, last = ids.partition("..")
    for i in range(int(first), int(last) + 1) if last else [ids]:
        if gone:
            lines.append(stream.gone(win, str(i), hour(at), hour(deleted),
                                     stamp=STAMP))
            continue
        payload = b'{"A":"\\u0000"}' if i == "bad" else b'{"Was":"here"}'
        lines.append(stream.row(
            win, payload, str(i), updated=hour(int(at) - 1),
            stamp=STAMP).replace(b"2025-09-12T18:43:35.406-07:00",
                                 hour(at).encode()))
sys.stdout.buffer.write(b"".join(lines) + stream.seal(win, lines).replace(
    b"}}\n", b'},"stamp":' + STAMP + b"}\n") + stream.end(1, len(lines)))
END
lines() { python3 "$dir/lines.py" "$@"; }
# load SCHEMA LINE...: its exit status and the numbers of its receipt
load() {
	schema=$1
	shift
	lines "$@" >"$dir/in"
	# shellcheck disable=SC2086 # one option a word
	qb-load --schema="$schema" ${options:-} <"$dir/in" >"$dir/out" 2>"$dir/err"
	echo "$? $(sed -n 's/.*"rows":\([0-9]*\),"inserted":\([0-9]*\),"updated":\([0-9]*\),"unchanged":\([0-9]*\),"stale":\([0-9]*\),"rejected":\([0-9]*\),"deleted":\([0-9]*\),"table_rows":\([0-9]*\),.*/\1=\2+\3+\4+\5+\6+\7 \8/p' "$dir/out")"
}
row() {		# row SCHEMA ID
	pg -c "select payload, extract(hour from updated_at_utc),
		extract(hour from fetched_at_utc), extract(hour from deleted_at_utc),
		page_number, page_size, request_payload = '{}', realm_id, run_id,
		ingested_at_utc, extract_window_start_utc
		from $1.invoices where id = '$2'"
}

# --- what is written
is 'rows' "$(load raw 1..4@02)" '0 4=4+0+0+0+0+0 4'
before=$(row raw 1)
is 'a dry run says what would be marked' \
	"$(options=--dry-run load raw -1@03 -2@03/02 -9@03 -3@01)" '0 4=0+0+0+1+0+3 5'
is 'and marks nothing' "$(row raw 1)" "$before"
is 'two are marked, one was never seen, one was fetched later' \
	"$(load raw -1@03 -2@03/02 -9@03 -3@01)" '0 4=0+0+0+1+0+3 5'
is 'the row keeps what it was' "$(row raw 1)" \
	'{"Was": "here"}|1|3|3|1|1000|f|4620816365000000000|r1|2025-04-01 00:00:00+00|2025-01-01 00:00:00+00'
is 'deleted when QuickBooks says so' "$(row raw 2 | cut -d'|' -f3,4)" '3|2'
is 'what was never seen has its id' "$(row raw 9)" \
	'{"Id": "9"}||3|3|0|0|t|4620816365000000000|r1|2025-04-01 00:00:00+00|2025-01-01 00:00:00+00'
is 'the ledger says so' "$(pg -c 'select by, rows, stale, deleted, table_rows, extract(hour from fetched_at_utc) from raw.qb_windows order by seq desc limit 1')" \
	'change|4|1|3|5|3'
before=$(pg -c 'select xmin, ctid, id from raw.invoices order by id')
is 'again nothing changes' "$(load raw -1@03 -2@03/02 -9@03 -3@01)" '0 4=0+0+3+1+0+0 5'
is 'and nothing is written' "$(pg -c 'select xmin, ctid, id from raw.invoices order by id')" "$before"
is 'gone at the same time, noticed later: unchanged, but a row from between does not take it back' \
	"$(load raw -2@06/02) $(load raw 2@04)" '0 1=0+0+1+0+0+0 5 0 1=0+1+0+0+0+0 5'
is 'it only replaces the payload' "$(row raw 2 | cut -d'|' -f2-4)" '3|6|2'
is 'one fetched later takes it back' "$(load raw 2@08) $(row raw 2 | cut -d'|' -f2-4)" '0 1=0+1+0+0+0+0 5 7|8|'
is 'of two lines about one object the later one counts' \
	"$(load raw -3@09 -3@10 -3@10) $(row raw 3 | cut -d'|' -f3,4)" '0 3=0+0+1+1+0+1 5 10|10'
is 'a row and its end in one window' "$(load raw -8@12 8@11 7@11 -7@11 -6@11 6@12)" '0 6=3+0+0+1+0+2 8'
is 'are told apart by their times' \
	"$(pg -c "select id, deleted_at_utc is not null from raw.invoices where id in ('6', '7', '8') order by id" | paste -sd' ')" '6|f 7|t 8|t'
is 'thousands' "$(load many -1..5000@03)" '0 5000=0+0+0+0+0+5000 5000'
is 'and their rows, fetched before' "$(load many 1..5000@02)" '0 5000=0+5000+0+0+0+0 5000'
is 'are gone all the same' "$(pg -c 'select count(*), count(deleted_at_utc) from many.invoices')" '5000|5000'
is 'fetched later they are back' "$(load many 1..5000@04) $(pg -c 'select count(deleted_at_utc) from many.invoices')" \
	'0 5000=0+5000+0+0+0+0 5000 0'
is 'the receipt of what is gone for good is the same with four connections' \
	"$(options=--jobs=4 load many -1..5000@05)" '0 5000=0+0+0+0+0+5000 5000'
is '--verbose says it too' "$(options=--verbose load many -1@06 | cut -d' ' -f1) $(grep -o ' rejected=0 deleted=1 ' "$dir/err")" '0  rejected=0 deleted=1 '

# --- what is wrong with a line, and where it stands
is 'a row that jsonb cannot hold, after a gone line' "$(load raw -1@13 bad@13)" '65 '
is 'is named with its line' "$(grep -c 'line 2: id bad: jsonb' "$dir/err")" 1
is 'and the window fails whole' "$(row raw 1 | cut -d'|' -f4)" 3
is 'with --rejects the gone line is loaded' \
	"$(options=--rejects=$dir/rejects load raw -1@13 bad@13) $(row raw 1 | cut -d'|' -f4)" '65 2=0+0+0+0+1+1 8 13'
is 'and is not among the rejects' "$(grep -c '"qb":"gone"' "$dir/rejects") $(wc -l <"$dir/rejects")" '0 1'

# --- rights, and schemas of older versions
pg -c 'create role t_gone_reader login' -c "grant temporary on database $PGDATABASE to t_gone_reader"
pg -c 'grant usage on schema raw to t_gone_reader; grant select, insert on all tables in schema raw to t_gone_reader'
is 'who may not update is refused' "$(PGUSER=t_gone_reader load raw -4@14)" '69 '
is 'with the statement that helps' "$(grep -c 'permission denied for table invoices' "$dir/err") $(grep -c 'next: .*GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA raw TO t_gone_reader' "$dir/err")" '1 1'
is 'and nothing is marked' "$(row raw 4 | cut -d'|' -f4)" ''
pg -c 'grant update on all tables in schema raw to t_gone_reader'
pg -c 'alter table raw.qb_windows drop column deleted'
is 'a load log that may not get its column' "$(PGUSER=t_gone_reader load raw -4@14)" '69 '
is 'is told with the command for its owner' \
	"$(grep -c 'has no column deleted to say so' "$dir/err") $(grep -c 'next: have its owner run, .*: psql -v schema=raw -f schema.sql$' "$dir/err")" '1 1'
is 'nothing is marked' "$(row raw 4 | cut -d'|' -f4)" ''
is 'rows are loaded' "$(PGUSER=t_gone_reader load raw 10@14)" '0 1=1+0+0+0+0+0 9'
is 'with a warning, and the columns that there are' \
	"$(grep -c 'has no column deleted, and it cannot be added' "$dir/err") $(pg -c 'select calls is null, provisional from raw.qb_windows order by seq desc limit 1')" '1 t|f'
is 'a dry run says what would be' "$(PGUSER=t_gone_reader options=--dry-run load raw -4@14)" '0 1=0+0+0+0+0+1 9'
is 'the owner adds it' "$(load raw -4@14) $(pg -c 'select deleted from raw.qb_windows order by seq desc limit 1')" '0 1=0+0+0+0+0+1 9 1'
index() { pg -c "select count(*) from pg_indexes where schemaname = '$1' and indexdef like '%deleted_at_utc IS NOT NULL%'"; }
is 'a table has an index of its deleted rows' "$(index raw)" 1
pg -c "drop index raw.invoices_id_idx"
is 'who may not create it loads without' "$(PGUSER=t_gone_reader load raw 4@15 10@14) $(cat "$dir/err")" '0 2=0+1+1+0+0+0 9 '
is 'and rightly' "$(index raw) $(row raw 4 | cut -d'|' -f2-4)" '0 14|15|'
is 'a dry run creates none' "$(options=--dry-run load raw 4@15) $(index raw)" '0 1=0+0+1+0+0+0 9 0'
is 'its owner creates it' "$(load raw 4@15) $(index raw)" '0 1=0+0+1+0+0+0 9 1'
is 'once' "$(load raw 4@15) $(index raw)" '0 1=0+0+1+0+0+0 9 1'
pg -c 'alter table raw.invoices drop column deleted_at_utc'
is 'a table without the column is refused' "$(load raw -4@16)" '69 '
is 'and says why' "$(grep -c 'schema raw has tables with other columns' "$dir/err")" 1
done_testing
