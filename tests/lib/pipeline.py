"""pipeline.py - the whole pipeline against the simulator, with a fault in it,
and what is in table, ledger and archive afterwards; for the tests of death."""
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
from shared import Shared  # noqa: E402

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.environ.get("QB_BUILD", os.path.join(ROOT, "build"))
TOOLS = ("qb-window", "qb-pending", "qb-fetch", "qb-archive", "qb-stamp",
         "qb-load")
FROZEN = "1767225600"
MOST = 2000
AT_ONCE = 4
ENDED = "-- the end of what was asked"
TABLE = """select id, payload, extract_window_start_utc, page_number,
    page_size, request_payload, realm_id, updated_at_utc, fetched_at_utc,
    run_id, fingerprint from {0}.{1} order by id"""
LEDGER = """select entity, realm_id, by, range_start_utc, range_end_utc,
    run_id, fetched_at_utc, count_before, count_after, pages, rows, inserted,
    updated, unchanged, stale, rejected, rows_left, table_rows, seal_sha256,
    archive_file from {0}.qb_windows order by seq"""

count = bad = 0


def ok(passed, what, details=()):
    global count, bad
    count += 1
    bad += not passed
    print("%sok %d - %s" % ("" if passed else "not ", count, what))
    for detail in list(details)[:8]:
        print("# " + str(detail).replace("\n", "\n# "), flush=True)


def done_testing():
    print("1..%d" % count)
    sys.exit(bad != 0)


class Psql:
    """One that stays: most of the time of a psql is its start."""

    def __init__(self, env):
        self.said = tempfile.TemporaryFile("w+")
        self.child = subprocess.Popen(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"],
            env=env, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self.said)

    def ask(self, text):
        """What is printed, or None: it failed, and has ended."""
        lines = []
        try:
            self.child.stdin.write("%s\n;\n\\echo %s\n" % (text, ENDED))
            self.child.stdin.flush()
        except BrokenPipeError:
            pass
        for line in self.child.stdout:
            if line == ENDED + "\n":
                return "".join(lines)
            lines.append(line)
        return None

    def end(self):
        """Its status, and what it complained of."""
        try:
            self.child.communicate()
        except BrokenPipeError:
            pass
        self.said.seek(0)
        with self.said:
            return self.child.wait(), self.said.read()


class Place:
    """A simulator, a database, and a folder; one for a test."""

    def __init__(self, own_server=False, rows="Item=6"):
        # a server that is stopped often syncs often: in memory that is free
        memory = own_server and os.access("/dev/shm", os.W_OK)
        self.dir = tempfile.mkdtemp(prefix="qb-death.",
                                    dir="/dev/shm" if memory else None)
        self.entity = rows.split("=")[0]
        self.table = self.entity.lower() + "s"
        self.rows = rows
        os.chmod(self.dir, 0o755)
        self.own = self.dies = own_server
        self.sim = None
        self.fetch = ["qb-fetch"]
        self.frozen = FROZEN
        self.making = threading.Lock()
        self.psqls = []  # that are free
        self.number = 0
        self.shim = os.path.join(self.dir, "dying.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-D_GNU_SOURCE",
                        "-o", self.shim, ROOT + "/tests/lib/dying.c", "-ldl"],
                       check=True)
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith(("QBO_", "QB_", "PG"))}
        self.env["PATH"] = BUILD + "/bin:" + self.env["PATH"]
        self.env["QB_RUN_ID"] = "r"
        self.shared = Shared(self.dir + "/shared")
        self.start_server()
        self.start_sim()

    def start_server(self):
        """The test run's own PostgreSQL, or another to do with as one likes."""
        if self.own or "QB_TEST_PGHOST" not in os.environ:
            self.own = True
            self.restart()
        else:
            for name in ("PGHOST", "PGPORT", "PGUSER"):
                self.env[name] = os.environ["QB_TEST_" + name]
            self.env["PGDATABASE"] = "postgres"
        name = "death_%d" % os.getpid()
        self.sql("create database " + name)
        self.disconnect()
        self.env["PGDATABASE"] = name

    def restart(self):
        env = dict(os.environ)
        if self.dies:
            env.update(LD_PRELOAD=self.shim, QB_DIE_SHARED=self.shared.path)
        said = subprocess.run([ROOT + "/scripts/private-postgres", "start",
                               self.dir + "/server"], check=True, text=True,
                              env=env, stdout=subprocess.PIPE).stdout
        for pair in said.split():
            name, value = pair.split("=", 1)
            self.env.setdefault(name, value.strip("'"))

    def set_for_server(self, *settings):
        """Lines of postgresql.conf, which a new start does not write anew."""
        with open(self.dir + "/server/data/postgresql.conf", "a",
                  encoding="utf-8") as file:
            file.write("".join(line + "\n" for line in settings))
        self.sql("select pg_reload_conf()")

    def postmaster(self):
        with open(self.dir + "/server/data/postmaster.pid",
                  encoding="utf-8") as file:
            return int(file.readline())

    def start_sim(self):
        path = self.dir + "/sim.env"
        self.sim = subprocess.Popen(
            [BUILD + "/tests/sim/qb-sim", "--env=" + path, "--rows=all=0," + self.rows, "--from=2025-01-01", "--to=2025-01-15", "--rotation=all"],
            env=dict(self.env, LD_PRELOAD=self.shim, QB_FROZEN=self.frozen))
        while not os.path.exists(path) or not os.path.getsize(path):
            if self.sim.poll() is not None:
                sys.exit("qb-sim does not start")
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                name, value = line.strip().split("=", 1)
                if name.startswith("QBO_"):
                    self.env[name] = value.strip("'\"")

    def sql(self, text):
        if self.dies:  # it waits until nobody is connected
            return subprocess.run(
                ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
                 "-c", text], env=self.env, check=True, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout
        with self.making:
            psql = self.psqls.pop() if self.psqls else None
        psql = psql or Psql(self.env)
        said = psql.ask(text)
        if said is None:
            status, why = psql.end()
            raise subprocess.CalledProcessError(status, text, said, why)
        with self.making:
            self.psqls.append(psql)
        return said

    def disconnect(self):
        while self.psqls:
            self.psqls.pop().end()

    def close(self):
        if self.sim:
            self.sim.kill()
            self.sim.wait()
        self.disconnect()
        if self.own:
            subprocess.run([ROOT + "/scripts/private-postgres", "stop",
                            self.dir + "/server"], check=False)
        else:
            name = self.env["PGDATABASE"]
            self.env["PGDATABASE"] = "postgres"
            self.sql("drop database if exists %s with (force)" % name)
            self.disconnect()
        shutil.rmtree(self.dir)


class Trial:
    """One schema, archive and store of tokens; the same command, repeated."""

    def __init__(self, place):
        self.place = place
        with place.making:
            place.number += 1
            self.schema = "trial%d" % place.number
        self.dir = "%s/%s" % (place.dir, self.schema)
        for name in ("", "/state", "/tmp"):
            os.mkdir(self.dir + name)
        self.said = ""

    # Windows that touch are read together, by what is not loaded yet: then the
    # requests, and so the bytes, depend on where a run was stopped.  Turned
    # about, each is read by itself.
    turn_about = ["sed", "-n", "1h; 2{p; x; p}; 3,$p"]
    always = {}  # the environment of all tools

    def commands(self):
        schema = "--schema=" + self.schema
        return (["qb-window", self.place.entity, "--from=2025-01-01",
                 "--to=2025-01-15", "--every=7d"],
                ["qb-pending", schema], self.place.fetch,
                ["qb-archive", self.dir + "/archive"],
                ["qb-stamp"], ["qb-load", schema])

    def run(self, fault=(), load=()):
        """All tools, with `fault` (tool, n, how) in one of them, and with
        `load` added to qb-load's environment; the statuses by name."""
        env = dict(self.place.env, XDG_STATE_HOME=self.dir + "/state",
                   TMPDIR=self.dir + "/tmp", **self.always)
        seen = self.dir + ".seen"
        before, started = None, []
        window, *others = self.commands()
        with open(self.dir + ".err", "wb") as err:
            for command in (window, self.turn_about, *others):
                mine = dict(env)
                if command[0] == "qb-load":
                    mine.update(load)
                if fault and command[0] == fault[0]:
                    mine.update(LD_PRELOAD=self.place.shim, QB_DIE_SEEN=seen,
                                QB_DIE_AT=str(fault[1]), QB_DIE_HOW=fault[2])
                last = command[0] == "qb-load"
                tool = subprocess.Popen(
                    command, env=mine, stderr=err,
                    stdin=before if before else subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL if last else subprocess.PIPE)
                if before:
                    before.close()
                before = tool.stdout
                started.append(tool)
            started.pop(1).wait()
            status = {command[0]: tool.wait() for command, tool in
                      zip((window, *others), started)}
        with open(self.dir + ".err", encoding="utf-8") as said:
            self.said = said.read()
        self.reached = os.path.exists(seen)
        if self.reached:
            os.remove(seen)
        return status

    def rows(self):
        """Table and ledger; empty where they are not there yet."""
        try:
            return (self.place.sql(TABLE.format(self.schema, self.place.table)),
                    self.place.sql(LEDGER.format(self.schema)))
        except subprocess.CalledProcessError:
            return "", ""

    def files(self):
        """Every name in archive, store and TMPDIR; of archive the content."""
        found = {}
        for where, _, names in os.walk(self.dir):
            for name in names:
                path = os.path.join(where, name)
                with open(path, "rb") as file:
                    text = file.read()
                if name == "SHA256SUMS":
                    text = b"".join(sorted(text.splitlines(True)))
                if "/state/" in path:
                    text = b""
                found[os.path.relpath(path, self.dir)] = \
                    hashlib.sha256(text).hexdigest()
        return found

    def differs(self, want):
        """What is not as in the run without a fault."""
        table, ledger = self.rows()
        files = self.files()
        return [what for what, same in (
            ("the table", table == want[0]), ("the ledger", ledger == want[1]),
            ("files: %s" % sorted(set(files.items()) ^ set(want[2].items())),
             files == want[2])) if not same]

    def torn(self, want, status):
        """What of the first run is neither done nor left for the next."""
        if status["qb-load"] == 0 and self.rows() != want[:2]:
            return ["qb-load said 0, and not all was there"]
        return []

    def drop(self):
        self.place.sql("set client_min_messages = error; drop schema if "
                       "exists %s cascade" % self.schema)
        shutil.rmtree(self.dir)


def reference(place, before=None):
    trial = Trial(place)
    if before:
        before(trial)
    status = trial.run()
    if any(status.values()):
        sys.exit("the run without a fault fails: %s\n%s" %
                 (status, trial.said))
    return trial.rows() + (trial.files(),)


def load_older(trial):
    """All rows in the table, and each older than the one that comes."""
    if any(trial.run().values()):
        sys.exit("the rows that are to be older: " + trial.said)
    trial.place.sql("update {0}.{1} set payload = '{{}}', updated_at_utc = "
                    "updated_at_utc - interval '1 day'; delete from "
                    "{0}.qb_windows".format(trial.schema, trial.place.table))
    shutil.rmtree(trial.dir + "/archive")


def try_once(place, want, fault=(), load=(), between=None, before=None,
             kind=Trial, more=1):
    """A run with a fault and the same command once more, or so many times;
    `before` makes ready what it meets.  What was wrong, the first run's
    statuses, and whether the fault came."""
    trial = kind(place)
    if before:
        before(trial)
    first = trial.run(fault, load)
    reached, wrong = trial.reached, []
    if between:
        between()
    wrong += trial.torn(want, first)
    if any(code == 70 for code in first.values()):
        wrong.append("a bug: %s" % trial.said)
    for _ in range(more):
        again = trial.run()
        if any(again.values()):
            wrong.append("once more: %s: %s" % (again, trial.said))
    wrong += trial.differs(want)
    trial.drop()
    return ["%s: %s" % (fault or load, w) for w in wrong], first, reached


def ended_by(status):
    return status == -signal.SIGKILL


def each(attempt):
    """Attempts 1, 2, ... until the call of one is never made: what was wrong,
    and how many were made.  Some at a time, as much of each is waiting."""
    wrong, made, more = [], 0, True
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while more and made < MOST:
            some = range(made + 1, made + 1 + 2 * AT_ONCE)
            for found, reached in pool.map(attempt, some):
                wrong += found
                more = more and reached
                made += more
    return wrong, made


def kill_each(place, want, tool, name="", **with_):
    """The tool, killed at each point, and the same command once more."""
    def attempt(n):
        wrong, first, _ = try_once(place, want, (tool, n, "kill"), **with_)
        return wrong, ended_by(first[tool])

    wrong, made = each(attempt)
    ok(not wrong and 0 < made < MOST, "%s, killed at each of %d points: the "
       "same command finishes the work" % (name or tool, made), wrong)
    return made


def fill_each(place, want, tool, how, **with_):
    """The disk of the tool full, or taking half, at each write to a file."""
    def attempt(n):
        wrong, first, reached = try_once(place, want, (tool, n, how), **with_)
        # a line of SHA256SUMS is written whole, or taken back
        if reached and first[tool] not in ((0, 74) if how == "short"
                                           else (74,)):
            wrong.append("%d: status %s" % (n, first[tool]))
        return wrong, reached

    wrong, made = each(attempt)
    ok(not wrong and 0 < made < MOST,
       "%s, %s at each of %d writes to a file" % (tool, how, made), wrong)
    return made
