#!/bin/bash
# Deletions that a run without --archive marked: the next one with it says that they
# are not archived, the command that it names puts them there without marking anything
# anew, and then the archive alone gives the same rows.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
QB_SIM=$(readlink -f "$QB_SIM")
dir=$(mktemp -d); trap 'sim_stop; pg_stop; rm -rf "$dir"' EXIT; cd "$dir" || exit 1
pg_start || exit 1
export QBO_TOKEN_FILE=$dir/token XDG_STATE_HOME=$dir/state
export PGOPTIONS='-c client_min_messages=warning'
sim_start --seed=7 --from=2025-01-01 --to=2025-12-31 --rows=all=0,Invoice=100,Customer=20 || exit 1

schema=raw
change() {	# change ENTITY DO id=ID,...|rows=N [at=TIME]: prints the Ids
	curl -sf "$QBO_API_URL/sim/change" --get -d "entity=$1" -d "do=$2" -d "$3" ${4:+-d "$4"} |
		jq -r '.changed[]' | paste -sd,
}
pick() {	# pick NUMBER TABLE: rows that are not deleted
	pg -c "select string_agg(id, ',') from (select id from $schema.$2
		where deleted_at_utc is null order by id limit $1) r"
}
sync() {	# sync OPTION...: $status, $calls, and the files said and report
	# what was changed a moment before the last run comes again, into the archive
	sleep 2.2
	qb-sync invoices customers --from=2024-01-01 "--schema=$schema" --settle=1s "$@" >report 2>said
	status=$?
	calls=$(sed -n '$s/.*; \([0-9]*\) calls\{0,1\}, .*/\1/p' said)
}
told() { sed -n 's/.*WRONG: not archived: \([0-9]* deletions\{0,1\}\), .*/\1/p' report | sort | paste -sd' '; }
advice() { sed -n 's/^qb-check: next: reload: //p' said; }
states() {	# states SCHEMA: live or deleted, and of the deleted ones when and since when
	pg -c "select 'invoice', id, deleted_at_utc, case when deleted_at_utc is not null
			then fetched_at_utc end from $1.invoices
		union all select 'customer', id, deleted_at_utc, case when deleted_at_utc is not null
			then fetched_at_utc end from $1.customers
		order by 1, 2"
}
replayed() {	# replayed ARCHIVE: rows that it alone gives otherwise
	pg -c 'drop schema if exists again cascade'
	find "$1" -name '*.gz' | sort | xargs cat | qb-load --schema=again >receipts || return
	states $schema >is
	states again >by_replay
	diff is by_replay | grep -c '^[<>]'
}
follow() {	# follow WHAT ARCHIVE: what was said is done, and it helps
	ok "$1: the command that helps is named" [ "$(advice)" ]
	before=$(pg -c "select max(seq) from $schema.qb_windows")
	states $schema >were
	bash -c "$(advice)" >report 2>said
	is "$1: it does its work" $? 0
	is "$1: nothing is inserted, updated or marked" "$(pg -c "select sum(inserted), sum(updated), sum(deleted)
		from $schema.qb_windows where seq > $before")" '0|0|0'
	states $schema >is
	ok "$1: each row is as it was" cmp -s were is
	is "$1: the archive alone gives the same" "$(replayed "$2")" 0
	sync --archive="$2"
	is "$1: the next run is content, and does not count" "$status $calls" '0 1'
}

# A window of QuickBooks' log of changes.
new=$(change Invoice delete rows=2 at=2026-01-05T10:00:00Z)
sync --archive=arch
is 'a first load into an archive' "$status" 0
change Invoice return "id=$new" >changed
change Invoice delete "id=$new,$(pick 3 invoices)" >changed
change Customer delete "id=$(pick 1 customers)" >changed
sync
is 'a run without it marks what was deleted' "$status $(pg -c "select count(*), count(*) filter (where page_size = 0)
	from $schema.invoices where deleted_at_utc is not null")" '0 5|2'
sync --archive=arch
is 'the next one with it says that the archive lacks them' "$status $(told)" '75 1 deletion 5 deletions'
ok 'and what that means' grep -qx 'qb-sync: the tables are complete, but arch is not: it lacks what was loaded without --archive=arch' said
is 'it does: an archive without deletions' "$(replayed arch)" 10
follow 'by the log' arch

# A count.
change Invoice delete "id=$(pick 4 invoices)" at=2026-01-06T10:00:00Z >changed
sync --census=0s
is 'a count without it finds what the log does not tell' "$status $(tail -n 1 said | grep -o '[0-9]* deleted')" '0 4 deleted'
sync --archive=arch
is 'the next run with it says so' "$status $(told)" '75 4 deletions'
follow 'by a count' arch

# An archive that begins after the first load.
schema=late
sync
change Invoice delete "id=$(pick 2 invoices)" >changed
sync
sync --archive=late
is 'an archive that begins later lacks the deletions, and all else' \
	"$status $(told) $(grep -c 'WRONG: not archived: 2025-01-13' report)" '75 1 deletion 7 deletions 2'
follow 'later' late
done_testing
