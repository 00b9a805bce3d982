#!/bin/sh
# tests/tools/qb-auth-kill.t from the program's first system call on.
QB_KILL_ALL=1 exec "${0%/*}/../tools/qb-auth-kill.t"
