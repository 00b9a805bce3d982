#!/usr/bin/env python3
"""Rows are edited, deleted, brought back and made inactive while they are read by
change, between the log's answer and the query for what it has as deleted, too.
After one more run, when all is quiet, the table has the rows that QuickBooks has,
and as deleted those that it has deleted: whether what was changed just before is
read once more (--settle), shows late, or is marked as deleted while it is there."""
import os
import sys
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import mirror  # noqa: E402
import pipeline  # noqa: E402

SEEDS = 8  # of each company
place = mirror.Place()
# some of what is to be confirmed as deleted comes back just before
MOVES = ["entity %s start 1 times 99 return 1" % entity
         for entity in ("Invoice", "Payment")]


def try_company(name, options):
    company = mirror.Company(place, name, **options)
    wrong, cases = [], []
    try:
        status = company.run("updated")
        if any(status):
            wrong.append("first run: %s" % status)
        ids = {entity: sorted(company.rows(entity))
               for entity in mirror.ENTITIES}
        for seed in range(SEEDS):
            found = mirror.drift(company, seed, ids)
            wrong += ["seed %d: %s" % (seed, what) for what in found]
            if found:
                break
        if wrong:
            wrong.append(company.said()[-600:])
        with open(company.dir + "/log", encoding="ascii") as log:
            cases = log.read()
        marked = sum(map(len, (company.table(entity)[1]
                               for entity in mirror.ENTITIES)))
    finally:
        company.close()
    return wrong, cases, marked


COMPANIES = {
    "plain": {},
    "settling": {"settle": "15m", "rules": MOVES},
    "late": {"settle": "3s", "late": 1},
    "lying": {"settle": "15m", "lies": True, "rules": [
        "entity %s cdc always mark-deleted %d" % (entity, i)
        for entity in ("Invoice", "Payment") for i in (7, 13, 27, 33, 47)]},
}
try:
    with ThreadPoolExecutor(len(COMPANIES)) as pool:
        done = list(pool.map(lambda item: try_company(*item),
                             COMPANIES.items()))
    for name, (wrong, log, marked) in zip(COMPANIES, done):
        pipeline.ok(not wrong, "%s: %d seeds, and each time the table is what "
                    "QuickBooks has" % (name, SEEDS), wrong)
        pipeline.ok(marked > 5 and log.count("kind=cdc") >= 3 * SEEDS,
                    "%s: %d deleted, %d calls to the log of changes" %
                    (name, marked, log.count("kind=cdc")))
finally:
    place.close()
pipeline.done_testing()
