#!/bin/bash
# The whole company by one command: every entity that it has lands whole, by the shape that
# it has; what it lacks is left out; later runs write nothing as long as nothing happens;
# and the archive alone gives the same tables.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
QB_SIM=$(readlink -f "$QB_SIM")
root=$(cd "${0%/*}/../.." && pwd)
build=$(cd "${QB_BUILD:-$root/build}" && pwd)/bin
small="python3 $root/tests/lib/smallcompany.py"
dir=$(mktemp -d); trap 'sim_stop; small_stop; pg_stop; rm -rf "$dir"' EXIT; cd "$dir" || exit 1
pg_start || exit 1
export QBO_TOKEN_FILE=$dir/token XDG_STATE_HOME=$dir/state
export PGOPTIONS='-c client_min_messages=warning'
unset QB_RUN_ID
# The tools, without Intuit's limits, which would take most of the time.
mkdir bin
ln -s "$build"/qb-* bin/
rm bin/qb-fetch bin/qb-check bin/qb-sync bin/qb-backfill
for tool in fetch check; do
	printf '#!/bin/sh\nexec %s/qb-%s "$@" --no-rate-limit\n' "$build" $tool >bin/qb-$tool
done
cp -R "$root"/scripts/qb-sync "$root"/scripts/qb-backfill "$root"/scripts/pipeline bin/
chmod +x bin/qb-*
PATH=$dir/bin:$PATH

small_pid=
small_stop() {
	[ -z "$small_pid" ] || kill "$small_pid"
	small_pid=
}
small_start() {	# the small company; its requests are in the file asked
	$small asked >port & small_pid=$!
	until [ -s port ]; do sleep 0.05; done
	url=http://127.0.0.1:$(cat port)
	export QBO_ENV=sandbox QBO_REALM_ID=4620816365022138560 QBO_CLIENT_ID=c \
		QBO_CLIENT_SECRET=s QBO_REFRESH_TOKEN=r QBO_API_URL="$url" \
		QBO_TOKEN_URL="$url/oauth2/v1/tokens/bearer"
	rm -f token
}
tables() {	# tables SCHEMA: of rows
	pg -c "select table_name from information_schema.columns
		where table_schema = '$1' and column_name = 'payload'
			and table_name not like 'qb!_%' escape '!' order by 1"
}
differ() {	# differ SCHEMA SCHEMA: tables whose rows differ, and how many do
	local table
	diff <(tables "$1") <(tables "$2")
	for table in $(tables "$1"); do
		pg -c "select '$table', count(*) from
			(select id, payload, deleted_at_utc is null as live from $1.$table) a
			full join (select id, payload, deleted_at_utc is null as live from $2.$table) b
			using (id, payload, live) where a is null or b is null having count(*) > 0"
	done
}
logged() { pg -c "select count(*), sum(rows), sum(inserted + updated) from $1.qb_windows"; }
files() { find "$1" -type f -name '*.gz' | sort | xargs sha256sum | sha256sum; }
same() { cmp -s "$1" "$2"; }

# --- a company that knows fewer entities
small_start
qb-backfill all --from=2025-01-01 --to=2025-04-01 --every=1mo --schema=small --archive=small.archive \
	>report 2>said
is 'a backfill of all: status' $? 0
$small --rows >rows
pg -c 'create table truth (name text, payload jsonb)' \
	-c "\\copy truth from rows with (format csv, quote e'\\x01', delimiter e'\\t')"
is 'every entity that it has is there, whole' "$(cut -f1 rows | sort -u | while read -r table; do
	pg -c "select '$table', count(*) from (select payload from truth where name = '$table') t
		full join (select payload from small.$table where deleted_at_utc is null) r
		using (payload) where t is null or r is null having count(*) > 0"
	done)" ''
is 'and nothing else' "$(for table in $(tables small); do
	cut -f1 rows | grep -qx "$table" || pg -c "select '$table' from small.$table limit 1"; done)" ''
qb-window --list | sed -n '2,$s/ .*//p' | sort >all
cut -d' ' -f1 asked | sort | uniq -c | awk '{ print $2, $1 }' >calls
$small --known | sort >known
echo ExchangeRate >>known	# there are none in a company with one currency
sort -o known known
comm -23 all known >missing
is 'what it lacks is left out, with one line each' \
	"$(sed -n 's/^qb-backfill: \(.*\): not in this company, left out$/\1/p' said)" "$(cat missing)"
is 'and is told nowhere else' "$(grep -cvf <(sed 's/.*/^qb-backfill: &: not in this company, left out$/' missing) \
	<(grep -f missing said))" 0
is 'it is not in the report' "$(grep -cf missing report)" 0
is 'all others are proven there' "$(grep -c ': ok$' report)" "$(wc -l <known)"
ok 'which says so' grep -qx "$(wc -l <known) of $(wc -l <known) entities ok" report
comm -23 all <($small --full | sort) >bare
is 'at most three calls for an entity that is empty or missing' \
	"$(grep -wf bare calls | awk '$2 > 3')" ''
is 'one at least' "$(awk '{ print $1 }' calls | comm -13 - bare)" ExchangeRate
ok 'that there is but one currency is said' \
	grep -qx 'qb-fetch: ExchangeRate: the company has one currency, so there are no rates' said

rm -f asked
qb-sync all --schema=small --archive=small.archive --census=never >report 2>said
is 'then a sync of all, without --from' $? 0
is 'what is not loaded is left out, with one line' "$(grep 'left out' said)" \
	"qb-sync: not loaded yet, left out: $(qb-window --list | sed -n '2,$s/ .*//p' | grep -xf missing |
		paste -sd, | sed 's/,/, /g'); with --from they are read"
is 'and not asked for, other than for the currencies of rates' \
	"$(cut -d' ' -f1 asked | grep -xf missing | sort -u)" CompanyCurrency
qb-sync all --schema=small --archive=small.archive --census=never -q >report 2>said
is 'with -q that is no message' "$? $(cat report said)" '0 '
qb-sync lists budgets --schema=small --census=never >report 2>said
is 'one that was named, too, still needs a start' "$? $(head -n 1 said)" \
	'64 qb-sync: Budget is not loaded yet'
seen=$(logged small) kept=$(files small.archive)
qb-sync --schema=small --archive=small.archive --census=never >report 2>said
is 'once more: nothing is written' "$? $(logged small) $(files small.archive)" "0 $seen $kept"
small_stop

# --- the simulator's company: what happens in it
from=$(date -u -d '20 days ago' +%F) to=$(date -u -d '10 days ago' +%F)
company=(--seed=7 "--from=$from" "--to=$to" "--rows=all=3,Invoice=40,CompanyCurrency=2")
rm -f token
sim_start "${company[@]}" --pseudo-codes=now --unlisted=ChangeOrder --without=JournalCode,Budget ||
	exit 1
change() {	# change ENTITY DO id=ID|rows=N: prints the Ids
	curl -sf "$QBO_API_URL/sim/change" --get -d "entity=$1" -d "do=$2" -d "$3" |
		jq -r '.changed[]'
}
asked() { grep -c ' kind=' sim.log; }
sync() {	# sync OPTION...: $status, $calls
	local before
	before=$(asked)
	qb-sync --settle="${settle-0s}" --census=never --archive=archive "$@" >report 2>said
	status=$? calls=$(($(asked) - before))
}
lines() { sed -n 's/^qb-sync: \([A-Z][A-Za-z]*: .*\)/\1/p' said | grep -v ': nothing new$'; }

sync all "--from=$from" --every=1mo --unlisted=ChangeOrder
is 'a first sync of all: status' "$status" 0
is 'two are left out' "$(sed -n 's/^qb-sync: \(.*\): not in this company, left out$/\1/p' said | paste -sd' ')" \
	'Budget JournalCode'
while read -r name table _; do
	case $name in
	Budget|JournalCode) want=no ;;
	TaxCode) want=5 ;;	# with TAX and NON
	ExchangeRate) want=20 ;;	# of two currencies in ten days
	*) want=$("$QB_SIM" "${company[@]}" --print="$name" | wc -l) ;;
	esac
	has=$(pg -c "select count(*) from raw.$table" 2>/dev/null || echo no)
	[ "$has" = "$want" ] || echo "$name: $has of $want"
done < <(qb-window --list | sed 1d) >wrong
is 'each entity is there with all its rows' "$(cat wrong)" ''
is 'so is what is not listed' "$(pg -c 'select count(*) from raw.change_orders')" 3
gone=$(change RecurringTransaction delete rows=1)
edited=$(change Preferences edit id=1; change RecurringTransaction edit rows=1)
ok 'a recurring transaction is deleted, one changed, and the preferences' \
	[ "$(echo "$gone $edited" | wc -w)" = 3 ]
sleep 1.2
sync
is 'one call for all: what is read whole waits for its week' "$status $calls $(lines | grep -c 'Preferences: not read, ')" '0 1 1'
sync recurringtransactions,preferences companyinfo taxcodes
is 'or until it is named' "$status $(lines | paste -sd';')" \
	'0 RecurringTransaction: 0 inserted, 1 updated, 1 deleted;Preferences: 0 inserted, 1 updated, 0 deleted'
is 'the one that is gone is marked' \
	"$(pg -c 'select id from raw.recurring_transactions where deleted_at_utc is not null')" "$gone"
kept=$(files archive) settle=15m
sync --unlogged=0s
unset settle
is 'when it is due and as it was, nothing is written' "$status $(lines) $(files archive)" "0  $kept"

# --- the archive alone, and all of it read again
find archive -name '*.ndjson.gz' | sort -R | xargs cat | qb-stamp | qb-load --schema=again >/dev/null
is 'a replay of the archive: the same tables' "$(differ raw again)" ''
qb-backfill all "--from=$from" --every=1mo --reload --archive=archive >report 2>said
is 'a reload of all' $? 0
ok 'writes no row' grep -q ': 0 inserted, 0 updated, .* unchanged; ' said
is 'and the tables are the same' "$(differ raw again)" ''

# --- an entity that the company has no more
sim_stop
rm -f token
sim_start "${company[@]}" --pseudo-codes=now --without=JournalCode,Budget,Item || exit 1
sync -q
is 'an entity that was loaded before is missed, also with --quiet' \
	"$status $(sed -n 's/^qb-sync: //p' said)" \
	'69 Item: it was loaded before; its table stays as it is
next: log in as an administrator of the company (qb-auth login), or name the entities without Item'
ok 'with what QuickBooks answered' grep -q '^qb-fetch: Item is not in this company.* 5020' said
sync all "--from=$from" --unlogged=0s
is 'also if a group names it; what was never there is still excused' \
	"$status $(sed -n 's/^qb-sync: \([A-Z].*\): .*left out$/\1/p' said | paste -sd' ')" '69 Budget JournalCode'
ok 'and all others are shown and proven' \
	[ "$(grep -c ': ok$' report)" = $(($(wc -l <all) - 3)) ]
sync items customers
is 'and if it is named' "$status $(tail -n 1 said)" \
	'69 qb-sync: next: log in as an administrator of the company (qb-auth login), or leave Item out of the command'
done_testing
