#!/usr/bin/env python3
"""Each tool of the pipeline, killed at a random moment while it carries windows by
change, with rows and gone lines; then the same command again, until it succeeds:
the table has the rows that QuickBooks has, and as deleted those that it has
deleted, and nothing is left in TMPDIR."""
import os
import random
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import mirror  # noqa: E402
import pipeline  # noqa: E402

TOOLS = ("qb-pending", "qb-fetch", "qb-archive", "qb-stamp", "qb-load")
KILLS = int(os.environ.get("QB_KILLS", "15"))  # of each tool
MOST_MS = 400
place = mirror.Place()


def users_work(company, chance, ids):
    """The same kinds of changes each time, so that a run takes as long."""
    for entity, deed in (("Invoice", "delete"), ("Payment", "delete"),
                         ("Invoice", "edit"), ("Customer", "edit"),
                         ("Invoice", "return"), ("Payment", "return")):
        for row_id in chance.sample(ids[entity], 6):
            company.change(entity, deed, row_id)


def try_tool(tool):
    company = mirror.Company(place, tool.replace("-", "_"), settle="15m")
    wrong, died, again = [], 0, 0
    try:
        if any(company.run("updated")):
            wrong.append("first run")
        ids = {entity: sorted(company.rows(entity))
               for entity in mirror.ENTITIES}
        for seed in range(KILLS):
            chance = random.Random(seed)
            users_work(company, chance, ids)
            company.wait_until_told()
            started = company.start()
            # tools end in the order of the pipeline
            time.sleep(chance.random() * MOST_MS / 1000)
            victim = started[1 + TOOLS.index(tool)]
            victim.send_signal(signal.SIGKILL)
            status = [one.wait() for one in started]
            died += victim.returncode == -signal.SIGKILL
            while any(status) and again < 4 * KILLS:
                again += 1
                status = company.run()
            found = company.differs()
            wrong += ["seed %d: %s" % (seed, what) for what in found]
            if any(status) or found:
                wrong.append(company.said()[-500:])
                break
        left = set(os.listdir(company.dir)) - {
            "script", "env", "log", "err", "state", "archive"}
        if left:
            wrong.append("left behind: %s" % left)
    finally:
        company.close()
    return wrong, died, again


try:
    with ThreadPoolExecutor(len(TOOLS)) as pool:
        done = list(pool.map(try_tool, TOOLS))
    for tool, (wrong, died, again) in zip(TOOLS, done):
        pipeline.ok(not wrong, "%s, killed %d times of %d: %d runs more, and "
                    "each time the table is what QuickBooks has" %
                    (tool, died, KILLS, again), wrong)
        pipeline.ok(died >= KILLS // 8, "%s died while it ran" % tool, [died])
finally:
    place.close()
pipeline.done_testing()
