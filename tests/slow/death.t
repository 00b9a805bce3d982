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

place = pipeline.Place()
try:
    truth = pipeline.reference(place)
    pipeline.ok(truth[0].count("\n") == 6 and truth[1].count("\n") == 2,
                "a run without a fault loads six rows in two windows")
    points = sum(pipeline.kill_each(place, truth, tool)
                 for tool in pipeline.TOOLS)
    # an empty table is asked nothing, and nothing in it is changed
    older = pipeline.reference(place, pipeline.load_older)
    points += pipeline.kill_each(place, older, "qb-load",
                                 "qb-load on older rows",
                                 before=pipeline.load_older)
    points += sum(pipeline.fill_each(place, truth, "qb-archive", how)
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
