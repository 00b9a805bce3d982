#!/usr/bin/env python3
"""stopped.py backends|older|checkpointer

PostgreSQL stopped, as by -m immediate, instead of its own N-th write, fsync,
rename, send or receive: of the backends that serve the pipeline and of the
walwriter, or of the checkpointer; N counts up until runs end with the server
alive.  The server starts again, and the same command once more: table, ledger
and archive are those of a run without any fault.  With `older`: on a table that
is not empty, so that rows are compared, and are updated."""
import os
import sys
import threading
import time

import pipeline

MOST = 3000
# How many calls a run makes depends on how bytes come together, by a fifth:
# one that came to its end has not shown that none makes more.
ALIVE = 3


def children(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid),
                  encoding="utf-8") as file:
            return file.read().split()
    except OSError:
        return []


def alive(pid):
    """And not a zombie, either."""
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            return bool(file.read())
    except OSError:
        return False


def backends(pid):
    """Those that serve somebody, or are about to."""
    found = []
    for child in children(pid):
        try:
            with open("/proc/%s/cmdline" % child, "rb") as file:
                title = file.read()
        except OSError:
            continue
        if title and not title.startswith((
                b"postgres: check", b"postgres: back", b"postgres: wal",
                b"postgres: auto", b"postgres: logical")):
            found.append(title)
    return found


def bring_back(pid, done):
    """As an init system does it: it is gone, so it is started."""
    while alive(pid) and not done.is_set():
        time.sleep(0.01)
    if not alive(pid):
        place.restart()


def stop_once(n, whose, before):
    pid, done = place.postmaster(), threading.Event()
    keeper = threading.Thread(target=bring_back, args=(pid, done))
    counted = []

    def between():
        while alive(pid) and (backends(pid)
                              or place.shared.passed() >= n):
            time.sleep(0.01)
        counted.append(place.shared.disarm())
        # where it was told to stop as the count ended; it may not have been
        patience = time.monotonic() + (10 if counted[0] >= n else 0)
        while alive(pid) and time.monotonic() < patience:
            time.sleep(0.01)
        done.set()
        keeper.join()

    def begin(trial):
        if before:
            before(trial)
        if whose == "checkpointer":
            place.sql("checkpoint")
        place.shared.arm(n, pid, whose)
        keeper.start()

    wrong, _, _ = pipeline.try_once(place, truth, between=between,
                                    before=begin)
    return ["call %d: %s" % (n, w) for w in wrong], counted[0] >= n


def stop_each(what, whose, least, before=None):
    wrong, n, stopped, alive_in_a_row = [], 0, 0, 0
    while alive_in_a_row < ALIVE and n < MOST:
        n += 1
        found, reached = stop_once(n, whose, before)
        wrong += found
        stopped += reached
        alive_in_a_row = 0 if reached else alive_in_a_row + 1
    pipeline.ok(not wrong and stopped >= least and n < MOST,
                "%s: the server stopped at %d calls of the first %d: the same "
                "command finishes the work" % (what, stopped, n - ALIVE), wrong)
    return stopped


def stop_backends():
    return (stop_each("the backends", "", 60)
            + stop_each("the walwriter", "walwriter", 5))


def stop_checkpointer():
    """In a checkpoint in the midst of the loader's transactions: when the rows
    are in the table, and the ledger is not told yet."""
    place.sql("create function checked() returns trigger language plpgsql as "
              "$$ begin checkpoint; return new; end $$")
    place.sql("create function checking() returns event_trigger language "
              "plpgsql as $$ declare made text; begin for made in select "
              "object_identity from pg_event_trigger_ddl_commands() where "
              "object_identity ~ 'qb_windows$' loop execute format('create "
              "trigger checked before insert on %s for each row execute "
              "function public.checked()', made); end loop; end $$")
    place.sql("create event trigger checking on ddl_command_end when tag in "
              "('CREATE TABLE') execute function checking()")
    return stop_each("the checkpointer", "checkpointer", 20)


place = pipeline.Place(own_server=True)
try:
    place.set_for_server("autovacuum = off", "wal_writer_delay = 1")
    older = pipeline.load_older if sys.argv[1] == "older" else None
    truth = pipeline.reference(place, older)
    if older:
        told = [line.split("|")[10:13] for line in truth[1].splitlines()]
        pipeline.ok(told and all(rows == updated for rows, _, updated in told),
                    "what is there already is asked for and changed")
        tried = stop_each("the backends", "", 80, older)
    elif sys.argv[1] == "backends":
        tried = stop_backends()
    else:
        tried = stop_checkpointer()
    print("# %d points were tried" % tried)
finally:
    place.shared.disarm()
    place.close()
pipeline.done_testing()
