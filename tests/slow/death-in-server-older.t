#!/bin/sh
# The server stopped at each call of its backends, while they change rows.
exec python3 "${0%/*}/../lib/stopped.py" older
