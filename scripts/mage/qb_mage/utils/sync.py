"""The blocks of the pipeline qb_sync:

    sync        qb-sync: what changed, then what was deleted, then qb-check
    report      qb-status

The recipe is in qb-sync(1) alone; here are its lines in Mage's log, and its
failures in the words of Mage.
"""
import json
import re
import time

from qb_mage.utils.cancelled import stop_if_cancelled
from qb_mage.utils.lock import LOG_EVERY_S, TAKEN
from qb_mage.utils.pipeline import LINES_IN_ERROR, Failed, Filter, run
from qb_mage.utils.rejects import Rejects
from qb_mage.utils.settings import SyncVariables, secrets

RETRY_EVERY_S = 15
PROGRESS_EVERY_S = 60
FIRST_PROGRESS_S = 10
TOTALS = ('windows', 'rows', 'inserted', 'updated', 'unchanged', 'deleted', 'calls')

# What to do where the exit status alone does not tell.
FIRST_LOAD = (
    'for the first load set the variable fecha_inicio to a time before the first '
    'record of the company, and entities to "customers invoices items" for example, '
    'then run the pipeline again (RUNBOOK.md, "Keeping it up to date")')
LOGIN_ENDS = (
    'the tables are up to date; log in again (RUNBOOK.md, "Logging in") before the '
    'login ends')
REJECTED = (
    'find the Ids above in QuickBooks, remove the invalid character or number, and save; '
    'the next run loads them (RUNBOOK.md, "Rejected rows")')


class Output:
    """What a command writes to standard error, line by line."""

    def __init__(self):
        self.total = {}
        self.taken = ''     # the line of qb-lock, if another run holds the lock
        self.tool = ''      # whose failure explains the others, if qb-sync names it
        self.lines = []     # the last ones
        self.progress_at = time.monotonic() - PROGRESS_EVERY_S + FIRST_PROGRESS_S

    def take(self, line):
        failed = re.match(r'qb-sync: not finished: (qb-[a-z]+) ', line)
        if line.startswith('{"qb":"progress'):
            self._progress(json.loads(line))
        elif TAKEN in line:
            self.taken = line
        elif failed:
            self.tool, self.lines = failed[1], []
        # The next step is a command for a terminal; the error has that for Mage.
        elif not re.match(r'qb-[a-z]+: (next|then): ', line):
            self.lines = (self.lines + [line])[-LINES_IN_ERROR:]
            if not self.tool:   # what follows is in the error
                print(line)

    def _progress(self, told):
        if told['qb'] == 'progress_total':
            self.total = {name: told.get(name, 0) for name in TOTALS}
        elif told['qb'] == 'progress_entity':
            print(f'{told["entity"]}: {_windows(told)}, {told["rows"]} rows loaded: '
                  f'{told["inserted"]} inserted, {told["updated"]} updated, '
                  f'{told["unchanged"]} unchanged'
                  + (f', {told["deleted"]} deleted' if told.get('deleted') else ''))
        elif time.monotonic() - self.progress_at >= PROGRESS_EVERY_S:
            self.progress_at = time.monotonic()
            print(f'{told["entity"]}: {told["rows"]} rows read, {told["calls"]} calls; of '
                  f'all entities {_windows(told)} loaded, {told["share"]:.0%}')

    def failure(self, one, status, then=None):
        """The error of the block, without the next step of the terminal."""
        said = re.match('qb-[a-z]+(?=: )', self.lines[-1] if self.lines else '')
        one.last_lines = self.lines
        one.name = self.tool or (said or [one.name])[0]
        return Failed(one, status, then)


def _windows(told):
    done, of = told['windows'], told['of']
    return f'{of} window{"" if of == 1 else "s"}' if done == of else f'{done} of {of} windows'


def sync(kwargs):
    v = SyncVariables(kwargs)
    logged = None
    while True:
        output = Output()
        with Rejects(v.rejects, None, v.run) as rejects:
            failure = _sync(v, rejects.path, output)
            if failure is None or failure.status == 65:
                rejects.report(rejects.count(), REJECTED)
        if failure is None:
            return {'run': v.run, **output.total}
        if not output.taken:
            _print_status()
            raise failure
        if logged is None or time.monotonic() - logged >= LOG_EVERY_S:
            logged = time.monotonic()
            print(f'waiting; {output.taken}')
        time.sleep(RETRY_EVERY_S)
        stop_if_cancelled(kwargs)


def _sync(v, rejects, output):
    """What failed, or None."""
    options = [f'--from={v.start}'] if v.start else []
    qb_sync = Filter(
        'qb-sync', *v.entities, *options, f'--tz={v.tz}', f'--census={v.census}',
        f'--every={v.chunk_days}d', f'--page-size={v.page_size}',
        f'--scan-rows={v.scan_rows}', f'--archive={v.archive}', f'--rejects={rejects}',
        f'--run={v.run}', '--progress=json', env={**secrets('QBO'), **secrets('PG')})
    try:
        run([qb_sync], _print_bytes, output.take)
    except Failed as why:
        first = why.status == 64 and re.search('nothing is loaded|not loaded yet',
                                               '\n'.join(output.lines))
        return output.failure(qb_sync, why.status, FIRST_LOAD if first else None)
    print(', '.join(f'{output.total[name]} {name}' for name in TOTALS))
    return None


def _print_bytes(line):
    text = line.decode('utf-8', 'replace')
    if text.strip():
        print(text)


def _print_status():
    """How far each table is, beside a failure; nothing where that is not known."""
    try:
        _status(lambda line: None)
    except RuntimeError:
        pass


def report(synced):
    """Fails if the login ends soon."""
    output = Output()
    try:
        _status(output.take)
    except Failed as why:
        then = LOGIN_ENDS if why.status == 75 else None
        raise output.failure(why.filter, why.status, then) from None
    return synced


def _status(log):
    run([Filter('qb-status', env={**secrets('QBO'), **secrets('PG')})], _print_bytes, log)
