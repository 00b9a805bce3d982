#!/bin/sh
# An archive consists of streams that can be concatenated in any order; and one
# that an older version wrote makes the same table today.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
gen="python3 $(cd "${0%/*}/../lib" && pwd)/stream.py"
older=$(cd "${0%/*}/archives" && pwd)
QB_SIM=$(readlink -f "$QB_SIM")
dir=$(mktemp -d); trap 'sim_stop; pg_stop; rm -rf "$dir"' EXIT; cd "$dir" || exit 1
same() { cmp -s "$1" "$2"; }
payloads() { $gen --read | LC_ALL=C sort; }

for entity in Invoice Customer Item; do
	$gen --entity=$entity --windows=6 --rows=20
done >s
payloads <s >want
qb-archive kept <s >passed; is 'three entities are archived' $? 0
find kept -name '*.gz' >files
is 'in one file per window' "$(wc -l <files)" 18
replay() {	# replay WHAT ORDER...: the files, in the order of a command
	what=$1; shift
	"$@" files >order
	# one gzip stream of many members, and one plain stream
	xargs cat <order | qb-stamp >out; rc=$?
	xargs zcat <order | qb-stamp >plain; rc=$rc$?
	is "$what: whole streams" "$rc" 00
	payloads <out >got; ok "$what: the same rows" same got want
	payloads <plain >got; ok "$what: inflated before" same got want
	is "$what: every window" "$(grep -c '^{"qb":"seal"' out)" 18
}
replay 'in the order of their names' sort
replay 'backwards' sort -r
for key in 5 30 50; do
	replay "mixed by the name from column $key" sort -k "1.$key"
done
first=$(head -n 1 files)
is 'a file twice is its rows twice' "$(cat "$first" "$first" | qb-stamp | grep -c '^{"qb":"row"')" 40
while read -r file; do
	qb-stamp <"$file" >out || echo "$file"
	tail -n 1 out
done <files >ends
is 'each alone is a whole stream' "$(sort -u ends)" '{"qb":"end","windows":1,"rows":20}'
sed 's/,"archive":{[^}]*}//; s/,"sum":"[0-9a-f]*"//' passed | qb-archive again >/dev/null
is 'archived again it is the same archive' "$(cd again && find . -name '*.gz' -exec sha256sum {} + | sort)" \
	"$(cd kept && find . -name '*.gz' -exec sha256sum {} + | sort)"
# what a program leaves of an archive is an archive too
xargs cat <files | qb-stamp --jq='select(.Id|tonumber%2==0)' | qb-archive half | $gen --read >passed
find half -name '*.gz' -exec cat {} + | qb-stamp | payloads >got
LC_ALL=C sort passed >want
ok 'rows that --jq left can be archived and replayed' same got want
is 'half of them' "$(wc -l <got)" 180

# --- an archive that version 0.1.0 wrote, and tables that it made
pg_start || exit 1
export QBO_TOKEN_FILE="$dir/token"
load() { # load FOLDER OPTION...: its archive, with the tools of today
	find "$1/archive" -name '*.gz' | sort | xargs cat |
		qb-stamp --run=replay | qb-load "$2" >receipts
}
stored() { # stored SCHEMA: what is in its tables
	for table in customers invoices items; do
		pg -F "$(printf '\t')" -c "select '$table', id, md5(payload::text), fingerprint,
			to_char(updated_at_utc at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')
			from $1.$table order by id collate \"C\""
	done
}
columns() { # columns SCHEMA: of its tables, with their indexes
	pg -c "select table_name, column_name, data_type, is_nullable
		from information_schema.columns where table_schema = '$1'
		order by table_name, column_name"
	pg -c "select tablename, replace(indexdef, '$1.', '') from pg_indexes
		where schemaname = '$1' order by indexname"
}
receipts() { sed -n 's/.*"rows":\([0-9]*\),"inserted":\([0-9]*\),"updated":\([0-9]*\),"unchanged":\([0-9]*\).*/\1 \2 \3 \4/p' receipts |
	awk '{ for (i = 1; i <= 4; i++) n[i] += $i } END { print NR, n[1], n[2], n[3], n[4] }'; }
range='--from=2025-01-01 --to=2025-03-02'
for made in "$older"/*; do
	version=${made##*/}
	is "$version: the files are as they were written" \
		"$(cd "$made/archive" && for sums in */*/SHA256SUMS; do
			(cd "${sums%/*}" && sha256sum --quiet -c SHA256SUMS) || echo "$sums"; done)" ''
	load "$made" --schema=replayed
	is "$version: the archive is loaded" "$? $(receipts)" '0 6 42 42 0 0'
	stored replayed >got
	ok "$version: the same ids, payloads, fingerprints and times" same got "$made/expected.tsv"

	for schema in old other; do
		pg -v schema=$schema -f "$made/schema.sql" >/dev/null
		for table in customers invoices items; do
			pg -v schema=$schema -v table=$table -f "$made/table.sql" >/dev/null
		done
	done
	pg -c "create role loader_$$ login" -c "grant temporary on database $PGDATABASE to loader_$$"
	pg -v schema=other -v role=loader_$$ -f "$older/../../../sql/schema/grants.sql"
	(PGUSER=loader_$$; load "$made" --schema=other 2>err)
	is "$version: its tables take the rows, without the right to alter them" \
		"$? $(receipts) $(grep -c '^qb-load: the load log other.qb_windows has no columns' err)" '0 6 42 42 0 0 1'
	stored other >got
	ok "$version: the same in them" same got "$made/expected.tsv"
	pg -c "drop owned by loader_$$" -c "drop role loader_$$"
	# shellcheck disable=SC2086
	is "$version: qb-pending reads that ledger" "$(qb-window items vendors $range |
		qb-pending --schema=other | tail -n 1)" '{"qb":"end","windows":9,"rows":0}'
	load "$made" --schema=old
	is "$version: its tables take the rows" "$? $(receipts)" '0 6 42 42 0 0'
	is "$version: and are as those of today" "$(columns old)" "$(columns replayed)"
	stored old >got
	ok "$version: the same in them" same got "$made/expected.tsv"
	load "$made" --schema=old
	is "$version: loaded again all is unchanged" "$? $(receipts)" '0 6 42 0 0 42'
	# shellcheck disable=SC2086
	qb-window customers invoices items vendors $range --every=30d | qb-pending --schema=old >left
	is "$version: qb-pending reads its ledger" "$? $(grep -c '"qb":"ticket"' left) $(grep -c Vendor left)" '0 2 2'
	# shellcheck disable=SC2086
	sim_start --seed=7 $range --rows=all=0,Invoice=16,Customer=12,Item=14 --exotic || exit 1
	# shellcheck disable=SC2086
	for schema in old other; do
		qb-check customers invoices items $range --schema=$schema --archive="$made/archive" >checked
		is "$version: qb-check proves its tables, $schema" "$? $(tail -n 1 checked)" '0 3 of 3 entities ok'
	done
	sim_stop
done
done_testing
