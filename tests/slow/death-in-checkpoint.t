#!/bin/sh
# The server stopped at each call of its checkpointer.
exec python3 "${0%/*}/../lib/stopped.py" checkpointer
