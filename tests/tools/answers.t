#!/bin/sh
# qb-fetch and bad answers: each one once, on the first, a middle and the last
# page.  What takes longer is in tests/slow/answers.t.
exec python3 "${0%/*}/../lib/answers.py" quick
