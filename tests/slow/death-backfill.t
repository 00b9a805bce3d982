#!/usr/bin/env python3
"""qb-backfill with all it started, killed instead of the N-th write, fsync,
rename, send or receive of any of its processes; the script alone, at each of
these moments, while the others go on; and qb-check and qb-lock, killed at each
of their own.  N counts up until a run ends unkilled.  Then the same command
once more: table, ledger, archive and the names of all files are those of a run
without any fault, and nothing is left running."""
import gzip
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import pipeline  # noqa: E402
from shared import Shared  # noqa: E402

MOST = 2000
AT_ONCE = 4
RANGE = ["--from=2025-01-01", "--to=2025-01-15"]
TABLE = """select id, payload, extract_window_start_utc, extract_window_end_utc,
    realm_id, updated_at_utc, run_id, fingerprint from {0}.{1} order by id"""
LEDGER = """select entity, range_start_utc, range_end_utc, run_id, count_after,
    rows, inserted, updated, unchanged, stale, rejected, rows_left, table_rows
    from {0}.qb_windows order by range_start_utc, seq"""


class Backfill(pipeline.Trial):
    making = threading.Lock()

    def __init__(self):
        with self.making:
            super().__init__(place)

    def rows(self):
        """Which requests brought the rows depends on what was loaded before."""
        try:
            return tuple(place.sql(q.format(self.schema, place.table))
                         for q in (TABLE, LEDGER))
        except subprocess.CalledProcessError:
            return "", ""

    def files(self):
        """Of the archive the rows in each window's file; all other names."""
        found, archive = {}, self.dir + "/archive/"
        for name, content in super().files().items():
            path = os.path.join(self.dir, name)
            if not path.startswith(archive):
                found[name] = content
            elif name.endswith(".gz"):
                with gzip.open(path, "rt", encoding="utf-8") as file:
                    rows = [line.partition('"payload":')[2] for line in file
                            if line.startswith('{"qb":"row"')]
                found[name.rpartition("_")[0]] = str(rows)
                folder = os.path.dirname(path)
                checked = subprocess.run(
                    ["sha256sum", "--check", "--quiet", "SHA256SUMS"],
                    check=False, cwd=folder)
                found[os.path.dirname(name) + "/SHA256SUMS"] = \
                    "right" if checked.returncode == 0 else "wrong"
        return found

    def start(self, command, dying):
        env = dict(place.env, XDG_STATE_HOME=self.dir + "/state",
                   TMPDIR=self.dir + "/tmp")
        env.update(dying)
        with open(self.dir + ".err", "wb") as err:
            return subprocess.Popen(command, env=env, stderr=err,
                                    stdin=subprocess.DEVNULL,
                                    stdout=subprocess.PIPE,
                                    start_new_session=True)

    def command(self, tool):
        word = [tool, place.entity, "--schema=" + self.schema]
        if tool != "qb-lock":
            word += RANGE + ["--archive=%s/archive" % self.dir]
        return word + (["--every=7d"] if tool == "qb-backfill" else [])

    def run_tool(self, tool="qb-backfill", dying=()):
        """Its status and what it printed; when all of its session is gone."""
        child = self.start(self.command(tool), dict(dying))
        printed = child.communicate()[0].decode()
        while session(child.pid):
            time.sleep(0.05)
        with open(self.dir + ".err", encoding="utf-8") as said:
            self.said = said.read()
        # A run that finds all loaded asks QuickBooks nothing, so that its report
        # has fewer figures; the verdicts are the same.
        if tool == "qb-backfill":
            printed = "".join(line for line in printed.splitlines(True)
                              if not line.startswith(" "))
        return child.returncode, printed.replace(self.schema, "S")


def session(leader):
    """Its processes, as long as they have a number."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % pid, encoding="latin-1") as file:
                rest = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(rest[3]) == leader:
            found.append(pid)
    return found


def kill_once(n, whose):
    trial = Backfill()
    shared = Shared(trial.dir + ".shared")
    shared.arm(n, 0, whose)
    first = trial.run_tool(dying={"LD_PRELOAD": place.shim,
                                  "QB_DIE_SHARED": shared.path})
    reached = shared.disarm() >= n
    wrong = [] if reached or first == truth[0] else [
        "a run that was not killed: %s: %s" % (first, trial.said)]
    again = trial.run_tool()
    if again != truth[0]:
        wrong.append("once more: %s: %s" % (again, trial.said))
    wrong += trial.differs(truth[1:])
    trial.drop()
    return ["call %d: %s" % (n, w) for w in wrong], reached


def kill_each(what, whose):
    wrong, tried, reached = [], 0, True
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while reached and tried < MOST:
            some = range(tried + 1, tried + 1 + 2 * AT_ONCE)
            for found, came in pool.map(lambda n: kill_once(n, whose), some):
                wrong += found
                tried += came
                reached = reached and came
    pipeline.ok(not wrong and 50 < tried < MOST,
                "%s, killed at each of %d calls: the same command finishes "
                "the work" % (what, tried), wrong)
    return tried


def kill_tool(tool):
    wrong, n = [], 0
    want = whole.run_tool(tool)
    for n in range(1, MOST):
        status, _ = whole.run_tool(tool, {
            "LD_PRELOAD": place.shim, "QB_DIE_AT": str(n),
            "QB_DIE_HOW": "kill"})
        again = whole.run_tool(tool)
        if again != want:
            wrong.append("call %d: %s: %s" % (n, again, whole.said))
        wrong += ["call %d: %s" % (n, w) for w in whole.differs(truth[1:])]
        if not pipeline.ended_by(status):
            break
    pipeline.ok(want[0] == 0 and not wrong and 1 < n < MOST - 1,
                "%s, killed at each of %d calls, says the same the next time"
                % (tool, n - 1), wrong)
    return n - 1


place = pipeline.Place()
try:
    whole = Backfill()
    truth = (whole.run_tool(),) + whole.rows() + (whole.files(),)
    pipeline.ok(truth[0][0] == 0 and truth[2].count("\n") == 2,
                "a run without a fault loads two windows", [] if truth[0][0] == 0 else [whole.said])
    tried = kill_tool("qb-check") + kill_tool("qb-lock")
    tried += kill_each("qb-backfill and all that it started", "")
    tried += kill_each("qb-backfill alone", "leader")
    print("# %d points were tried" % tried)
finally:
    place.close()
pipeline.done_testing()
