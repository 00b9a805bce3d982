#!/usr/bin/env python3
"""qb-fetch, killed before each of its writes, sends and receives while it reads
many windows by several scans; then the same pipeline once more, with qb-pending.
Table, ledger and windows are those of a run without a fault; what was sealed
before is not read again; no window is loaded twice, nothing is left in TMPDIR,
and qb-check agrees."""
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import pipeline  # noqa: E402

MOST = 1000
RANGE = ["--from=2025-01-01", "--to=2025-01-15"]
# Which page brought a row depends on the scan that was resumed.
TABLE = """select id, payload, extract_window_start_utc, extract_window_end_utc,
    realm_id, updated_at_utc, run_id, fingerprint from {0}.{1} order by id"""
LEDGER = """select entity, range_start_utc, range_end_utc, count_after, rows,
    inserted, updated, unchanged, stale, rows_left from {0}.qb_windows
    order by range_start_utc, seq"""


class Trial(pipeline.Trial):
    making = threading.Lock()

    def __init__(self):
        with self.making:
            super().__init__(place)

    turn_about = ["cat"]

    def commands(self):
        return (["qb-window", place.entity, "--every=1d"] + RANGE,
                *super().commands()[1:])

    def state(self):
        """Table and ledger, and what a killed qb-fetch left behind."""
        try:
            found = [place.sql(q.format(self.schema, place.table))
                     for q in (TABLE, LEDGER)]
        except subprocess.CalledProcessError:
            found = ["", ""]
        return found + [os.listdir(self.dir + "/tmp")]

    def check(self):
        env = dict(place.env, XDG_STATE_HOME=self.dir + "/state")
        done = subprocess.run(
            ["qb-check", place.entity, "--schema=" + self.schema,
             "--no-rate-limit", "--archive=%s/archive" % self.dir] + RANGE,
            env=env, check=False, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        return "" if done.returncode == 0 else done.stdout


def kill_once(n):
    trial = Trial()
    first = trial.run(("qb-fetch", n, "kill"))
    reached, wrong = trial.reached, []
    loaded = trial.state()[1].count("\n")
    second = trial.run()
    if any(second.values()):
        wrong.append("the second run: %s: %s" % (second, trial.said))
    wrong += ["%s: %s, not %s" % (what, got, want) for what, got, want in zip(
        ("the table", "the ledger", "TMPDIR"), trial.state(), truth)
        if got != want]
    said = trial.check()
    if said:
        wrong.append("qb-check: " + said)
    trial.drop()
    killed = pipeline.ended_by(first["qb-fetch"])
    return ["call %d: %s" % (n, w) for w in wrong], reached and killed, loaded


place = pipeline.Place(rows="Item=12")
place.fetch = ["qb-fetch", "--no-rate-limit", "--page-size=2", "--scan-rows=5",
               "--jobs=2"]
try:
    whole = Trial()
    status = whole.run()
    truth = whole.state()
    pipeline.ok(not any(status.values()) and truth[0].count("\n") == 12 and
                truth[1].count("\n") == 14 and not whole.check(),
                "a run without a fault loads twelve rows in fourteen windows",
                [status, whole.said])
    wrong, tried, partly, more = [], 0, set(), True
    with ThreadPoolExecutor(3) as pool:
        while more and tried < MOST:
            for found, died, loaded in pool.map(
                    kill_once, range(tried + 1, tried + 7)):
                wrong += found
                more = more and died
                tried += more
                partly.add(loaded)
    pipeline.ok(not wrong and 20 < tried < MOST,
                "qb-fetch, killed at each of %d calls: the same command "
                "finishes the work" % tried, wrong)
    pipeline.ok(len(partly) > 2, "with no window, all windows or some of them "
                "loaded before: %s" % sorted(partly))
finally:
    place.close()
pipeline.done_testing()
