"""mirror.py - a company whose rows are changed by its users, and the table that
follows it by QuickBooks' log of changes; for tests of drift and of death."""
import json
import os
import random
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import pipeline

ENTITIES = {"Customer": "customers", "Invoice": "invoices",
            "Payment": "payments"}
ROWS = "all=0,Customer=30,Invoice=60,Payment=30"
DEEDS = {"Customer": ("edit", "inactivate", "activate", "delete", "return"),
         "Invoice": ("edit", "delete", "delete", "return"),
         "Payment": ("edit", "delete", "return")}


def spell(seconds_ago):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ",
                         time.gmtime(time.time() - seconds_ago))


class Place(pipeline.Place):
    """The database; each company has a simulator of its own."""

    def start_sim(self):
        pass


class Company:
    def __init__(self, place, name, settle="0s", late=0, rules=(),
                 lies=False):
        self.lies = lies  # the log does
        self.moves = rules and not lies  # rules change rows
        self.place, self.schema, self.late = place, name, late
        self.settle = "--settle=" + settle
        self.dir = os.path.join(place.dir, name)
        os.mkdir(self.dir)
        self.env = dict(place.env, XDG_STATE_HOME=self.dir + "/state",
                        TMPDIR=self.dir)
        self.since = spell(20 * 86400)
        script, env = self.dir + "/script", self.dir + "/env"
        with open(script, "w", encoding="ascii") as file:
            file.write("\n".join(rules) + "\n")
        self.sim = subprocess.Popen([
            pipeline.BUILD + "/tests/sim/qb-sim", "--env=" + env,
            "--log=" + self.dir + "/log", "--script=" + script,
            "--rows=" + ROWS, "--from=" + self.since, "--to=" + spell(60),
            "--late=%ds" % late, "--rotation=all"])
        while not os.path.exists(env) or not os.path.getsize(env):
            time.sleep(0.02)
        with open(env, encoding="utf-8") as lines:
            for line in lines:
                key, value = line.strip().split("=", 1)
                if key.startswith("QBO_"):
                    self.env[key] = value.strip("'\"")
        self.token = subprocess.run(["qb-auth", "token"], env=self.env,
                                    check=True, text=True,
                                    stdout=subprocess.PIPE).stdout.strip()

    # --- what its users do

    def get(self, path, **arguments):
        request = urllib.request.Request(
            "%s/%s?%s" % (self.env["QBO_API_URL"], path,
                          urllib.parse.urlencode(arguments)),
            headers={"Authorization": "Bearer " + self.token,
                     "Accept": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def change(self, entity, deed, row_id):
        """What cannot be done to the row is not."""
        try:
            self.get("sim/change", entity=entity, do=deed, id=row_id)
        except urllib.error.HTTPError as why:
            why.close()

    def disturb(self, chance, ids, times, most_wait=0.06):
        for _ in range(times):
            entity = chance.choice(list(DEEDS))
            self.change(entity, chance.choice(DEEDS[entity]),
                        chance.choice(ids[entity]))
            time.sleep(chance.random() * most_wait)

    # --- what there is

    def told(self, entity):
        """All objects of the log: the company is younger than it goes back."""
        answer = self.get("v3/company/%s/cdc" % self.env["QBO_REALM_ID"],
                          entities=entity, changedSince=self.since)
        return [row for block in answer["CDCResponse"][0]["QueryResponse"]
                for row in block.get(entity, ())]

    def queried(self, entity):
        both = " where Active in (true,false)" if entity == "Customer" else ""
        answer = self.get("v3/company/%s/query" % self.env["QBO_REALM_ID"],
                          query="select * from %s%s maxresults 1000" %
                          (entity, both))
        return answer["QueryResponse"].get(entity, ())

    def rows(self, entity):
        """By Id: SyncToken and LastUpdatedTime of the rows that are there.
        Rules about queries would act on one of the test's, too."""
        found = self.queried(entity) if self.lies else [
            row for row in self.told(entity) if row.get("status") != "Deleted"]
        return {row["Id"]: (row["SyncToken"],
                            row["MetaData"]["LastUpdatedTime"])
                for row in found}

    def gone(self, entity, rows):
        return {row["Id"] for row in self.told(entity)
                if row.get("status") == "Deleted"} - set(rows)

    def table(self, entity):
        """The same of the table, and the Ids that it has as deleted."""
        said = self.place.sql(
            "select json_build_array(id, payload->>'SyncToken', "
            "payload->'MetaData'->>'LastUpdatedTime', deleted_at_utc is not "
            "null) from %s.%s" % (self.schema, ENTITIES[entity]))
        all_rows = [json.loads(line) for line in said.splitlines()]
        return ({i: (token, at) for i, token, at, gone in all_rows
                 if not gone}, {i for i, _, _, gone in all_rows if gone})

    def differs(self):
        found = []
        for entity in ENTITIES:
            rows = self.rows(entity)
            gone = self.gone(entity, rows)
            has, marked = self.table(entity)
            for what, want, got in (
                    ("rows", set(rows.items()), set(has.items())),
                    ("deleted", gone, marked)):
                if want != got:
                    found.append("%s %s: lacks %s, has %s" % (
                        entity, what, sorted(want - got)[:5],
                        sorted(got - want)[:5]))
        return found

    # --- the tools

    def commands(self, by):
        schema = "--schema=" + self.schema
        return (["qb-window", *ENTITIES, "--by=" + by, "--from=" + self.since],
                ["qb-pending", schema, self.settle],
                ["qb-fetch", "--no-rate-limit"],
                ["qb-archive", self.dir + "/archive"], ["qb-stamp"],
                ["qb-load", schema])

    def start(self, by="change"):
        started, before = [], subprocess.DEVNULL
        with open(self.dir + "/err", "ab") as err:
            for command in self.commands(by):
                tool = subprocess.Popen(
                    command, env=self.env, stdin=before, stderr=err,
                    stdout=subprocess.DEVNULL if command[0] == "qb-load"
                    else subprocess.PIPE)
                if before != subprocess.DEVNULL:
                    before.close()
                before = tool.stdout
                started.append(tool)
        return started

    def run(self, by="change"):
        return [tool.wait() for tool in self.start(by)]

    def wait_until_told(self):
        """What was changed is in the past, and shown."""
        time.sleep(self.late + 1.05)

    def said(self):
        with open(self.dir + "/err", encoding="utf-8") as file:
            return file.read()

    def close(self):
        self.sim.kill()
        self.sim.wait()


def drift(company, seed, ids):
    """Some runs while rows change, and one after that; or several, where a rule
    changes rows in these, too.  What is wrong then."""
    chance = random.Random(seed)
    users = threading.Thread(target=company.disturb,
                             args=(chance, ids, chance.randint(8, 20)))
    users.start()
    status = [company.run() for _ in range(chance.randint(1, 2))]
    users.join()
    for _ in range(4 if company.moves else 1):
        company.wait_until_told()
        status.append(company.run())
        wrong = company.differs()
        if not wrong:
            break
    if any(map(any, status)):
        wrong.append("statuses %s" % status)
    return wrong
