#!/bin/sh
# Entities that are read whole, through the whole pipeline: what did not change is
# written nowhere; what was edited, removed, added or came back is exactly what comes;
# and the archive makes the same table, in any order and twice.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
lib=$(cd "${0%/*}/../lib" && pwd)
dir=$(mktemp -d); trap 'company_stop; pg_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/company.sh
. "$lib/company.sh"
company_server=wholeserver.py
pg_start || exit 1
company_start "$dir/rows.script"
cd "$dir" || exit 1
export PGTZ=UTC

made_up() { # made_up ID: with the time of the answer
	printf 'TaxCode\t{"Id":"%s","Name":"%s","MetaData":{"CreateTime":"@NOW@","LastUpdatedTime":"@NOW@"}}\n' "$1" "$1"
}
code() { # code ID NAME [DAY [ACTIVE]]
	printf 'TaxCode\t{"Id":"%s","Name":"%s","Active":%s,"MetaData":{"LastUpdatedTime":"2025-01-%sT00:00:00Z"}}\n' \
		"$1" "$2" "${4:-true}" "${3:-02}"
}
wrapped() { # wrapped TYPE ID AMOUNT
	printf 'RecurringTransaction\t{"%s":{"Id":"%s","Amount":%s,"MetaData":{"LastUpdatedTime":"2025-01-02T00:00:00Z"}}}\n' "$@"
}
single() { # single ENTITY NAME
	printf '%s\t{"Id":"1","Name":"%s","MetaData":{"LastUpdatedTime":"2025-01-02T00:00:00Z"}}\n' "$@"
}
rows() { cat >"$dir/rows"; }
entities=TaxCode,RecurringTransaction,Preferences,CompanyInfo
tables='company_infos preferences recurring_transactions tax_codes'
last=0
run() { # run: what is new, in files t, o and r; each ends in another second
	while [ "$(date +%s)" -le "$last" ]; do sleep 0.05; done
	last=$(date +%s)
	qb-window $entities --from=2025-01-01 | qb-pending >t &&
		qb-fetch --no-rate-limit --retries=0 <t >o 2>err && qb-archive archive <o |
		qb-stamp | qb-load >r
	status=$?
	came=$(jq -r 'if .qb == "row" then .row.id elif .qb == "gone" then "-" + .gone.id
		else empty end' o | paste -sd' ' -)
}
files() { find archive -name '*.gz' | wc -l; }
stored() { # stored [SCHEMA]: what is in the tables
	for table in $tables; do
		pg -c "select '$table', id, payload, fingerprint, deleted_at_utc is not null
			from ${1:-raw}.$table order by id collate \"C\""
	done
}
live() { pg -c "select string_agg(id, ' ' order by id) from raw.$1 where deleted_at_utc is null"; }

{ made_up TAX; made_up NON; code 1 A; code 2 B 02 false; code 3 C
	wrapped Bill 20 1; wrapped Invoice 21 2; single Preferences P; single CompanyInfo X; } | rows
run
is 'the first run reads all of it' "$status $came" '0 1 2 3 TAX NON 20 21 1 1'
names=$(pg -c "select string_agg(tablename, ' ' order by tablename) from pg_tables
	where schemaname = 'raw' and tablename not like 'qb%'")
is 'into tables' "$names" "$tables"
stored >before
kept=$(files)
entries=$(pg -c 'select count(*) from raw.qb_windows')
is 'and files' "$kept $entries" '4 4'

run
is 'the second run finds nothing new' "$status $came" '0 '
is 'and writes no file' "$(files)" "$kept"
stored >after
ok 'and no row' cmp -s before after
is 'and a window for each, that is provisional' \
	"$(pg -c 'select count(*), count(*) filter (where provisional) from raw.qb_windows')" '8|4'
run
is 'the third run replaces these' "$status $came $(pg -c 'select count(*), count(*) filter
	(where provisional) from raw.qb_windows')" '0  8|4'
qb-check $entities --from=2025-01-01 --offline >checked
is 'the tables are proven' "$? $(tail -n 1 checked)" '0 4 of 4 entities ok'

{ made_up TAX; made_up NON; code 1 A; code 3 'C, edited' 03; code 4 D
	wrapped Bill 20 1; wrapped Invoice 21 3; single Preferences P; single CompanyInfo Y; } | rows
run
is 'what was edited, added and removed comes, and nothing else' "$status $came" \
	'0 3 4 -2 21 1'
is 'a removed row is deleted' "$(live tax_codes)" '1 3 4 NON TAX'
is 'in files' "$(files)" "$((kept + 3))"
run
is 'once' "$status $came" '0 '

{ made_up TAX; code 1 A; code 2 B 02 false; code 3 'C, edited' 03; code 4 D
	wrapped Bill 20 1; wrapped Invoice 21 3; single Preferences P; single CompanyInfo Y; } | rows
run
is 'a row that came back, and one that is made up no more' "$status $came" '0 2 -NON'
is 'is there again, though it is as old as it was' "$(live tax_codes)" '1 2 3 4 TAX'
run
is 'and that is all' "$status $came" '0 '
qb-check $entities --from=2025-01-01 --offline >checked
is 'proven again' "$? $(tail -n 1 checked)" '0 4 of 4 entities ok'

printf '1+ empty\n' >rows.script
entities=TaxCode,RecurringTransaction
run
is 'nothing came, twice: all are gone' "$status $came" '0 -1 -2 -3 -4 -TAX -20 -21'
: >rows.script
run
is 'and all come back' "$status $(live tax_codes) $(live recurring_transactions)" '0 1 2 3 4 TAX 20 21'
stored >want

# --- the archive ---------------------------------------------------------------
find "$dir/archive" -name '*.gz' | LC_ALL=C sort >files
replay() { # replay WHAT SCHEMA ORDER...
	what=$1 schema=$2
	shift 2
	"$@" files | xargs cat | qb-stamp --run="$schema" | qb-load --schema="$schema" >r
	is "$what: status" $? 0
	stored "$schema" >got
	ok "$what: the same tables" cmp -s got want || diff got want
}
replay 'in the order of their names' again cat
replay 'backwards' backwards sort -r
replay 'mixed' mixed sort -k 1.60
cat files files >both
mv both files
replay 'twice' twice cat
replay 'once more into the same' twice cat
done_testing
