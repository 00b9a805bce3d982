#!/bin/sh
# The variables of a trigger: which values are accepted, and what the error says.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
mage=$(cd "${0%/*}/../../scripts/mage" && pwd)
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

cat >"$dir/read.py" <<'END'
import json
import os
import sys
import types

name = 'mage_ai'
for part in ('', '.data_preparation', '.shared', '.secrets'):
    name += part
    sys.modules[name] = types.ModuleType(name)
sys.modules[name].get_secret_value = lambda name, **_: os.environ.get(name)
from qb_mage.utils.settings import Variables, secrets

try:
    given = json.loads(sys.argv[1])
    if isinstance(given, str):
        print(sorted(secrets(given)))
    else:
        v = Variables({'configuration': {'entity': 'Invoice'},
                       'fecha_inicio': '2025-01-01', **given})
        print(*(getattr(v, name) for name in sys.argv[2:]))
except RuntimeError as why:
    print(why)
END
read_() { PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$mage XDG_STATE_HOME=$dir python3 "$dir/read.py" "$@"; }
refused() {	# refused VARIABLES LINE: that line, and a next step
	read_ "$1" start >"$dir/out"
	is "$1 is refused" "$(sed -n 1p "$dir/out")" "$2"
	ok 'and the next step is given' grep -q '^next: ' "$dir/out"
}

is 'what is not set has its default' "$(read_ '{}' start end by tz chunk_days page_size scan_rows resume)" \
	'2025-01-01 None updated UTC 7 1000 20000 True'
is 'an empty text is not set' \
	"$(read_ '{"fecha_fin": "", "by": "", "tz": "", "chunk_days": "", "resume": ""}' \
		end by tz chunk_days resume)" 'None updated UTC 7 True'
is 'nor is a pair of quotes, which a person may type' "$(read_ '{"fecha_fin": "\"\""}' end)" None
is 'by=txn-date' "$(read_ '{"by": "txn-date"}' by)" txn-date
is 'by in upper case and with an underscore' "$(read_ '{"by": "TXN_DATE"}' by)" txn-date
is 'a time zone' "$(read_ '{"tz": "America/Guayaquil"}' tz)" America/Guayaquil
is 'a time as a database writes it' "$(read_ '{"fecha_fin": "2025-02-01 10:00"}' end)" \
	2025-02-01T10:00
refused '{"by": "date"}' 'the variable by is date; it must be updated, created or txn-date'
refused '{"tz": "Guayaquil"}' \
	'the variable tz is Guayaquil; it must be the name of a time zone, such as America/Guayaquil'
refused '{"tz": "../etc/passwd"}' \
	'the variable tz is ../etc/passwd; it must be the name of a time zone, such as America/Guayaquil'
refused '{"tz": "America"}' \
	'the variable tz is America; it must be the name of a time zone, such as America/Guayaquil'
refused '{"by": "txn-date", "tz": "America/Guayaquil"}' \
	'the variable tz is America/Guayaquil, but by is txn-date, and the date of a transaction has no time zone'
refused '{"page_size": 1001}' 'the variable page_size is 1001; it must be a number from 1 to 1000'
refused '{"scan_rows": 0}' 'the variable scan_rows is 0; it must be a number from 1 to 1000000'
refused '{"resume": "maybe"}' 'the variable resume is maybe; it must be true or false'
refused '{"fecha_inicio": ""}' 'the variable fecha_inicio is not set'

export QBO_ENV=sandbox QBO_REALM_ID=1
is 'all missing secrets are named at once' "$(read_ '"QBO"' | sed -n 1p)" \
	'the secrets QBO_CLIENT_ID, QBO_CLIENT_SECRET are not set in Mage Secrets'
export QBO_CLIENT_ID=x QBO_CLIENT_SECRET=x
is 'before the first login it says so' "$(read_ '"QBO"' | sed -n 2p)" \
	'next: log in (RUNBOOK.md, "Logging in"), then run the pipeline again'
done_testing
