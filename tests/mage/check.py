#!/usr/bin/env python3
"""The Mage project in a real Mage, against the simulator and a private
PostgreSQL: what tests/mage/run runs.  Prints TAP, and what it checked."""
import contextlib
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

import compose
import interrupted
import rejected
import server
import stack
import synced
from cases import PIPELINES, YEAR
from tap import Tap, tail_of

WINDOWS = 13        # of 14 days, in those months
SECRETS = ('QBO_CLIENT_SECRET', 'QBO_REFRESH_TOKEN', 'PGPASSWORD')


class Checks(interrupted.Interrupted, rejected.Rejected, synced.Synced):
    def __init__(self, tap, folder):
        self.tap = tap
        self.folder = folder
        self.pg = stack.Postgres(os.path.join(folder, 'postgres'))
        self.sim = stack.Simulator(folder, 'sim')
        self.sims = [self.sim]
        self.mage = server.Server(folder, self.pg.database('mage'))
        self.secrets = {**self.sim.env, **self.pg.env, 'PGPASSWORD': 'a-password-that-is-not-asked'}
        self.spoken = set(self.secrets[n] for n in SECRETS)
        self.argv_seen = []
        tap.logs.update({
            'Mage': tail_of(self.mage.output), 'PostgreSQL': tail_of(self.pg.log),
            'the simulator': lambda: tail_of(self.sims[-1].log)(),
            'the newest run': lambda: self.mage.told_last()})

    def stop(self):
        self.mage.stop()
        left = self.mage.filters()
        self.tap.equal('when Mage has ended no filter of its blocks is left', left, {})
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        for sim in self.sims:
            sim.stop()
        self.pg.stop()

    def simulator(self, name, *options, rules=''):
        sim = stack.Simulator(self.folder, name, *options, rules=rules)
        self.sims.append(sim)
        self.spoken.add(sim.env['QBO_REFRESH_TOKEN'])
        self.mage.point_to(sim)
        return sim

    def log_of(self, pipeline, run, block):
        return '\n'.join(self.mage.logs(pipeline, run['id']).get(block, []))

    def blocks(self, run):
        told = self.mage.api.ask('GET', f'pipeline_runs/{run["id"]}')['pipeline_run']
        return {b['block_uuid']: b['status'] for b in told['block_runs']}

    def fingerprint(self, table):
        """Every row as it stands, where it stands: no row was written again."""
        return self.pg.ask(f"select count(*), md5(string_agg(concat_ws(' ', ctid, xmin, "
                           f"t::text), ' ' order by id)) from raw.{table} t")

    # -- the cases, in their order; each stands on those before ------------

    def secrets_are_seeded(self):
        said = self.mage.seed({k: v for k, v in self.secrets.items()
                               if k != 'QBO_CLIENT_SECRET'})
        self.tap.ok('seed-secrets names what it set', 'PGPASSWORD: set' in said, said)
        self.tap.ok('and says no value',
                    not any(v in said for v in self.spoken), said)
        said = self.mage.seed({'QBO_ENV': 'production'}, '--keep')
        self.tap.ok('with --keep a secret that is there stays', 'QBO_ENV: kept' in said, said)

    def seeding_by_prompt_shows_nothing(self):
        """On a terminal: the answers must not come back from it."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(f'{stack.VENV}/bin/python', [
                'python', os.path.join(stack.ROOT, 'scripts/mage/seed-secrets')],
                self.mage.env())
        said = b''
        answers = {b'QBO_CLIENT_SECRET': self.secrets['QBO_CLIENT_SECRET']}
        answered = None
        try:
            while True:
                block = os.read(terminal, 4096)
                if not block:
                    break
                said += block
                prompt = re.search(rb'(\w+)(?: \([^)]*\))?: $', said)
                if prompt and said != answered:
                    answered = said
                    os.write(terminal, answers.get(prompt[1], '').encode() + b'\n')
        except OSError:     # the terminal is closed
            pass
        os.waitpid(pid, 0)
        self.tap.ok('seed-secrets asks for what it needs, and an empty answer changes nothing',
                    b'QBO_CLIENT_SECRET: set' in said and said.count(b': set') == 1, said)
        self.tap.ok('what is typed there is not shown',
                    self.secrets['QBO_CLIENT_SECRET'].encode() not in said, said)

    def mage_starts(self):
        self.mage.start()
        found = {p['uuid'] for p in self.mage.api.ask('GET', 'pipelines')['pipelines']}
        triggers = {'qb_sync': 'qb_sync_daily',
                    **{f'qb_{t}_backfill': f'qb_{t}_once' for t in PIPELINES}}
        self.tap.equal('Mage shows the four pipelines', found, set(triggers))
        for pipeline, trigger in triggers.items():
            self.tap.equal(f'the trigger {trigger} is there, inactive',
                           self.mage.trigger(pipeline, trigger)['status'], 'inactive')

    def a_missing_secret_is_named(self):
        schedule = self.mage.once('qb_items_backfill', 'without_a_secret', YEAR)
        run = self.mage.ended(schedule)
        log = self.log_of('qb_items_backfill', run, 'qb_extract')
        self.tap.equal('a run without a secret fails', run['status'], 'failed')
        self.tap.ok('and names it', 'the secret QBO_CLIENT_SECRET is not set' in log, log)

    def the_three_run_once(self):
        self.schedules = {t: self.mage.activate(f'qb_{t}_backfill', f'qb_{t}_once', YEAR)
                          for t in PIPELINES}
        self.runs = {t: self.mage.ended(s) for t, s in self.schedules.items()}
        for table, entity in PIPELINES.items():
            run = self.runs[table]
            self.tap.equal(f'the run of {table} completes', run['status'], 'completed')
            self._rows_and_metadata(table, entity, run)

    def _rows_and_metadata(self, table, entity, run):
        told = self.log_of(f'qb_{table}_backfill', run, 'qb_validate')
        rows = self.pg.ask(f'select count(*) from raw.{table}')
        self.tap.ok(f'{table}: there are rows, the number that QuickBooks counts',
                    int(rows) > 0 and f'{entity}: counted = {rows}\n' in told, told)
        self.tap.equal(f'{table}: every row has its metadata and its window', self.pg.ask(
            f"select count(*) from raw.{table} where payload->>'Id' = id "
            "and ingested_at_utc > now() - interval '1 hour' and page_size = 50 "
            "and extract_window_end_utc - extract_window_start_utc <= interval '14 days' "
            "and updated_at_utc >= extract_window_start_utc "
            "and updated_at_utc < extract_window_end_utc "
            "and request_payload ? 'query' and page_number > 0 "
            f"and run_id like 'mage-{run['id']}-%'"), rows)
        self.tap.equal(f'{table}: the ledger has each window once', self.pg.ask(
            'select count(*), count(distinct range_start_utc) from raw.qb_windows '
            f"where entity = '{entity}'"), f'{WINDOWS}|{WINDOWS}')

    def blocks_tell_their_progress(self):
        for block, word in (('qb_extract', 'fetched and archived'), ('qb_load', 'loaded:')):
            log = self.log_of('qb_invoices_backfill', self.runs['invoices'], block)
            self.tap.equal(f'the log of {block} has a line for each window',
                           sum(word in line and line.startswith('Invoice ')
                               for line in log.splitlines()), WINDOWS)

    def triggers_are_closed(self):
        for table, schedule in self.schedules.items():
            self.tap.equal(f'the trigger of {table} is inactive after success',
                           self.mage.api.schedule(schedule)['status'], 'inactive')
            text = self.mage.file_of(f'qb_{table}_backfill')
            self.tap.ok(f'in the file of {table}, too',
                        'status: inactive' in text and 'status: active' not in text, text)

    def again(self):
        before = self._state()
        asked = self.sim.requests()
        run = self.mage.ended(self.mage.once('qb_invoices_backfill', 'again', YEAR))
        self.tap.equal('a second run of the same range completes', run['status'], 'completed')
        self.tap.equal('it changes nothing, in the table nor the ledger', self._state(), before)
        self.tap.equal('and asks QuickBooks for one count, of the range',
                       self.sim.requests() - asked, 1)
        run = self.mage.ended(self.mage.once('qb_invoices_backfill', 'all_again',
                                             {**YEAR, 'resume': False}))
        self.tap.equal('a run with resume: false completes', run['status'], 'completed')
        self.tap.equal('it reads all again and writes no row again',
                       self._state()[0], before[0])
        self.tap.equal('and every window stands in the ledger once more', self._state()[1],
                       str(int(before[1]) + WINDOWS))

    def dated_in_march(self):
        variables = {'fecha_inicio': '2025-03-01', 'fecha_fin': '2025-04-01',
                     'by': 'txn-date', 'chunk_days': 14}
        run = self.mage.ended(self.mage.once('qb_invoices_backfill', 'dated', variables))
        log = self.log_of('qb_invoices_backfill', run, 'qb_validate')
        self.tap.equal('a run with by=txn-date completes', run['status'], 'completed')
        self.tap.equal('it loads windows of the date of the invoice', self.pg.ask(
            "select count(*) from raw.qb_windows where by = 'txn-date'"), '3')
        dated = self.pg.ask("select count(*) from raw.invoices where payload->>'TxnDate' "
                            "between '2025-03-01' and '2025-03-31'")
        self.tap.ok('all invoices dated in that month are in the table',
                    int(dated) > 0 and f'Invoice: counted = {dated}\n' in log
                    and f'Invoice: in_range = {dated}\n' in log, log)
        run = self.mage.ended(self.mage.once('qb_customers_backfill', 'dated', variables))
        log = self.log_of('qb_customers_backfill', run, 'qb_extract')
        self.tap.ok('for customers, which have no date, it is refused',
                    run['status'] == 'failed' and 'Customer' in log and 'txn-date' in log
                    and 'qb-window ended with status 64' in log, log)
        variables['tz'] = 'Guayaquil'
        run = self.mage.ended(self.mage.once('qb_invoices_backfill', 'nowhere', variables))
        log = self.log_of('qb_invoices_backfill', run, 'qb_extract')
        self.tap.ok('so is a time zone that does not exist', run['status'] == 'failed'
                    and 'the variable tz is Guayaquil' in log, log)

    def untouched(self):
        """Run @once with the variables of the pipeline, and a day in Guayaquil."""
        self.simulator('untouched')
        run = self.mage.ended(self.mage.once('qb_customers_backfill', 'untouched', {}))
        log = self.log_of('qb_customers_backfill', run, 'qb_extract')
        self.tap.equal('a run without variables of its own completes', run['status'], 'completed')
        first = re.search(r'Customer by updated: (\S+)T\S+ to (\S+)T\S+ in ', log)
        self.tap.equal('it reads from the beginning of 2025 until now', first and first.groups(),
                       ('2025-01-01', time.strftime('%Y-%m-%d', time.gmtime())))
        run = self.mage.ended(self.mage.once('qb_customers_backfill', 'local', {
            'fecha_inicio': '2025-09-12', 'fecha_fin': '2025-09-13',
            'tz': 'America/Guayaquil'}))
        log = self.log_of('qb_customers_backfill', run, 'qb_extract')
        self.tap.ok('with tz a date begins at midnight there', run['status'] == 'completed'
                    and '2025-09-12T05:00:00Z to 2025-09-13T05:00:00Z' in log, log)

    def _state(self):
        return (self.fingerprint('invoices'), self.pg.ask('select count(*) from raw.qb_windows'))

    def too_many_requests_for_ever(self):
        self.simulator('sim429', rules='any always status 429 retry-after 1\n')
        before = self._state()
        run = self._fails('too_many', 'limited for ever')
        log = self.log_of('qb_invoices_backfill', run, 'qb_extract')
        self.tap.ok('the sentence says how often it was tried, and to go on later',
                    '429' in log and 'qb-fetch ended with status 75' in log
                    and 'Retry incomplete blocks' in log, log)
        self.tap.equal('nothing was loaded', self._state(), before)

    def a_dead_refresh_token(self):
        sim = self.simulator('simdead')
        self.mage.replace_secret('QBO_REFRESH_TOKEN', 'AB11-nobody-gave-this-one')
        run = self._fails('dead_token', 'whose login is lost')
        log = self.log_of('qb_invoices_backfill', run, 'qb_extract')
        self.tap.ok('the sentence says that a person must log in again',
                    'qb-fetch ended with status 77' in log
                    and 'the QuickBooks login is lost: log in again' in log, log)
        self.tap.equal('and Mage did not try again', log.count('windows to load, '), 1)
        told, status = self.mage.log_in(sim)
        self.tap.ok('with-secrets qb-auth login logs in again, by an address that is pasted',
                    status == 0 and f'QBO_REALM_ID={sim.env["QBO_REALM_ID"]}' in told, told)
        self.mage.set_run(run['id'], pipeline_run_action='retry_blocks')
        stack.wait_for('the run to begin again',
                       lambda: self.mage.run_of(run['pipeline_schedule_id'])['status'] != 'failed')
        self.tap.equal('then "Retry incomplete blocks" finishes the same run',
                       self.mage.ended(run['pipeline_schedule_id'])['status'], 'completed')

    def _fails(self, name, what):
        variables = {**YEAR, 'fecha_inicio': '2025-07-01', 'fecha_fin': '2025-08-01'}
        schedule = self.mage.once('qb_invoices_backfill', name, variables)
        run = self.mage.ended(schedule)
        self.tap.equal(f'a run {what} is shown as failed', run['status'], 'failed')
        self.tap.ok('and no block behind it did anything',
                    'completed' not in self.blocks(run).values(), self.blocks(run))
        return run

    def refused(self):
        good = self.secrets['QBO_REALM_ID']
        self.mage.replace_secret('QBO_REALM_ID', '999')
        variables = {**YEAR, 'fecha_inicio': '2025-08-01', 'fecha_fin': '2025-09-01'}
        run = self.mage.ended(self.mage.once('qb_invoices_backfill', 'refused', variables))
        log = self.log_of('qb_invoices_backfill', run, 'qb_extract')
        self.tap.ok('another company than the schema\'s is refused with status 69, once',
                    run['status'] == 'failed' and 'ended with status 69' in log
                    and log.count('999') and 'a retry will be refused too' in log, log)
        self.mage.replace_secret('QBO_REALM_ID', good)

    def after_a_restart(self):
        before = {t: len(self.mage.api.runs(s)) for t, s in self.schedules.items()}
        self.mage.stop()
        self.mage.start()
        # Once a trigger that is due has run, its scheduler has seen all of them.
        run = self.mage.ended(self.mage.once('qb_items_backfill', 'since_the_restart', YEAR))
        self.tap.equal('Mage goes on after a restart', run['status'], 'completed')
        for table, schedule in self.schedules.items():
            self.tap.equal(f'after a restart the trigger of {table} is still inactive',
                           self.mage.api.schedule(schedule)['status'], 'inactive')
            self.tap.equal(f'and {table} did not run again',
                           len(self.mage.api.runs(schedule)), before[table])

    def no_secret_anywhere(self):
        token = stack.newest_refresh_token(self.mage.state)
        self.tap.ok('the newest refresh token is in the token store, and is not the first one',
                    token and token not in self.spoken)
        words = [w.encode() for w in self.spoken | {token}]
        database = self.pg.dump('mage')
        found = [path for path, text in stack.texts_below(
            self.mage.data, self.mage.project, os.path.join(self.mage.state, 'archive'))
            for word in words if word in text]
        with open(self.mage.output, 'rb') as file:
            output = file.read()
        self.tap.equal('no secret stands in a log, an output or an archive', found, [])
        self.tap.ok('nor in Mage\'s database', b'pipeline_run' in database and not any(
            w in database for w in words))
        self.tap.ok('nor in what Mage itself printed', not any(w in output for w in words))
        self.tap.ok('nor among the words of a command line',
                    self.argv_seen and not any(w in a for w in words for a in self.argv_seen))


def cases(checks):
    return (
        checks.secrets_are_seeded, checks.mage_starts, checks.a_missing_secret_is_named,
        checks.seeding_by_prompt_shows_nothing, checks.the_three_run_once,
        checks.blocks_tell_their_progress, checks.triggers_are_closed, checks.again,
        checks.dated_in_march, checks.too_many_requests_for_ever,
        checks.a_dead_refresh_token, checks.refused, checks.cancelled_in_the_middle,
        checks.a_worker_that_is_killed, checks.a_block_twice_at_once,
        checks.a_block_whose_run_is_cancelled, checks.two_runs_at_once,
        checks.rows_that_jsonb_cannot_store, checks.after_a_restart, checks.untouched,
        checks.kept_up_to_date, checks.a_sync_that_is_cancelled, checks.no_secret_anywhere,
    )


def run_mage(tap):
    folder = tempfile.mkdtemp(prefix='qb-mage.')
    os.chmod(folder, 0o755)
    checks = None
    try:
        checks = Checks(tap, folder)
        for case in cases(checks):
            began = time.monotonic()
            print(f'# {case.__name__.replace("_", " ")}')
            case()
            print(f'# {time.monotonic() - began:.0f} s')
    except (Exception, stack.TooLong):  # pylint: disable=broad-except
        tap.ok('the test ran to its end', False, traceback.format_exc())
    finally:
        if checks:
            checks.stop()
        if tap.failed and os.environ.get('QB_KEEP'):
            print(f'# kept: {folder}')
        else:
            shutil.rmtree(folder, ignore_errors=True)


def stop_by_signal(number, _):
    sys.exit(128 + number)


def too_long(*_):
    raise stack.TooLong('the tests of Mage take longer than they may')


@contextlib.contextmanager
def beside(tap, part):
    """A part in a process of its own: each of them mostly waits."""
    with tempfile.TemporaryFile('w+', encoding='utf-8') as told:
        with subprocess.Popen([sys.executable, __file__, part], stdout=told) as process:
            try:
                yield
                process.wait()
            finally:
                process.terminate()
        told.seek(0)
        tap.absorb(told.read(), part)


def parts(tap, words):
    if len(words) == 2:
        with beside(tap, 'compose'):
            parts(tap, ['mage'])
    elif 'compose' in words:
        compose.check(tap)
    elif os.environ.get('QB_NO_MAGE'):
        tap.skip('the project in a real Mage', os.environ['QB_NO_MAGE'])
    else:
        run_mage(tap)


def main():
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, stop_by_signal)
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(int(os.environ.get('QB_TEST_SECONDS', '1500')))
    tap = Tap()
    try:
        parts(tap, sys.argv[1:] or ['compose', 'mage'])
    except stack.TooLong as why:
        tap.ok('the tests end in time', False, why)
    finally:
        signal.alarm(0)
    tap.logs.clear()
    left = stack.left_running()
    tap.equal('nothing that was started is left running', left, {})
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    sys.exit(0 if tap.done() else 1)


main()
