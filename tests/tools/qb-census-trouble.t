#!/bin/sh
# qb-census where QuickBooks cannot return a row, where rows may be missing, and where
# the load log, the role or the clock is not as it should be.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
root=$(cd "${0%/*}/../.." && pwd)
dir=$(mktemp -d)
trap 'sim_stop; pg_stop; rm -rf "$dir"' EXIT
pg_start || exit 1
export QBO_TOKEN_FILE="$dir/token" PGOPTIONS='-c client_min_messages=error'
# shellcheck source=tests/lib/census.sh
. "${0%/*}/../lib/census.sh"

world='--seed=7 --from=2025-01-01 --to=2025-04-01 --rows=all=0,Invoice=2500'
range='--from=2024-01-01 --to=2025-04-01'
company
qb-window invoices --from=2024-01-01 --every=1y |
	qb-fetch --no-rate-limit | qb-stamp >"$dir/all" || exit 1
again
tickets invoices >"$dir/tickets"
change() { # change DO ID,...
	curl -sf "$QBO_API_URL/sim/change?entity=Invoice&do=$1&id=$2" >"$dir/changed"
}
nth() { pg -c "select id from raw.invoices order by $created, id::int offset $1 limit 1"; }
next() { sed -n "s/^qb-census: next: $1: //p" "$dir/err"; }

# --- rows that QuickBooks cannot return
one=$(nth 1200)
two=$(nth 1210)
for code in '400 code 4002' '500 code 10000'; do
	company "row $one status $code"
	census
	is "$code: counts that agree need no row" "$status $calls $(gone)" '0 1 '
	change delete "$two"
	census --retries=1
	is "$code: around the row that cannot be returned, what is gone is found" "$status $(gone)" "0 $two"
	is "$code: the window is final" "$(jq -r 'select(.qb == "seal").window.provisional' "$dir/out")" null
	ok "$code: it takes few calls ($calls)" test "$calls" -le 20
done
company "row $one status 400 code 4002"
change delete "$two"
census --thorough
is 'all ids are compared: it is not gone' "$status $(gone)" "0 $two"
is 'it is told once' "$(grep -c "^qb-census: Invoice: QuickBooks has Id $one, but cannot return it: HTTP 400, 4002" "$dir/err")" 1
again
company "row $one status 400 code 4002"
pg -c "delete from raw.invoices where id = '$one'"
census
is 'one that the table lacks: that is no failure' "$status $(gone)" '0 '
is 'and is told' "$(grep -c '^qb-census: Invoice: QuickBooks has a row created at 20.* that the table lacks, but cannot return it: HTTP 400' "$dir/err")" 1
again
company 'any always status 400 code 4002'
change delete "$two"
census
is 'if it is said of all, that is a failure' "$status $(seals)" '69 '
company 'any always status 403 body json code 5020'
census
is 'a company that has lost the entity: nothing is gone' "$status $(seals)" '69 '

# --- rows may be missing
company
again
change delete "$one,$two"
pg -c "delete from raw.invoices where id::int % 9 = 0 and id not in ('$one', '$two')"
census
is 'a ninth of the rows is missing: nothing is marked' "$status $(seals)" '75 '
census --missing=ignore
is '--missing=ignore: what is gone is found all the same' "$status $(gone)" "0 $(printf '%s\n' "$one" "$two" | sort -n | paste -sd' ' -)"
is '--missing=ignore: nothing is said' "$(cat "$dir/err")" ''
is '--missing=ignore: the window is final' "$(jq -r 'select(.qb == "seal").window.provisional' "$dir/out")" null
ok "--missing=ignore: few calls ($calls)" test "$calls" -le 12
again
census --missing=ignore
is '--missing=ignore: exact where nothing is missing' "$status $(gone)" "0 $(printf '%s\n' "$one" "$two" | sort -n | paste -sd' ' -)"
company
census --missing=ignore
is '--missing=ignore: nothing wrong is one call' "$status $calls" '0 1'
census --missing=perhaps
is '--missing=perhaps' "$status" 64
says '--missing=perhaps' '--missing=perhaps is neither fail nor ignore'

# --- the commands that it names are complete
pg -c "delete from raw.invoices where id = '$one'"
census --schema=raw --dsn="dbname=$PGDATABASE"
is 'with --dsn' "$(next reload | grep -o " --dsn='dbname=$PGDATABASE'")" " --dsn='dbname=$PGDATABASE'"
census --dsn="dbname=$PGDATABASE password=secret"
is 'without the password' "$(next reload | grep -o -e ' --dsn=.*') $(grep -c secret "$dir/err")" ' --dsn=... 0'
census --next-options="--archive='an archive' --jq=."
is 'the options of --next-options' "$(next reload | grep -o -e ' --archive.*')" " --archive='an archive' --jq=."
next reload >"$dir/next"
ok 'the command can be run' sh -c "cd '$dir' && sh -e next >next.out 2>&1"
ok 'and archives what it reads' test -n "$(find "$dir/an archive" -name '*.gz')"
census
is 'then nothing is missing' "$status" 0
pg -c "delete from raw.invoices where id in ('$one', '$two')"
long=$(printf '%0200d' 0)
census --next-options="--archive=$long"
is 'long options: one command for both' "$(next reload | grep -o -e "--archive=$long" | wc -l) $(next reload | grep -c '&&')" '1 0'
census --next-options="--archive=$long$long"
is 'longer ones: no command that could be run by mistake' "$(next reload | grep -o -e ' with all other options of this run$')" ' with all other options of this run'
next reload | sed 's/qb-backfill/& --progress=none/' >"$dir/next"
(cd "$dir" && sh -e next >next.out 2>&1)
is 'it is refused' $? 64

# --- what is not loaded
again
company 'request 1 delete 3'
pg -c "update raw.qb_windows set range_end_utc = '2025-01-20' where range_start_utc = '2025-01-01';
	insert into raw.qb_windows (realm_id, entity, by, range_start_utc, range_end_utc, pages,
		rows, inserted, updated, unchanged, stale, rejected, rows_left, table_rows,
		seal_sha256, run_id, fetched_at_utc)
	select realm_id, entity, by, '2025-02-03', range_end_utc, pages,
		rows, inserted, updated, unchanged, stale, rejected, rows_left, table_rows,
		seal_sha256, run_id, fetched_at_utc
	from raw.qb_windows where range_start_utc = '2026-01-01'"
census
is 'a stretch in the middle is not loaded: nothing is marked' "$status $calls $(seals)" '75 0 '
says 'the stretch' 'Invoice: the load log does not cover 2025-01-20T00:00:00Z to 2025-02-03T00:00:00Z'
says 'the stretch' 'next: load what is missing: qb-backfill Invoice --from=2025-01-20T00:00:00Z --to=2025-02-03T00:00:00Z'
next 'load what is missing' >"$dir/next"
ok 'the command can be run' sh -c "cd '$dir' && sh -e next >next.out 2>&1"
census
is 'then what is gone is found' "$status $(gone | wc -w)" '0 3'

# --- a role that may not mark rows
role=${PGDATABASE}_r
pg -c "create role $role login; grant usage on schema raw to $role; grant select on all tables in schema raw to $role; grant insert on raw.qb_windows to $role"
census --dsn="user=$role"
is 'a role without the right to change the table can look' "$status $(gone | wc -w)" '0 3'
qb-stamp <"$dir/out" | qb-load --dsn="user=$role" >"$dir/receipts" 2>"$dir/err"
is 'but qb-load refuses to mark with it' $? 69
is 'and nothing is marked, in the load log either' "$(ids 'deleted_at_utc is not null')$(pg -c "select count(*) from raw.qb_windows where by = 'census'")" 0
pg -c "drop owned by $role; drop role $role"

# --- a clock that is an hour wrong
case ${QB_BUILD-} in
*/address*|*/thread*) printf '# a wrong clock: not with a sanitizer\n' ;;
*)
	cc -shared -fPIC -D_GNU_SOURCE -o "$dir/clock.so" "$root/tests/lib/clock.c" -ldl || exit 1
	for ahead in 3600 -3600; do
		again
		company
		change delete "$one,$two"
		qb-window invoices --by=created --from=2024-01-01 >"$dir/tickets"
		calls=$(met)
		(
			export LD_PRELOAD="$dir/clock.so" QB_CLOCK_AHEAD=$ahead
			qb-window invoices --by=created --from=2024-01-01 |
				qb-census --no-rate-limit
		) >"$dir/out" 2>"$dir/err"
		is "a clock that is ${ahead}s ahead: the same" "$? $(gone)" "0 $(printf '%s\n' "$one" "$two" | sort -n | paste -sd' ' -)"
		qb-stamp <"$dir/out" | qb-load >"$dir/receipts"
		is 'they are marked, by the time of QuickBooks' "$(ids 'deleted_at_utc is not null' | wc -w) $(pg -c "
			select bool_and(abs(extract(epoch from now() - deleted_at_utc)) < 60) from raw.invoices where deleted_at_utc is not null")" '2 t'
	done ;;
esac
done_testing
