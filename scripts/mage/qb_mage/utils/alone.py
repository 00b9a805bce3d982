"""The right to be the only one who reads an entity: qb-alone(1)."""
import contextlib
import os
import subprocess
import time

from qb_mage.utils.cancelled import stop_if_cancelled
from qb_mage.utils.chain import Failed, Stage, die_with

TRY_EVERY_S = 5
SAY_EVERY_S = 60


@contextlib.contextmanager
def alone(entity, pg, kwargs, say=print):
    """Held within; waits for who has it: a block that Mage runs twice at once,
    another run, qb-backfill at a prompt.  What was there to do is looked up
    only then, so nothing is done twice, and nothing of a run that was
    cancelled meanwhile."""
    process = _get(entity, pg, say)
    try:
        stop_if_cancelled(kwargs)
        yield
    finally:
        process.stdin.close()
        process.stdout.close()
        process.stderr.close()
        process.wait()


def _get(entity, pg, say):
    said = None
    while True:
        stage, process = _ask(entity, pg)
        if process.stdout.readline():
            return process
        stage.last_lines = process.stderr.read().decode('utf-8', 'replace').splitlines()
        process.communicate()
        if process.returncode != 75 or 'somebody else' not in ''.join(stage.last_lines):
            raise Failed(stage, process.returncode)
        if said is None or time.monotonic() - said >= SAY_EVERY_S:
            said = time.monotonic()
            say(f'{entity}: waiting; {stage.last_lines[0]}')
        time.sleep(TRY_EVERY_S)


def _ask(entity, pg):
    stage = Stage('qb-alone', entity, env=pg)
    parent = os.getpid()
    try:
        return stage, subprocess.Popen(
            stage.argv, env=stage.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, preexec_fn=lambda: die_with(parent))
    except OSError as why:
        raise RuntimeError(f'qb-alone cannot be started: {why.strerror}\n'
                           'next: see that it is installed where Mage runs, on the PATH') from None
