"""The pipeline that keeps the tables up to date: its first load, its trigger, and a
run that is cancelled.  What its blocks say is tested in sync.t, without a Mage."""
import json
import os
import urllib.request

import stack
from interrupted import ANSWERED, HELD

ALL = {'entities': 'customers invoices', 'fecha_inicio': '2024-12-01', 'page_size': 50,
       'chunk_days': 14}


class Synced:
    def kept_up_to_date(self):
        """From nothing, by hand; then by the trigger as it is shipped."""
        self.pg.ask('set client_min_messages = warning; drop schema if exists raw cascade')
        sim = self.simulator('kept')
        run = self.mage.ended(self.mage.once('qb_sync', 'too_early', {}))
        log = self.log_of('qb_sync', run, 'qb_sync')
        self.tap.ok('before the first load qb_sync fails, and says how to begin',
                    run['status'] == 'failed' and 'nothing is loaded into this schema' in log
                    and 'next: for the first load set the variable fecha_inicio' in log, log)
        run = self.mage.ended(self.mage.once('qb_sync', 'first_load', ALL))
        log = self.log_of('qb_sync', run, 'qb_sync')
        self.tap.equal('with fecha_inicio it loads', run['status'], 'completed')
        self.tap.equal('all rows', self._live(), '400|1500')
        self.tap.ok('its log has a line per entity, and what qb-check found', all(
            words in log for words in ('1500 rows loaded: 1500 inserted',
                                       '2 of 2 entities ok')), log)
        gone = self._change(sim, 'do=delete&rows=3')
        self._change(sim, 'do=edit&rows=2')
        run = self._by_its_trigger({'census': '0s'})
        log = self.log_of('qb_sync', run, 'qb_report')
        self.tap.equal('its trigger runs it, too', run['status'], 'completed')
        self.tap.equal('what was deleted is marked, and only that', self.pg.ask(
            'select id from raw.invoices where deleted_at_utc is not null order by id::int'
            ).split(), sorted(gone, key=int))
        self.tap.equal('what was changed is loaded', self.pg.ask(
            f"select count(*) from raw.invoices where run_id like 'mage-{run['id']}-%' "
            'and deleted_at_utc is null'), '2')
        self.tap.ok('the last block tells how far each table is',
                    'covered until' in log and 'calls this month' in log, log)

    def _by_its_trigger(self, variables):
        """As it is shipped, but for a run at once; and made inactive again."""
        schedule = self.mage.activate('qb_sync', 'qb_sync_daily', variables,
                                      create_initial_pipeline_run=True)
        run = self.mage.ended(schedule)
        self.tap.equal('and stays active after its run',
                       self.mage.api.schedule(schedule)['status'], 'active')
        self.mage.api.ask('PUT', f'pipeline_schedules/{schedule}', {
            'pipeline_schedule': {'id': schedule, 'status': 'inactive'}})
        return run

    def _live(self):
        return self.pg.ask('select ' + ', '.join(
            f'(select count(*) from raw.{table} where deleted_at_utc is null)'
            for table in ('customers', 'invoices')))

    @staticmethod
    def _change(sim, what):
        with urllib.request.urlopen(
                f'{sim.env["QBO_API_URL"]}/sim/change?entity=Invoice&{what}', timeout=30) as told:
            return json.load(told)['changed']

    def a_sync_that_is_cancelled(self):
        self.simulator('held3', rules=HELD)
        schedule = self.mage.once('qb_sync', 'sync_cancelled', {
            **ALL, 'entities': 'items', 'chunk_days': 3, 'scan_rows': 5})
        stack.wait_for('the simulator to hold its answers back',
                       lambda: self.sims[-1].requests() >= ANSWERED)
        run = self.mage.run_of(schedule)
        found = self.mage.filters()
        self.argv_seen += [word for argv in found.values() for word in argv]
        self.tap.ok('in the middle qb-sync and its stages are at work', {
            'qb-sync', 'qb-fetch', 'qb-lock'} <= {
                os.path.basename(word).decode() for argv in found.values()
                for word in argv[:2]}, found)
        self.mage.set_run(run['id'], status='cancelled')
        self._filters_end('a sync that is cancelled leaves nothing behind')
        self.simulator('free3')
        self.mage.set_run(run['id'], pipeline_run_action='retry_blocks')
        stack.wait_for('the run to begin again',
                       lambda: self.mage.run_of(schedule)['status'] != 'cancelled')
        self.tap.equal('"Retry incomplete blocks" finishes it',
                       self.mage.ended(schedule)['status'], 'completed')
        self.tap.equal('all rows are there, no window was loaded twice', self.pg.ask(
            'select (select count(*) from raw.items), count(*) - count(distinct range_start_utc) '
            "from raw.qb_windows where entity = 'Item' and by <> 'census'"), '150|0')
