#!/bin/bash
# qb-sync by QuickBooks' log of changes: what was changed, added, made inactive and deleted
# since the last run comes by one call; the same without that log, by counting; the same
# after any stage was killed; and the archive alone gives the same tables.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
QB_SIM=$(readlink -f "$QB_SIM")
root=$(cd "${0%/*}/../.." && pwd)
build=$(cd "${QB_BUILD:-$root/build}" && pwd) || exit 1
dir=$(mktemp -d); trap 'sim_stop; pg_stop; rm -rf "$dir"' EXIT; cd "$dir" || exit 1
pg_start || exit 1
export QBO_TOKEN_FILE=$dir/token XDG_STATE_HOME=$dir/state
export PGOPTIONS='-c client_min_messages=warning'

# --- a company, and what happens in it
change() {	# change ENTITY DO id=ID,...|rows=N [at=TIME]: prints the Ids
	curl -sf "$QBO_API_URL/sim/change" --get -d "entity=$1" -d "do=$2" -d "$3" ${4:+-d "$4"} |
		jq -r '.changed[]'
}
company() {	# company OPTION...: $new holds invoices that are not there yet
	rm -f token
	sim_start --seed=7 --from=2025-01-01 --to=2025-12-31 \
		--rows=all=0,Invoice=600,Customer=60,Item=30 "$@" || exit 1
	new=$(change Invoice delete rows=80 at=2026-01-05T10:00:00Z | paste -sd,)
}
ids() { echo "$1" | cut -d, -f"$2"; }
live=3	# which rows of the table are taken
pick() {	# pick NUMBER: invoices that are in the table, others each time
	local found
	found=$(pg -c "select string_agg(id, ',') from (select id from $schema.invoices
		where deleted_at_utc is null order by id offset $live limit $1) i")
	live=$((live + $1))
	echo "$found"
}
happen() {	# 3 deletions, 5 edits, 2 customers made inactive, 4 additions
	gone=$(change Invoice delete "id=$(pick 3)" | sort)
	live=$((live + 9))
	change Invoice edit "id=$(pick 5)" >edited
	change Customer inactivate rows=2 >inactive
	change Invoice return "id=$(ids "$new" 1-4)" >added
	new=$(ids "$new" 5-)
	[ "$(echo "$gone" | wc -l) $(cat edited inactive added | wc -l)" = '3 11' ]
}

# --- what is measured
schema=raw
answered() { grep -c 'kind=\(count\|rows\|cdc\) status=200 .*answer=whole' sim.log; }
# Without a settling time, unless it is set.
sync() {	# sync OPTION...: $status, $calls, and the files said and report
	local before
	before=$(answered)
	"${qb_sync:-qb-sync}" "--settle=${settle-0s}" "--schema=$schema" "--archive=$schema.archive" "$@" >report 2>said
	status=$?
	calls=$(($(answered) - before))
}
told_calls() { sed -n '$s/.*; \([0-9]*\) calls\{0,1\}, .*/\1/p' said; }
truth() {	# in how many rows QuickBooks and the tables differ
	local name table
	for name in Invoice Customer Item; do
		table=$schema.$(echo "$name" | tr '[:upper:]' '[:lower:]')s
		qb-window "$name" --from=2024-01-01 --every=10y |
			qb-fetch 2>fetched | jq -c 'select(.qb == "row").payload' >rows
		pg -c 'drop table if exists truth' -c 'create table truth (payload jsonb)' \
			-c "\\copy truth from rows with (format csv, quote e'\\x01', delimiter e'\\x02')"
		pg -c "select count(*) from (select payload from truth) t
			full join (select payload from $table where deleted_at_utc is null) r
			using (payload) where t is null or r is null"
	done | paste -sd' '
}
marked() { pg -c "select id from $schema.invoices where deleted_at_utc is not null order by id collate \"C\""; }
# All that a table says but when it was loaded; the times of edits differ between companies.
content() {	# content SCHEMA
	pg -c "select 'invoice', id, payload #- '{MetaData,LastUpdatedTime}', deleted_at_utc is not null from $1.invoices
		union all select 'customer', id, payload #- '{MetaData,LastUpdatedTime}', deleted_at_utc is not null from $1.customers
		union all select 'item', id, payload #- '{MetaData,LastUpdatedTime}', deleted_at_utc is not null from $1.items
		order by 1, 2"
}
rest() { sleep 1.2; }	# QuickBooks' times are whole seconds

# --- from day to day
company
qb-backfill customers invoices items --from=2024-01-01 --every=2w --archive=raw.archive >report 2>said
is 'a backfill' $? 0
happen
ok 'then something happens' [ $? = 0 ]
rest
sync customers invoices items --census=0s
is 'one command brings it' "$status" 0
is 'the tables equal QuickBooks' "$(truth)" '0 0 0'
is 'the three that were deleted are marked' "$(marked)" "$gone"
ok "in at most 10 calls, with the census ($calls)" [ "$calls" -le 10 ]
is 'which it says' "$(told_calls)" "$calls"
is 'it ends with a line for each entity' "$(grep -c '^qb-sync: \(Customer\|Invoice\|Item\): ' said)" 3
ok 'of what was written' grep -qx 'qb-sync: Invoice: 4 inserted, 5 updated, 3 deleted' said
ok 'or that there was nothing' grep -qx 'qb-sync: Item: nothing new' said
ok 'and with the verdict' grep -q '^qb-sync: ok: 3 entities until .*: 4 inserted, 7 updated, 3 deleted; [0-9]* calls, ' said
content raw >once

find raw.archive -type f | sort >files
settle=15m
rest
sync customers invoices items
is 'at once again: one call' "$status $calls" '0 1'
ok 'nothing is written' grep -q '^qb-sync: ok: .*: 0 inserted, 0 updated, .*0 deleted; 1 call, ' said
content raw >twice
ok 'to no table' cmp once twice
rest
sync
is 'without names, too' "$status $calls" '0 1'
unset settle
is 'and no file in the archive' "$(find raw.archive -type f | sort | cmp - files)" ''
is 'the check asks nothing' "$(grep -c 'not asked' report)" 3

happen
rest
sync
is 'the next day: without a census' "$status" 0
is 'the tables equal QuickBooks' "$(truth)" '0 0 0'
is 'all six are marked' "$(marked | wc -l)" 6
is 'by the log, and the three are confirmed by one call' "$calls" 2
ok 'the load log says by what' [ "$(pg -c "select count(*) from raw.qb_windows where by = 'change' and deleted = 3")" = 2 ]

change Invoice return "id=$(echo "$gone" | head -n 1)" >back
rest
sync
is 'a row that is there again is taken back' "$status $(truth) $(marked | wc -l)" '0 0 0 0 5'

# --- the archive alone
find raw.archive -name '*.gz' | sort -R | xargs zcat | qb-load --schema=replay >receipts
is 'a replay in any order' $? 0
content raw >of_raw
content replay >of_replay
ok 'gives the same tables, with their deletions' cmp of_raw of_replay
is 'and the same times of these' "$(pg -c "select count(*) from raw.invoices join replay.invoices r using (id)
	where invoices.deleted_at_utc is distinct from r.deleted_at_utc")" 0

# --- QuickBooks refuses its log
schema=refused live=3
echo 'cdc always status 403' >script
company --script=script
qb-backfill customers invoices items --from=2024-01-01 --every=2w --schema=refused --archive=refused.archive >report 2>said
is 'another backfill' $? 0
happen
rest
sync customers invoices items --census=0s
is 'without the log' "$status" 0
ok 'which is said' grep -q '^qb-fetch: .*; reading by LastUpdatedTime' said
is 'the tables equal QuickBooks' "$(truth)" '0 0 0'
is 'the three are found by counting' "$(marked)" "$gone"
content refused >of_refused
ok 'it is the table that the log gave' cmp once of_refused
is 'the load log says that it was not the log' "$(pg -c "select count(*) from refused.qb_windows where by = 'change'")" 0
happen
rest
sync --census=never -q
is 'without a census nothing is known of deletions' "$status $(marked | wc -l)" '0 3'
is 'and with -q nothing is said' "$(cat said report)" ''
sync --census=0s
is 'with one they are found' "$status $(marked | wc -l) $(truth)" '0 6 0 0 0'

censuses() { pg -c "select coalesce(sum(calls), 0) from $schema.qb_windows where by = 'census'"; }
were=$(censuses)
rest
sync
is 'but not in each run for that' "$status $(censuses)" "0 $were"

# --- more than the log returns
schema=much
rm -f token
sim_start --seed=7 --from=2025-01-01 --to=2025-12-31 --rows=all=0,Customer=1010,Item=5 || exit 1
sync customers items --from=2024-01-01 --every=10y
is 'a first load of many' "$status" 0
rest
sync
were=$(censuses)
change Customer edit rows=1003 >edited
change Customer delete rows=4 >gone
rest
sync
is 'more was changed than the log returns' "$status $(grep -c '^qb-fetch: Customer: more was changed' said)" '0 1'
is 'what was deleted is looked for in the same run' \
	"$(pg -c 'select id from much.customers where deleted_at_utc is not null' | sort)" "$(sort gone)"
is 'of no other entity' "$(pg -c "select count(*) from much.qb_windows where by = 'census' and deleted > 0")" 1
change Customer edit rows=1003 >edited
rest
sync --census=never
is 'unless it never is to be' "$status $(grep -c '^qb-fetch: Customer: more was changed' said)" '0 1'
# the same of what is too old
qb-window customers --by=change --from=2025-01-01 --to=2025-02-01 | qb-fetch 2>said >rows
# shellcheck disable=SC2016 # the inner shell's
is 'which is known by what qb-fetch says' Customer \
	"$(bash -c 'work=.; . "$1"; read_untold; echo "${!untold[*]}"' sh "$root/scripts/pipeline/known.bash")"

# --- what the log leaves out
schema=unlogged
rm -f token
sim_start --seed=7 --from=2025-01-01 --to=2025-12-31 --rows=all=0,Customer=20,TaxRate=9 || exit 1
few() {	# few OPTION..., into $schema: $status, $calls, and whether TaxRate was read in $taken
	local before
	before=$(answered)
	qb-sync --settle="${settle-0s}" "--schema=$schema" "$@" >report 2>said
	status=$? calls=$(($(answered) - before))
	taken=$(grep -c '^qb-sync: TaxRate: nothing new' said)
}
few customers taxrates --from=2024-01-01
is 'an entity that the log leaves out' "$status" 0
rest
few --census=never
is 'is not read by the next run' "$status $calls $taken" '0 1 0'
ok 'which is said' grep -q "^qb-sync: TaxRate: not read, it is not in QuickBooks' log of changes; loaded until 2" said
is 'nor checked' "$(grep -c TaxRate report)" 0
rest
few --census=never customers tax_rates
is 'but if it is named' "$status $calls $taken" '0 2 1'
rest
few --census=never --unlogged=0
is 'or as --unlogged says' "$status $calls $taken" '0 2 1'
sleep 3
few --census=never --unlogged=never
is 'or never' "$status $calls $taken" '0 1 0'
rest
few --census=never --unlogged=2s
is 'and after that time' "$status $calls $taken" '0 2 1'
few --unlogged=soon
is 'a time that is none is refused' "$status" 64

# --- a last window that is empty, and begins before the log does
schema=quiet settle=10s	# the first load is read within it, also by a slow machine
few customers --from="$(date -u -d '100 days ago' +%F)" --every=10y
is 'a first load in one window, in which nothing was changed' "$status" 0
sleep 10
settle=1s
few --census=never
is 'is closed by one call, and the log is read' "$status $calls" '0 2'
is 'from where it ends' "$(pg -c "select count(*) from quiet.qb_windows
	where by = 'change' and range_start_utc > now() - interval '1 day'")" 1
rest
few --census=never
is 'and so from then on' "$status $calls" '0 1'
unset settle

# --- every stage is killed once
schema=killed live=3
company
qb-backfill customers invoices items --from=2024-01-01 --every=2w --schema=killed --archive=killed.archive >report 2>said
is 'a third one' $? 0
mkdir bin
cp -R "$root/scripts/qb-sync" "$root/scripts/pipeline" bin
for tool in "$build"/bin/qb-*; do
	[ -e "bin/${tool##*/}" ] || ln -s "$tool" bin
done
cat >killer <<END
#!/bin/bash
# In the place of a tool: killed after so many lines as the file kill says.
real=$build/bin/\${0##*/}
case " \$* " in *' --list-options '*|*' --help '*) exec "\$real" "\$@" ;; esac
[ -s "$dir/kill" ] || exec "\$real" "\$@"
lines=\$(cat "$dir/kill")
mkfifo "$dir/pipe.\$\$"
"\$real" "\$@" <&0 >"$dir/pipe.\$\$" &
pid=\$!
head -n "\$lines" <"$dir/pipe.\$\$"
rm "$dir/pipe.\$\$" "$dir/kill"
kill -9 \$pid \$\$
END
chmod +x killer
qb_sync=$dir/bin/qb-sync
wrong='' not_killed=''
for tool in pending fetch archive stamp load census check; do
	for lines in 0 2; do
		happen || wrong+=" $tool:happen"
		rest
		rm -f "bin/qb-$tool"
		cp killer "bin/qb-$tool"
		echo $lines >"$dir/kill"
		sync --census=0s
		[ ! -e kill ] && [ "$status" != 0 ] || not_killed+=" $tool:$lines:$status"
		rm -f "bin/qb-$tool" kill
		ln -s "$build/bin/qb-$tool" bin
		sync
		[ "$status" = 0 ] || wrong+=" $tool:$lines:$status"
	done
	[ "$(truth)" = '0 0 0' ] || wrong+=" $tool:$(truth)"
done
is 'each stage is killed, before it writes and between' "$not_killed" ''
is 'the next run brings what is missing' "$wrong" ''
is 'with all deletions' "$(marked | wc -l)" 42
find killed.archive -name '*.gz' | sort -R | xargs zcat | qb-load --schema=again >receipts
is 'the archive of all that, in any order' $? 0
content killed >of_killed
content again >of_again
ok 'gives the same tables' cmp of_killed of_again
done_testing
