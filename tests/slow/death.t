#!/usr/bin/env python3
"""Each tool of the running pipeline, killed before each of its writes, fsyncs,
renames, sends and receives, one after the other until a run ends unkilled; and
the disk of the archive full, or taking half, at each write.  Then the same
command once more: table, ledger, archive and the names of all files are those
of a run without any fault."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import pipeline  # noqa: E402

MOST = 2000


def kill_each(place, want, tool, before=None):
    wrong, n = [], 0
    for n in range(1, MOST):
        found, first, _ = pipeline.try_once(place, want, (tool, n, "kill"),
                                            before=before)
        wrong += found
        if not pipeline.ended_by(first[tool]):
            break
    pipeline.ok(not wrong and 1 < n < MOST - 1,
                "%s%s, killed at each of %d points: the same command finishes "
                "the work" % (tool, " on older rows" if before else "", n - 1),
                wrong)
    return n - 1


def fill_each(place, want, tool, how):
    wrong, n = [], 0
    for n in range(1, MOST):
        found, first, reached = pipeline.try_once(place, want, (tool, n, how))
        wrong += found
        if not reached:
            break
        # a line of SHA256SUMS is written whole, or taken back
        if first[tool] not in ((0, 74) if how == "short" else (74,)):
            wrong.append("%d: status %s" % (n, first[tool]))
    pipeline.ok(not wrong and 1 < n < MOST - 1,
                "%s, %s at each of %d writes to a file" % (tool, how, n - 1),
                wrong)
    return n - 1


place = pipeline.Place()
try:
    truth = pipeline.reference(place)
    pipeline.ok(truth[0].count("\n") == 6 and truth[1].count("\n") == 2,
                "a run without a fault loads six rows in two windows")
    points = sum(kill_each(place, truth, tool) for tool in pipeline.TOOLS)
    # an empty table is asked nothing, and nothing in it is changed
    points += kill_each(place, pipeline.reference(place, pipeline.load_older),
                        "qb-load", pipeline.load_older)
    points += sum(fill_each(place, truth, "qb-archive", how)
                  for how in ("full", "short", "torn"))
    print("# %d points were tried" % points)
    left = place.sql("select count(*) from pg_stat_activity where "
                     "application_name like 'qb-%' and datname = "
                     "current_database() and state <> 'idle'").strip()
    pipeline.ok(left == "0", "no session of a dead loader holds anything",
                [left])
finally:
    place.close()
pipeline.done_testing()
