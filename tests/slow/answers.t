#!/bin/sh
# qb-fetch and answers that are always bad, or that make it wait for minutes.
exec python3 "${0%/*}/../lib/answers.py" slow
