#!/bin/sh
# The blocks of a pipeline for windows that are too young to be final, with a stub in
# place of Mage: those without rows have no file in the archive; what was read too
# early is read again; and the secret QBO_MONTHLY_CALLS reaches the tools.
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
sim_start --seed=7 --rows=all=0,Customer=50 --from=2025-01-01 --to=2025-02-01 ||
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


stub('mage_ai.data_preparation.shared.secrets').get_secret_value = (
    lambda name, **_: os.environ.get(name))
stub('mage_ai.orchestration.db.models.schedules').PipelineRun = types.SimpleNamespace(
    query=types.SimpleNamespace(get=lambda number: None))
from qb_mage.utils.stages import extract, load, validate

kwargs = {'configuration': {'entity': 'Customer'}, 'fecha_inicio': '2025-01-01',
          'chunk_days': '20',
          'pipeline_run_id': sys.argv[1],
          'execution_date': datetime.datetime(2026, 1, 1), **json.loads(sys.argv[2])}
try:
    extracted = extract(kwargs)
    if sys.argv[3:] == ['again']:   # as "Retry incomplete blocks" does
        extracted = extract(kwargs)
    print(json.dumps(validate(load(extracted, kwargs))))
except RuntimeError as why:
    sys.exit(str(why))
END2
blocks() {	# blocks RUN VARIABLES [again]: the output in $dir/out, the status in $rc
	rc=0
	python3 "$dir/blocks.py" "$@" >"$dir/out" 2>&1 || rc=$?
}
reads() { grep -c 'kind=\(count\|rows\) status=200' "$dir/sim.log"; }
files() { find "$XDG_STATE_HOME/archive" -name '*.ndjson.gz' | wc -l; }

# --- the last window ends now, and has no rows
blocks 1 '{}'
ends_well() {	# ends_well WHAT
	[ $rc = 0 ] || sed 's/^/# /' "$dir/out"
	is "$1" $rc 0
}
ends_well 'a first run up to now ends well'
is 'all rows are there' "$(pg -c 'select count(*) from raw.customers')" 50
ok 'it says what qb-check counted' grep -qx 'Customer: counted = 50' "$dir/out"
is 'and nothing of what it did not count' "$(grep -c 'None$' "$dir/out")" 0
is 'the last window is provisional' "$(pg -c 'select count(*) from raw.qb_windows where provisional')" 1
is 'and has no file' "$(files)" "$(pg -c 'select count(*) from raw.qb_windows where not provisional')"

before=$(files) called=$(reads)
sleep 1
blocks 2 '{}'
ends_well 'a run with nothing new ends well'
is 'it adds no file' "$(files)" "$before"
is 'and takes two calls, that of qb-check included' $(($(reads) - called)) 2
sleep 1
blocks 3 '{}' again
is 'so does one of which a block was run again' "$rc $(files)" "0 $before"

# --- a window with rows that was read too early is not taken from the archive
sim_start --seed=7 --rows=all=0,Customer=50 --from="$(date -u -d '2 hours ago' +%FT%TZ)" \
	--to="$(date -u -d '1 minute ago' +%FT%TZ)" || { echo 'Bail out! no simulator'; exit 1; }
rm -rf "$XDG_STATE_HOME"
pg -c 'drop schema raw cascade' 2>/dev/null
range=$(printf '{"fecha_inicio": "%s", "fecha_fin": "%s"}' \
	"$(date -u -d '10 minutes ago' +%FT%TZ)" "$(date -u -d '1 minute ago' +%FT%TZ)")
blocks 4 "$range"
ends_well 'a range that ended a minute ago is loaded'
ok 'it has rows' [ "$(pg -c 'select count(*) from raw.customers')" -gt 0 ]
is 'in a file' "$(files)" 1
blocks 5 "$range"
ends_well 'loaded once more'
ok 'they are read again' grep -q ' fetched and archived$' "$dir/out"

# --- the secret that limits the calls of a month
export QBO_MONTHLY_CALLS=1
blocks 6 '{}'
is 'QBO_MONTHLY_CALLS stops a run' $rc 1
ok 'as the tools do' grep -q 'QBO_MONTHLY_CALLS' "$dir/out"
done_testing
