#!/bin/sh
# The blocks of the pipeline qb_sync, with a stub in place of Mage: the first load,
# nothing new, changes and deletions, and for each kind of failure one sentence and the
# next step.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
mage=$(cd "${0%/*}/../../scripts/mage" && pwd)
dir=$(mktemp -d) || exit 1
trap 'sim_stop; pg_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
pg_start || { echo 'Bail out! no PostgreSQL'; exit 1; }
company='--seed=7 --from=2025-01-01 --to=2025-12-31'
# shellcheck disable=SC2086 # options
sim_start $company --rows=all=0,Invoice=600,Customer=60 ||
	{ echo 'Bail out! no simulator'; exit 1; }
export XDG_STATE_HOME="$dir/state" PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$mage"
unset QBO_TOKEN_FILE
PGPASSWORD=unused	# the stack has one
export PGPASSWORD

cat >"$dir/blocks.py" <<'END2'
import datetime
import json
import os
import sys
import types


def stub(name):
    module = None
    for end, letter in enumerate(name + '.'):
        if letter == '.':
            module = sys.modules.setdefault(name[:end], types.ModuleType(name[:end]))
    return module


class Run:
    """Its status is in a file."""

    PipelineRunStatus = types.SimpleNamespace(CANCELLED='cancelled')

    def __init__(self, number):
        self.id = number

    def refresh(self):
        with open(os.environ['RUN_STATUS']) as file:
            self.status = file.read().strip()


Run.query = types.SimpleNamespace(
    get=lambda number: Run(number) if 'RUN_STATUS' in os.environ else None)
stub('mage_ai.data_preparation.shared.secrets').get_secret_value = (
    lambda name, **_: os.environ.get(name))
stub('mage_ai.orchestration.db.models.schedules').PipelineRun = Run
import qb_mage.utils.sync as blocks

blocks.RETRY_EVERY_S = 0.3
try:
    synced = blocks.sync({
        'configuration': {}, 'pipeline_run_id': sys.argv[1], 'entities': '',
        'fecha_inicio': '', 'census': '7d', 'chunk_days': 30,
        'execution_date': datetime.datetime(2026, 1, 1), **json.loads(sys.argv[2])})
    print('synced ' + json.dumps(synced))
    print('reported ' + json.dumps(blocks.report(synced)))
except RuntimeError as why:
    sys.exit(f'error: {why}')
END2
blocks() {	# blocks RUN VARIABLES: the output in $dir/out, the status in $rc
	rc=0
	before=$(reads)
	python3 -u "$dir/blocks.py" "$@" >"$dir/out" 2>&1 || rc=$?
	calls=$(($(reads) - before))
}
reads() { grep -c ' kind=\(count\|rows\|cdc\) ' "$dir/sim.log"; }
ends_well() {	# ends_well WHAT
	[ $rc = 0 ] || sed 's/^/# /' "$dir/out"
	is "$1" $rc 0
}
said() { ok "$1" grep -q -- "$2" "$dir/out"; }
fails() {	# fails WHAT FIRST NEXT: first line of the error, and begin of its next step
	is "$1" "$rc $(sed -n 's/^error: //p' "$dir/out")" "1 $2"
	ok 'the next step is one of Mage' grep -q "^next: $3" "$dir/out"
	is 'and only one is told' "$(grep -c 'next: ' "$dir/out") $(grep -c 'then: ' "$dir/out")" '1 0'
}
change() {	# change ENTITY DO id=ID,...|rows=N
	curl -sf "$QBO_API_URL/sim/change" --get -d "entity=$1" -d "do=$2" -d "$3"
}
rows() { pg -c "select count(*) from raw.$1 where deleted_at_utc is null"; }

# --- before anything is loaded
blocks 1 '{}'
fails 'nothing is loaded: the run fails' 'qb-sync ended with status 64' \
	'for the first load set the variable fecha_inicio'
blocks 2 '{"entities": "invoices"}'
fails 'nor is an entity that is named' 'qb-sync ended with status 64' \
	'for the first load set the variable fecha_inicio'
refused() {	# refused VARIABLES LINE
	blocks 3 "$1"
	fails "$1 is refused" "$2" 'change it in the trigger'
}
refused '{"census": "soon"}' \
	'the variable census is soon; it must be a time, such as 7d or 12h, or never'
refused '{"entities": "--help"}' \
	'the variable entities is --help; it must be names separated by spaces, such as customers invoices items'
refused '{"fecha_fin": "2026-01-01"}' \
	'the variable fecha_fin is 2026-01-01; it must be empty: this pipeline always loads up to now'
blocks 4 '{"entities": "invoises", "fecha_inicio": "2020-01-01"}'
fails 'an unknown entity is refused, too' 'qb-window ended with status 64' 'correct the variable'

# --- the first load
blocks 5 '{"entities": "customers, invoices", "fecha_inicio": "2020-01-01"}'
ends_well 'with fecha_inicio the first run loads all'
is 'into the tables' "$(rows customers) $(rows invoices)" '60 600'
said 'the log has a line per entity' '^Invoice: [0-9]* windows, 600 rows loaded: 600 inserted, 0 updated, 0 unchanged$'
said 'and the report of qb-check' '^2 of 2 entities ok'
said 'and how far each table is' '^Invoice  .*Z  .* 600 .* mage-5-20260101T000000Z$'
said 'the blocks return numbers' '^synced {.*"rows": 660, "inserted": 660, .*"deleted": 0'
is 'rows have the name of the run' "$(pg -c 'select distinct run_id from raw.invoices')" mage-5-20260101T000000Z
ok 'the windows are archived' [ -d "$XDG_STATE_HOME/archive/$QBO_REALM_ID/Invoice" ]
is 'nothing is rejected' "$(ls "$XDG_STATE_HOME/rejects")" ''

# --- nothing new
blocks 6 '{"census": "never"}'
ends_well 'without variables: all that is loaded'
ok 'for at most a call per entity' [ "$calls" -le 2 ]
said 'that is 0 rows' '^[0-9]* windows, 0 rows, '

# --- what happens in a company
sleep 1
change Invoice delete rows=3 >/dev/null
change Customer edit rows=2 >/dev/null
sleep 1.2
blocks 7 '{"census": "0s"}'
ends_well 'after changes and deletions'
is 'what was deleted is marked' "$(pg -c 'select count(*) from raw.invoices where deleted_at_utc is not null')" 3
said 'and what was changed is there' '^Customer: .* 2 updated'
said 'the log has the sum' ' 2 updated, .* 3 deleted, '
said 'and the report' '^Invoice  .* 597  *3  '

# --- another run is at it
mkfifo "$dir/hold"
qb-lock Invoice <"$dir/hold" >"$dir/locked" 9>&- &
exec 9>"$dir/hold"
until [ -s "$dir/locked" ]; do sleep 0.1; done
begin() {	# begin RUN: in the background, until it waits
	: >"$dir/out"
	RUN_STATUS=$dir/status timeout 60 python3 -u "$dir/blocks.py" "$1" '{"census": "never"}' >"$dir/out" 2>&1 9>&- &
	waiting=$!
	timeout 60 sh -c "until grep -q waiting '$dir/out'; do sleep 0.1; done"
}
echo running >"$dir/status"
begin 8
before=$(reads)
sleep 1.5
is 'while another run loads an entity the block waits, and says so once' \
	"$(sed 's/ into schema.*//' "$dir/out")" 'waiting; qb-lock: another run is loading Invoice'
is 'and calls nobody' $(($(reads) - before)) 0
echo cancelled >"$dir/status"
rc=0; wait $waiting || rc=$?
is 'a block that waits ends when its run is cancelled' $rc 1
said 'with a sentence' '^error: run 8 was cancelled while this block waited'
echo running >"$dir/status"
begin 9
exec 9>&-
rc=0; wait $waiting || rc=$?
ends_well 'when the other run has ended it goes on'

# --- a login that is lost
sim_start_again() {	# sim_start_again OPTION...: the same company; it forgets all logins
	# shellcheck disable=SC2086 # options
	sim_start $company --rows=all=0,Invoice=600,Customer=60,Item=300 "$@" || exit 1
}
first=$QBO_REFRESH_TOKEN
sim_start_again
QBO_REFRESH_TOKEN=$first blocks 11 '{"census": "never"}'
fails 'a lost login is told as that' 'qb-fetch ended with status 77' \
	'the QuickBooks login is lost: log in again (RUNBOOK.md, "Logging in")'
said 'with how far each table is' '^Invoice  .*Z '
blocks 11 '{"census": "never"}'
ends_well 'after a login the same run goes on'

# --- one that ends soon
file=$(ls "$XDG_STATE_HOME"/qb/*.json)
cp "$file" "$dir/kept"
jq -c --arg soon "$(date -u -d '3 days' +%FT%TZ)" '.login_ends = $soon' "$dir/kept" >"$dir/soon"
cat "$dir/soon" >"$file"
blocks 15 '{"census": "never"}'
fails 'a login that ends soon is told by the last block' 'qb-status ended with status 75' \
	'the tables are up to date; log in again (RUNBOOK.md, "Logging in")'
said 'the others are done' '^synced '
cat "$dir/kept" >"$file"

# --- a worker that Mage kills, and its block once more
printf 'request 24..1000000 wait 600000\n' >"$dir/held"
sim_start_again --script="$dir/held"
mkdir "$dir/tmp"
TMPDIR=$dir/tmp python3 -u "$dir/blocks.py" 12 '{"entities": "items",
	"fecha_inicio": "2024-12-01", "chunk_days": 3, "page_size": 50, "scan_rows": 15}' >"$dir/out" 2>&1 &
worker=$!
items() { pg -c "select count(*) from raw.qb_windows where entity = 'Item'"; }
of_run() { grep -lzx "TMPDIR=$dir/tmp" /proc/[0-9]*/environ 2>/dev/null |
	grep -v -e "/$worker/" -e /self/; }
for _ in $(seq 300); do
	[ "$(reads)" -lt 23 ] || [ "$(items)" -lt 1 ] || break
	sleep 0.1
done
ok 'in the middle some windows are loaded, and tools are at work' \
	[ "$(items)" -gt 0 -a "$(of_run | wc -l)" -gt 3 ]
kill -KILL $worker
wait $worker 2>/dev/null
for _ in $(seq 100); do
	[ "$(of_run)" ] || break
	sleep 0.1
done
is 'when it is killed no tool is left' "$(of_run)" ''
loaded=$(items)
sim_start_again
blocks 12 '{"entities": "items", "fecha_inicio": "2024-12-01"}'
ends_well 'its block once more goes on'
is 'and reads nothing twice' "$(rows items) $(pg -c "select count(*) - count(distinct range_start_utc)
	from raw.qb_windows where entity = 'Item' and by = 'updated'")" '300 0'
ok 'since some was loaded before' [ "$loaded" -gt 0 ]

# --- rows that jsonb cannot store
pg_fresh
rm -rf "$XDG_STATE_HOME"
# shellcheck disable=SC2086 # options
sim_start $company --rows=all=0,Invoice=100,Customer=60 --spoil=25 || exit 1
for run in first again; do
	blocks 13 '{"entities": "customers invoices", "fecha_inicio": "2020-01-01",
		"census": "never"}'
	is "$run: all other rows are loaded, and the run fails" \
		"$rc $(rows customers) $(rows invoices)" '1 57 96'
	is 'each is named with its entity' \
		"$(grep -o '^[A-Z][a-z]* Id .*: PostgreSQL' "$dir/out" | cut -d' ' -f1 | uniq -c | xargs)" \
		'3 Customer 4 Invoice'
	said 'the sentence says how many, and where they are' \
		'^error: PostgreSQL cannot store 7 rows (status 65); they are in .*/all-mage-13-.*, all other rows are loaded$'
	said 'and what to do' '^next: find the Ids above in QuickBooks'
done
blocks 14 '{"census": "0s"}'
ends_well 'the next run, which looks for deletions, does not miss them'
done_testing
