#!/usr/bin/env python3
"""Rows are edited and deleted while many windows are read by scans: before each
count and each page of a run, at the beginning, at the end, and in the middle of
what is asked for, a row or more than a page at a time.

A row that stayed is in its window if that is sealed; no row is there twice;
every seal is true, of its window, of its scan and about its calls; a window
that is not sealed is named.  A row that is edited leaves all windows, since
these have passed: so no Id may stand in two of them."""
import base64
import itertools
import json
import os
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, ROOT + "/tests/lib")
import scans  # noqa: E402

BUILD = os.environ.get("QB_BUILD", ROOT + "/build")
SIM = os.path.abspath(BUILD + "/tests/sim/qb-sim")
FROM, TO = "2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z"
RANGE = ["--from=" + FROM, "--to=" + TO]
WORLD = ["--seed=8", "--rows=all=0,Invoice=40", "--rotation=all"] + RANGE
FETCH = ["qb-fetch", "--page-size=4", "--scan-rows=12", "--retries=1",
         "--no-rate-limit"]
MOST = 200  # requests of a run

count = bad = 0


def ok(passed, what, details=()):
    global count, bad
    count += 1
    bad += not passed
    print("%sok %d - %s" % ("" if passed else "not ", count, what))
    for detail in list(details)[:8]:
        print("# " + str(detail).replace("\n", "\n# "), flush=True)


class Tickets:
    def __init__(self, every, by="updated"):
        self.text = subprocess.run(
            ["qb-window", "Invoice", "--every=" + every, "--by=" + by] + RANGE,
            check=True, stdout=subprocess.PIPE).stdout
        self.lines = [json.loads(x) for x in self.text.splitlines()]
        self.by = by

    def time_of(self, row):
        if self.by == "txn-date":
            return scans.instant(row["TxnDate"] + "T00:00:00Z")
        return scans.instant(row["MetaData"]["LastUpdatedTime"])


class Case:
    """A company of its own, rules about it, and one run of qb-fetch."""

    def __init__(self, rules, options=(), tickets=None):
        self.tickets = tickets or MANY
        self.name = "; ".join(rules) + " " + " ".join(options)
        with tempfile.TemporaryDirectory() as self.dir:
            with open(self.dir + "/script", "w", encoding="ascii") as file:
                file.write("\n".join(rules) + "\n")
            sim = subprocess.Popen([
                SIM, "--env=" + self.dir + "/env", "--log=" + self.dir + "/log",
                "--script=" + self.dir + "/script"] + WORLD)
            try:
                self.run(sim, list(options))
            finally:
                sim.kill()
                sim.wait()

    def run(self, sim, options):
        while not os.path.exists(self.dir + "/env"):
            if sim.poll() is not None:
                sys.exit("qb-sim does not start")
        env = dict(os.environ, XDG_STATE_HOME=self.dir)
        with open(self.dir + "/env", encoding="ascii") as lines:
            env.update(line.strip().split("=", 1) for line in lines)
        done = subprocess.run(FETCH + options, input=self.tickets.text, env=env,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              check=False)
        self.status, self.said = done.returncode, done.stderr.decode()
        self.stream = scans.Stream(done.stdout.splitlines(True))
        self.wrong = list(scans.check(self.stream, self.tickets.lines))
        self.calls = scans.calls_of(self.dir + "/log")[0]
        with open(self.dir + "/log", encoding="ascii") as lines:
            self.requests = sum("kind=rows" in line or "kind=count" in line
                                for line in lines)
        self.judge(done.stdout, [(row["Id"], self.tickets.time_of(row))
                                 for row in there_now(env)])

    def judge(self, text, there):
        for w in self.stream.sealed:
            start, end = (scans.instant(w.window[x]) for x in ("start", "end"))
            came = {i for i, _ in w.rows}
            self.wrong += ["%s: %s stayed, and is missing" % (w, i)
                           for i, at in there
                           if start <= at < end and i not in came]
        stamped = subprocess.run(["qb-stamp"], input=text, check=False,
                                 stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE)
        whole = self.stream.end is not None
        if stamped.returncode != (0 if whole else 75):
            self.wrong.append("qb-stamp: %s" % stamped.stderr.decode())
        if (self.status, whole) not in ((0, True), (75, False)):
            self.wrong.append("status %d, end: %s" % (self.status, whole))
        if self.status == 75 and "changed in each of" not in self.said:
            self.wrong.append("what is missing is not named")
        seals = sum(w.seal["fetch"].get("calls", 0) for w in self.stream.sealed)
        if whole and seals != self.calls:
            self.wrong.append("%d calls in the seals, %d were answered" %
                              (seals, self.calls))
        if self.wrong:
            self.wrong = ["%s: %s" % (self.name, w) for w in self.wrong[:4]]
            self.wrong.append(self.said)


def post(url, env, form):
    basic = base64.b64encode(("%s:%s" % (
        env["QBO_CLIENT_ID"], env["QBO_CLIENT_SECRET"])).encode()).decode()
    request = urllib.request.Request(
        url, urllib.parse.urlencode(form).encode(),
        {"Authorization": "Basic " + basic})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def there_now(env):
    """All rows, asked by another client when all is over."""
    token = post(env["QBO_TOKEN_URL"], env, {
        "grant_type": "refresh_token",
        "refresh_token": env["QBO_REFRESH_TOKEN"]})["access_token"]
    query = "select * from Invoice orderby Id maxresults 1000"
    request = urllib.request.Request(
        "%s/v3/company/%s/query?%s" % (
            env["QBO_API_URL"], env["QBO_REALM_ID"],
            urllib.parse.urlencode({"query": query})),
        headers={"Authorization": "Bearer " + token,
                 "Accept": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["QueryResponse"].get("Invoice", [])


def each_position(what, rows, options, tickets):
    """The drift before request 1, 2, ... until a run has fewer requests."""
    for n in itertools.count(1):
        case = Case(["request %d %s" % (n, " and ".join(
            "%s %d" % (w, rows) for w in what))], options, tickets)
        case.moved = rows * len(what)
        yield case
        if case.requests < n or n == MOST:
            return


def positions(what, options, rows=(1, 8), tickets=None):
    plans = [(w, r) for w in what for r in rows]
    with ThreadPoolExecutor(2) as pool:
        cases = [case for some in pool.map(
            lambda plan: list(each_position(*plan, options, tickets)), plans)
            for case in some]
    return cases


def tell(title, cases):
    wrong = [w for case in cases for w in case.wrong]
    whole = sum(case.status == 0 for case in cases)
    ok(not wrong and len(cases) > 1,
       "%s: %d drifts, %d proven, %d given up: nothing that stayed is missing, "
       "nothing is there twice, every seal is true" % (
           title, len(cases), whole, len(cases) - whole), wrong)
    return whole


os.environ["PATH"] = os.path.abspath(BUILD + "/bin") + ":" + os.environ["PATH"]
for name in [n for n in os.environ if n.startswith(("QBO_", "QB_MONTHLY"))]:
    del os.environ[name]
MANY, ONE, DATED = Tickets("3d"), Tickets("31d"), Tickets("3d", "txn-date")
DRIFTS = [("edit",), ("delete",), ("edit-last",), ("delete-last",),
          ("edit-here",), ("delete-here",), ("edit", "delete-last")]

quiet = Case([])
ok(not quiet.wrong and quiet.status == 0 and len(quiet.stream.ids()) == 40 and
   len(quiet.stream.scans()) > 2, "without drift there are several scans",
   quiet.wrong)
for jobs, some in (1, DRIFTS), (4, DRIFTS[:4]):
    cases = positions(some, ["--jobs=%d" % jobs])
    whole = tell("once, --jobs=%d" % jobs, cases)
    ok(whole == len(cases), "once is not too often", [
        case.name + case.said for case in cases if case.status])
    one, many = (max(case.calls for case in cases if (case.moved > 1) == many)
                 for many in (False, True))
    # a scan has three pages and two counts, one of which may be another's
    ok(one <= quiet.calls + 6 and many <= 2 * quiet.calls + 6,
       "what shifted is read again, and no more: without drift %d calls, at "
       "most %d where one row moves, %d where many do" % (
           quiet.calls, one, many))

for options in ([], ["--keep-going"]):
    with ThreadPoolExecutor(2) as pool:
        tell("again and again %s" % " ".join(options), list(pool.map(
            lambda rules: Case(rules, ["--jobs=1"] + options),
            [["every %d %s 1" % (n, what)] for n in (2, 3, 5, 7)
             for what in ("edit", "delete", "delete-last", "edit-here")] +
            [["page %d always %s 1" % (n, what)] for n in (1, 2, 3)
             for what in ("edit", "delete", "edit-last", "delete-here")] +
            [["count always edit 1"], ["count times 3 delete-last 2"]])))
for what, tickets, some in (
        ("a window of several scans", ONE, DRIFTS[:4]),
        ("by TxnDate", DATED, [("delete",), ("delete-last",)])):
    tell(what, positions(some, ["--jobs=1"], (1,), tickets))
print("1..%d" % count)
sys.exit(bad != 0)
