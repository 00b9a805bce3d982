#!/usr/bin/env python3
"""The link between qb-load and PostgreSQL, cut before each piece of what
passes, just before and just after each COMMIT too; the server, stopped as by
-m immediate, at each of these moments; and the disk of its tablespace full.
Then the same command once more: all is as in a run without any fault."""
import os
import subprocess
import sys
import tempfile
import time

LIB = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib")
sys.path.insert(0, LIB)
import pipeline  # noqa: E402

MOST = 1000


def gone(pid):
    for _ in range(600):
        if not os.path.exists("/proc/%d" % pid):
            return
        time.sleep(0.05)
    sys.exit("the server does not stop")


def cut_once(n, with_server, want, before):
    """A run whose n-th piece never arrives: what was wrong, what it was."""
    folder = tempfile.mkdtemp(dir=place.dir)
    pid = place.postmaster()
    proxy = subprocess.Popen(
        ["python3", LIB + "/pgcut.py", folder, "%s/.s.PGSQL.%s" % (
            place.env["PGHOST"], place.env["PGPORT"]), str(n),
         str(pid if with_server else 0)], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    proxy.stdout.readline()
    was = []

    def between():
        was.append(proxy.communicate()[0].strip())
        if with_server and was[0] != "nothing":
            gone(pid)
            place.restart()

    wrong, _, _ = pipeline.try_once(
        place, want, load={"PGHOST": folder, "PGPORT": "5432"},
        between=between, before=before)
    return ["piece %d, %s: %s" % (n, was[0], w) for w in wrong], was[0]


def cut_each(what, with_server, before=None):
    want = pipeline.reference(place, before)
    wrong, kinds = [], {}
    for n in range(1, MOST):
        found, was = cut_once(n, with_server, want, before)
        wrong += found
        if was == "nothing":
            break
        kinds[was] = kinds.get(was, 0) + 1
    points = sum(kinds.values())
    print("# %s: %s" % (what, kinds))
    pipeline.ok(not wrong and points > 20,
                "%s at each of %d moments: the same command finishes the work"
                % (what, points), wrong)
    pipeline.ok(kinds.get("commit", 0) >= 2 and kinds.get("committed", 0) >= 2,
                "before and after the COMMIT of each window, too")
    return points


place = pipeline.Place(own_server=True)
try:
    tried = cut_each("the link is cut", False)
    tried += cut_each("the link is cut on older rows", False,
                      pipeline.load_older)
    tried += cut_each("the server stops", True)
    print("# %d points were tried" % tried)
finally:
    place.close()
pipeline.done_testing()
