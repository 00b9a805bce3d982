#!/usr/bin/env python3
"""No room: for the rows that wait in qb-load, at each write of its spool; and
in the tablespaces of the server, on a file system of a few megabytes.  When
there is room, the same command once more: all is as in a run that had it."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import pipeline  # noqa: E402

MOST = 200


def fill_spool(how):
    wrong, n = [], 0
    for n in range(1, MOST):
        found, first, reached = pipeline.try_once(place, truth,
                                                  ("qb-load", n, how))
        wrong += found
        if not reached:
            break
        want = 0 if how == "short" else 74
        if first["qb-load"] != want:
            wrong.append("%d: status %s, not %d" % (n, first["qb-load"], want))
    pipeline.ok(not wrong and 2 < n < MOST - 1,
                "the spool: %s at each of %d writes" % (how, n - 1), wrong)
    return n - 1


def mount(size, remount=""):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", "%ssize=%dk" % (
        remount, size), "tmpfs", small], stderr=subprocess.DEVNULL,
        check=False).returncode == 0


def owner():
    return os.stat(place.dir + "/server/data")


def fill_tablespace(what, option, sizes, before=None):
    """The server's disk is full at each of these sizes, in kilobytes."""
    want = pipeline.reference(place, before) if before else truth
    wrong = []
    for size in sizes:
        if not mount(size):
            pipeline.ok(True, "%s # SKIP no file system can be mounted here"
                        % what)
            return 0
        os.chown(small, owner().st_uid, owner().st_gid)
        place.sql("create tablespace small location '%s'" % small)
        found, first, _ = pipeline.try_once(
            place, want, load={"PGOPTIONS": "-c %s=small" % option},
            between=lambda: mount(1000000, "remount,"), before=before)
        wrong += ["%d kB: %s" % (size, w) for w in found]
        if first["qb-load"] not in (74, 75):
            wrong.append("%d kB: status %s" % (size, first["qb-load"]))
        place.sql("drop tablespace small")
        subprocess.run(["umount", small], check=True)
    pipeline.ok(not wrong, "%s full, at %d sizes" % (what, len(sizes)), wrong)
    return len(sizes)


place = pipeline.Place(own_server=True, rows="Invoice=4400")
small = place.dir + "/small"
os.mkdir(small)
try:
    # the fault is qb-load's; half of the time of a run was spent on the pace
    place.fetch = ["qb-fetch", "--no-rate-limit"]
    truth = pipeline.reference(place)
    pipeline.ok(truth[1].count("\n") == 2, "a run with room loads two windows")
    tried = sum(fill_spool(how) for how in ("full", "short", "torn"))
    tried += fill_tablespace("the tablespace of the tables",
                             "default_tablespace",
                             (40, 200, 600, 1200, 2000, 2800))
    # of an empty table nothing is asked, and new rows pass through no stage
    tried += fill_tablespace("the tablespace of the keys", "temp_tablespaces",
                             (8, 40, 80, 120), pipeline.load_older)
    tried += fill_tablespace("the tablespace of the stage", "temp_tablespaces",
                             (300, 1000, 2000, 3000), pipeline.load_older)
    print("# %d points were tried" % tried)
finally:
    if os.path.ismount(small):
        subprocess.run(["umount", small], check=False)
    place.close()
pipeline.done_testing()
