#!/bin/sh
# The server stopped at each call of its backends and of its walwriter.
exec python3 "${0%/*}/../lib/stopped.py" backends
