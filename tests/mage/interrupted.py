"""Runs that are cancelled or killed, and blocks that are started twice."""
import json
import os
import signal
import subprocess

import stack
from cases import YEAR

# Windows are read a few at a time, so that some are archived before others.
# From the 24th request on there is no response: so a filter that is left running
# does not end by writing to a closed pipe.
ANSWERED = 23
HELD = f'request {ANSWERED + 1}..1000000 wait 600000\n'
LEDGER = "select count(*) from raw.qb_windows where run_id like 'mage-{}-%'"


def lines_of(log, word):
    return [line for line in log.splitlines() if word in line]


class Interrupted:
    def cancelled_in_the_middle(self):
        self.simulator('held1', rules=HELD)
        variables = {**YEAR, 'fecha_inicio': '2025-08-01', 'fecha_fin': '2025-12-01',
                     'chunk_days': 3, 'scan_rows': 15}
        before = self._state()
        schedule = self.mage.once('qb_invoices_backfill', 'cancelled', variables)
        run, worker = self._in_the_middle(schedule)
        self.mage.set_run(run['id'], status='cancelled')
        stack.wait_for('Mage to end the block', lambda: not os.path.exists(f'/proc/{worker}'))
        self._filters_end('a run that is cancelled leaves no filter behind')
        self.tap.equal('it is shown as cancelled', self.mage.ended(schedule)['status'],
                       'cancelled')
        self.tap.equal('and nothing of it is loaded', self._state(), before)
        sim = self.simulator('free1')
        self._as_a_new_run(variables)
        asked = sim.requests('kind=count')
        self.mage.set_run(run['id'], pipeline_run_action='retry_blocks')
        stack.wait_for('the run to begin again',
                       lambda: self.mage.run_of(schedule)['status'] != 'cancelled')
        self.tap.equal('"Retry incomplete blocks" finishes it',
                       self.mage.ended(schedule)['status'], 'completed')
        fetched = lines_of(self.log_of('qb_invoices_backfill', run, 'qb_extract'),
                           'fetched and archived')
        self.tap.equal('and fetches no window twice', len(fetched), len(set(fetched)))
        self.tap.ok('it did ask again', sim.requests() > asked)

    def _as_a_new_run(self, variables):
        """Of the same range: what the cancelled one archived is not read again,
        but for a file that was damaged since."""
        kept = sorted(path for path, _ in stack.texts_below(
            os.path.join(self.mage.state, 'archive')) if '/Invoice/2025080' in path)
        os.truncate(kept[0], os.path.getsize(kept[0]) - 9)
        run = self.mage.ended(self.mage.once('qb_invoices_backfill', 'anew', variables))
        log = self.log_of('qb_invoices_backfill', run, 'qb_extract')
        self.tap.equal('a new run of the same range completes', run['status'], 'completed')
        first = lines_of(log, 'Invoice 1/41 2025-08-01T00:00:00Z to 2025-08-04T00:00:00Z')
        self.tap.ok('it uses what was archived before, and reads a damaged file\'s window again',
                    first and 'archived before' not in first[0] and 'archived before' in log, log)

    def _in_the_middle(self, schedule):
        """Wait until the log has two windows and the filters run; returns the run
        and its worker process."""
        def two_windows():
            run = self.mage.run_of(schedule)
            if not run:
                return None
            log = self.log_of('qb_invoices_backfill', run, 'qb_extract')
            return run if log.count('fetched and archived') >= 2 else None
        run = stack.wait_for('two windows', two_windows)
        # Before that, a filter that is left running would end by SIGPIPE.
        stack.wait_for('the simulator to hold its answers back',
                       lambda: self.sims[-1].requests() >= ANSWERED)
        found = self.mage.filters()
        self.argv_seen += [word for argv in found.values() for word in argv]
        self.tap.ok('in the middle, qb-fetch and qb-archive are at work',
                    {b'qb-fetch', b'qb-archive'} <= {a[0] for a in found.values()}, found)
        fetch = next(pid for pid, argv in found.items() if argv[0] == b'qb-fetch')
        return run, stack.parent_of(fetch)

    def _filters_end(self, what):
        """Long before they would by themselves."""
        try:
            stack.wait_for('the filters to end', lambda: not self.mage.filters(), 60)
        except TimeoutError:
            pass
        self.tap.equal(what, self.mage.filters(), {})

    def a_worker_that_is_killed(self):
        """As when the container is restarted: Mage runs the block again."""
        self.simulator('held2', rules=HELD)
        variables = {**YEAR, 'fecha_inicio': '2025-06-01', 'fecha_fin': '2025-08-15',
                     'chunk_days': 3, 'scan_rows': 15, 'resume': False}
        schedule = self.mage.once('qb_invoices_backfill', 'killed', variables)
        run, worker = self._in_the_middle(schedule)
        children = list(self.mage.filters())
        self.simulator('free2')     # for who comes after
        os.kill(worker, signal.SIGKILL)
        try:
            gone = stack.wait_for('the children to go', lambda: not any(
                os.path.exists(f'/proc/{pid}') for pid in children), 60)
        except TimeoutError:
            gone = False
        self.tap.ok('when the worker is killed its filters end', gone, self.mage.filters())
        status = self.mage.ended(schedule)['status']
        self.tap.equal('Mage runs the block again, and the run completes', status, 'completed')
        log = self.log_of('qb_invoices_backfill', run, 'qb_extract')
        # Now and then Mage has started it twice at once before.
        self.tap.ok('the block ran again', log.count('windows to load, ') >= 2, log)
        fetched = lines_of(log, 'fetched and archived')
        self.tap.equal('and did nothing twice: a window is fetched once',
                       len(fetched), len(set(fetched)))
        self.tap.equal('and loaded once', self.pg.ask(LEDGER.format(run['id'])), '25')

    # -- at the same time ----------------------------------------------------

    def a_block_twice_at_once(self):
        """As Mage does it now and then (mage-ai#5619).  Both are made to wait for
        a third, so that they do begin at the same time."""
        kwargs = {'configuration': {'entity': 'Invoice'}, 'pipeline_run_id': 900001,
                  'execution_date': '2025-12-31T10:00:00', 'fecha_inicio': '2025-12-01',
                  'fecha_fin': '2026-01-01', 'chunk_days': 3, 'page_size': 50}
        told = self._both('extract', kwargs)
        fetched = lines_of(told[0] + told[1], 'fetched and archived')
        self.tap.equal('of a block twice at once one reads the windows, each once',
                       [len(fetched), len(set(fetched))], [11, 11])
        returned = [lines_of(text, 'returned ') for text in told]
        self.tap.ok('and the other returns after it', all(returned), told)
        given = json.loads(returned[0][0].partition(' ')[2])
        told = self._both('load', given, kwargs)
        loaded = lines_of(told[0] + told[1], ' rows loaded: ')
        self.tap.equal('and one loads them, each once',
                       [len(loaded), len(set(loaded))], [11, 11])
        sums = [json.loads(lines_of(text, 'returned ')[0].partition(' ')[2])
                for text in told]
        self.tap.equal('both return the same numbers', sums[0], sums[1])
        self.tap.equal('and the ledger has each window once',
                       self.pg.ask(LEDGER.format(900001)), '11')

    def _holder(self):
        """Another program that holds the lock on invoices."""
        holder = subprocess.Popen([os.path.join(stack.BIN, 'qb-lock'), 'Invoice'],
                                  env={**os.environ, **self.pg.env}, text=True,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        holder.stdout.readline()
        return holder

    def _both(self, name, *given):
        """What two processes that do the same say."""
        third = self._holder()
        blocks = []
        try:
            blocks = [self.mage.block(name, *given) for _ in range(2)]
            waiting = [self._until(block, 'waiting') for block in blocks]
            self.tap.ok(f'two of {name} at once wait for the lock, and say so',
                        all('another run is loading Invoice' in text for text in waiting), waiting)
            third.stdin.close()
            return [text + block.stdout.read() for text, block in zip(waiting, blocks)]
        finally:
            for process in [third, *blocks]:
                process.stdout.close()
                process.terminate()
                process.wait()

    def a_block_whose_run_is_cancelled(self):
        """Of a block twice at once Mage knows one, and ends that one."""
        variables = {**YEAR, 'fecha_inicio': '2024-11-01', 'fecha_fin': '2024-12-01'}
        holder = self._holder()
        block = None
        try:
            schedule = self.mage.once('qb_invoices_backfill', 'waits', variables)
            run = stack.wait_for('the run to wait', lambda: self._waiting(schedule))
            block = self.mage.block('extract', {
                **variables, 'configuration': {'entity': 'Invoice'},
                'pipeline_run_id': run['id'], 'execution_date': '2025-12-31T10:00:00'})
            text = self._until(block, 'waiting')
            self.mage.set_run(run['id'], status='cancelled')
            self.mage.ended(schedule)
            holder.stdin.close()
            text += block.stdout.read()
            self.tap.ok('a block that waited while its run was cancelled does nothing more',
                        'was cancelled while this block waited' in text
                        and 'windows' not in text, text)
        finally:
            for process in filter(None, [holder, block]):
                process.stdout.close()
                process.terminate()
                process.wait()

    def _waiting(self, schedule):
        run = self.mage.run_of(schedule)
        return run if run and 'waiting; ' in self.log_of(
            'qb_invoices_backfill', run, 'qb_extract') else None

    @staticmethod
    def _until(block, word):
        text = ''
        for line in block.stdout:
            text += line
            if word in line:
                break
        return text

    def two_runs_at_once(self):
        """Two triggers for the same range, due at the same time."""
        variables = {**YEAR, 'fecha_inicio': '2025-07-01', 'fecha_fin': '2025-10-07'}
        schedules = [self.mage.once('qb_items_backfill', name, variables)
                     for name in ('first_of_two', 'second_of_two')]
        self.tap.equal('of two runs of the same range at once both complete',
                       [self.mage.ended(s)['status'] for s in schedules], ['completed'] * 2)
        self.tap.equal('and each window is loaded once', self.pg.ask(
            'select count(*), count(distinct range_start_utc) from raw.qb_windows '
            "where entity = 'Item' and range_start_utc >= '2025-07-01Z'"), '7|7')
