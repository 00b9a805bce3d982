#!/bin/sh
# The error of the block for rows that jsonb cannot store, without a Mage.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
mage=$(cd "${0%/*}/../../scripts/mage" && pwd)
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

digits=$(printf '%0140000d' 0 | tr 0 9)
printf '{"qb":"row","payload":{"Id":"%s"%s}}\n' \
	7 ",\"DocNumber\":\"A-1\",\"Amt\":$digits" 8 ',"DisplayName":"\u0000x"' \
	9 ',"Amt":1e200000' 7 ',"DocNumber":"A-1"' >"$dir/Invoice-r.ndjson"
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$mage python3 - "$dir" >"$dir/out" 2>&1 <<'E2'
import sys
import types

name = 'mage_ai'    # its secrets are not needed here
for part in ('', '.data_preparation', '.shared', '.secrets'):
    name += part
    sys.modules[name] = types.ModuleType(name)
sys.modules[name].get_secret_value = None
from qb_mage.utils.rejects import Rejects

try:
    Rejects(sys.argv[1], 'Invoice', 'r').report(3)
except RuntimeError as why:
    print(why)
E2
is 'each is named once, also one with a number of 140,000 digits' \
	"$(grep 'cannot store it' "$dir/out")" \
	"Invoice Id 7 'A-1': PostgreSQL cannot store it
Invoice Id 8 '\\x00x': PostgreSQL cannot store it
Invoice Id 9: PostgreSQL cannot store it"
ok 'and the file and what to do' grep -q '^next: find the Ids above' "$dir/out"
done_testing
