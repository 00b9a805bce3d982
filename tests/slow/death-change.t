#!/usr/bin/env python3
"""Each tool of the running pipeline, killed before each of its writes, fsyncs,
renames, sends and receives while it carries windows by change, with rows and
gone lines, until a run ends unkilled; qb-census, which writes gone lines, too;
and the disk of the archive full, or taking half, at each write.  Then the same
command once more.

After the first run each entity has the table, deleted rows too, and the
entries of the load log that it had before, or those of a run without any fault,
and the file of each entry is in the archive.  After the second run it has the
latter, and the archive the names of all files, and their rows and gone lines.

Both entities are read by one call, and the second run asks only for what is not
loaded yet: the texts of requests differ, and with them the seals, and the
digests in the names of files.  There may be two files of a window with the same
lines.  So it is done again with a call for each entity; all bytes are the same.

What was read too early to be final (--settle) is read again by the next run,
which leaves out what the table has; and a second census finds nothing, and says
so in the load log.  There, three runs are compared with two without a fault."""
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import pipeline  # noqa: E402

ENTITIES = {"Customer": "customers", "Invoice": "invoices"}
# Minutes after FROZEN: what ENDS then is read too early, or for good.
LOADED, FIRST_WORK, FIRST_RUN, WORK, ENDS, EARLY, SETTLED = \
    0, 10, 12, 15, 20, 22, 35
OF_REQUESTS = {
    "table": ("page_number", "page_size", "request_payload"),
    "log": ("calls", "seal_sha256", "archive_file")}


class Place(pipeline.Place):
    """A company at a time that the test sets."""

    def __init__(self):
        super().__init__(rows="Customer=4,Invoice=8")

    def start_sim(self):
        self.frozen = self.dir + "/clock"
        with open(self.frozen, "wb"):
            pass
        self.set_clock(LOADED)
        super().start_sim()

    def set_clock(self, minutes):
        seconds = int(pipeline.FROZEN) + 60 * minutes
        os.utime(self.frozen, (seconds, seconds))

    def users_work(self, entity, **deeds):
        """Deeds and how often each is done, to the first rows that it fits."""
        for deed, rows in deeds.items():
            urllib.request.urlopen("%s/sim/change?%s" % (
                self.env["QBO_API_URL"], urllib.parse.urlencode(
                    {"entity": entity, "do": deed, "rows": rows}))).close()


class Start:
    """What trials begin with, to be copied: schema, archive and login."""

    def __init__(self, trial):
        self.dir, self.schema = trial.dir, trial.schema
        self.dump = subprocess.run(
            ["pg_dump", "--schema=" + trial.schema, "--no-owner"],
            env=trial.place.env, check=True, text=True,
            stdout=subprocess.PIPE).stdout

    def copy_to(self, trial):
        shutil.copytree(self.dir, trial.dir, dirs_exist_ok=True)
        trial.place.sql("begin;%s;commit" %
                        self.dump.replace(self.schema, trial.schema))


class Trial(pipeline.Trial):
    """A run by change."""

    turn_about = ["cat"]
    start = None
    by, ends = "change", "2026-01-01T00:%d:00Z" % ENDS
    every = []
    without = OF_REQUESTS  # is not compared
    loaded = set()  # how many entities, after first runs

    def __init__(self, place):
        super().__init__(place)
        self.always = {"LD_PRELOAD": place.shim, "QB_FROZEN": place.frozen}
        if self.start:
            self.start.copy_to(self)

    def commands(self):
        window, pending, _, *others = super().commands()
        return ([window[0], *ENTITIES, "--by=" + self.by,
                 "--from=2025-01-01", "--to=" + self.ends, *self.every],
                pending, ["qb-fetch", "--no-rate-limit"], *others)

    def rows(self):
        """Of each entity the table, and the entries of the load log."""
        query = "select jsonb_agg(to_jsonb(t) - '{%s}'::text[] order by %s) " \
            "from %s.%s t where %s"
        said = self.place.sql(";".join(
            query % (",".join(self.without["table"]), "id", self.schema,
                     table, "true") + ";" +
            query % (",".join(self.without["log"] + ("seq", "loaded_at_utc")),
                     "seq", self.schema, "qb_windows",
                     "entity = '%s'" % entity)
            for entity, table in ENTITIES.items())).splitlines()
        return tuple(said[::2]), tuple(said[1::2])

    def files(self):
        """Of the archive all lines of each window; all other names."""
        if not self.without["log"]:
            return super().files()
        found = {}
        for name in super().files():
            path = os.path.join(self.dir, name)
            if name.endswith(".gz"):
                with gzip.open(path, "rt", encoding="utf-8") as file:
                    lines = [line.partition('"payload":')[2] or
                             line.partition('"gone":')[2] for line in file
                             if line.startswith(('{"qb":"row"',
                                                 '{"qb":"gone"'))]
                found.setdefault(name.rpartition("_")[0], set()).add(
                    "".join(lines))
            elif name.endswith("SHA256SUMS"):
                found[name] = self.wrong_sums(path)
            else:
                found[name] = ""
        return {name: str(content) for name, content in found.items()}

    @staticmethod
    def wrong_sums(path):
        """Files beside it with another sum, or in one list of both only."""
        folder = os.path.dirname(path)
        sums = set()
        for name in set(os.listdir(folder)) - {"SHA256SUMS"}:
            with open(os.path.join(folder, name), "rb") as file:
                sums.add("%s  %s\n" % (
                    hashlib.sha256(file.read()).hexdigest(), name))
        with open(path, encoding="ascii") as file:
            return sorted(sums ^ set(file))

    def lost(self):
        """Files of which the load log says that they are in the archive."""
        named = self.place.sql(
            "select coalesce(archive_file, 'none, window ' || seq) from "
            "%s.qb_windows where rows > 0" % self.schema).splitlines()
        return ["not in the archive: " + name for name in named if not
                os.path.exists("%s/archive/%s" % (self.dir, name))]

    def torn(self, want, status):
        """Each window is there with its entry and its file, or not at all."""
        now = list(zip(*self.rows()))
        self.loaded.add(sum(pair in want[4] for pair in now))
        wrong = ["of %s a part was loaded" % entity for entity, pair in
                 zip(ENTITIES, now) if pair not in want[3]]
        if status["qb-load"] == 0 and set(now) != set(want[4]):
            wrong.append("qb-load said 0, and not all was there")
        return wrong + self.lost()

    def differs(self, want):
        return super().differs(want) + self.lost()


class First(Trial):
    """What was loaded before, by updated."""

    by, ends, start = "updated", "2025-12-31T23:00:00Z", None
    every = ["--every=10y"]


class Apart(Trial):
    """Each entity by a call of its own, as if it were a stream of its own."""

    turn_about = ["sed", "-e", '1a {"qb":"end","windows":1,"rows":0}',
                  "-e", '$s/"windows":2/"windows":1/']
    without = {"table": (), "log": ()}


class Census(Trial):
    """Deletions are found by counting."""

    by = "created"
    every = First.every
    loaded = set()

    def commands(self):
        window, pending, _, *others = super().commands()
        return (window, ["qb-census", "--no-rate-limit", pending[1]], *others)


class Early(Trial):
    """The run before."""

    ends = "2026-01-01T00:%d:00Z" % FIRST_RUN


def run(trial):
    status = trial.run()
    if any(status.values()):
        sys.exit("a run without a fault fails: %s\n%s" % (status, trial.said))
    return trial


def reference(kind, more=1):
    """What there is after such runs; what the first may leave if it is killed,
    and what it leaves if it succeeds."""
    trial = kind(place)
    before = list(zip(*trial.rows()))
    after = list(zip(*run(trial).rows()))
    for _ in range(1, more):
        run(trial)
    return trial.rows() + (trial.files(), before + after, after)


def kill_each(tools, kind, name="%s", more=1):
    want = reference(kind, more)
    deleted = [rows.count('"deleted_at_utc": "') for rows in want[0]]
    pipeline.ok(deleted == [1, 3] and
                not set(want[3][:2]) & set(want[4]),
                "%s: one customer and three invoices are deleted" %
                (name % "a run"), () if deleted == [1, 3] else deleted)
    return sum(pipeline.kill_each(place, want, tool, name % tool, kind=kind,
                                  more=more) for tool in tools)


def first_work():
    """One is edited and deleted before the next run, one comes back then."""
    place.set_clock(FIRST_WORK)
    place.users_work("Customer", edit=2)
    place.users_work("Invoice", delete=2, edit=1)
    place.set_clock(FIRST_RUN)


def more_work():
    place.set_clock(WORK)
    place.users_work("Customer", delete=1, inactivate=1)
    # return is a word of Python
    place.users_work("Invoice", **{"delete": 2, "edit": 2, "return": 1})


place = Place()
try:
    First.start = Start(run(First(place)))
    first_work()
    Early.start = First.start
    Trial.start = Apart.start = Start(run(Early(place)))
    more_work()
    place.set_clock(SETTLED)
    points = kill_each(pipeline.TOOLS, Trial)
    points += kill_each(("qb-fetch", "qb-archive", "qb-stamp"), Apart,
                        "%s, with a call for each entity")
    want = reference(Apart)
    points += sum(pipeline.fill_each(place, want, "qb-archive", how, kind=Apart)
                  for how in ("full", "short", "torn"))
    First.ends = Trial.ends
    Census.start = Start(run(First(place)))
    points += kill_each(("qb-census",), Census, more=2)
    place.set_clock(EARLY)
    points += kill_each(("qb-archive", "qb-load"), Trial,
                        "%s, on what is read again", more=2)
    pipeline.ok(Trial.loaded == Census.loaded == {0, 1, 2},
                "so many of two entities were loaded by first runs: %s, and "
                "with the census %s" % (Trial.loaded, Census.loaded))
    print("# %d points were tried" % points)
finally:
    place.close()
pipeline.done_testing()
