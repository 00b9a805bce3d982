"""The lock on an entity, held by qb-lock(1)."""
import contextlib
import os
import subprocess
import time

from qb_mage.utils.cancelled import stop_if_cancelled
from qb_mage.utils.pipeline import Failed, Filter, die_with

RETRY_EVERY_S = 5
LOG_EVERY_S = 60
TAKEN = 'another run is loading'    # in the message of qb-lock, status 75


@contextlib.contextmanager
def entity_lock(entity, pg, kwargs, log=print):
    """Held within the `with` block.  Waits for whoever holds it: another run,
    qb-backfill at a prompt, or the same block if Mage runs it twice at once.
    Find out what is left to do only inside, so that nothing is done twice, and
    nothing for a run that was cancelled while it waited."""
    process = _acquire(entity, pg, log)
    try:
        stop_if_cancelled(kwargs)
        yield
    finally:
        process.stdin.close()
        process.stdout.close()
        process.stderr.close()
        process.wait()


def _acquire(entity, pg, log):
    logged = None
    while True:
        qb_lock, process = _start(entity, pg)
        if process.stdout.readline():
            return process
        qb_lock.last_lines = process.stderr.read().decode('utf-8', 'replace').splitlines()
        process.communicate()
        if process.returncode != 75 or TAKEN not in ''.join(qb_lock.last_lines):
            raise Failed(qb_lock, process.returncode)
        if logged is None or time.monotonic() - logged >= LOG_EVERY_S:
            logged = time.monotonic()
            log(f'{entity}: waiting; {qb_lock.last_lines[0]}')
        time.sleep(RETRY_EVERY_S)


def _start(entity, pg):
    qb_lock = Filter('qb-lock', entity, env=pg)
    parent = os.getpid()
    try:
        return qb_lock, subprocess.Popen(
            qb_lock.argv, env=qb_lock.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, preexec_fn=lambda: die_with(parent))
    except OSError as why:
        raise RuntimeError(f'qb-lock cannot be started: {why.strerror}\n'
                           'next: check that it is installed where Mage runs, on the PATH') from None
