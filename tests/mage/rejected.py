"""Rows that jsonb cannot store."""
import os

import stack
from cases import YEAR


class Rejected:
    def rows_that_jsonb_cannot_store(self):
        """They are put aside and named; all others are loaded, and the run fails."""
        self.simulator('spoiled', '--spoil=25')
        variables = {**YEAR, 'fecha_inicio': '2025-10-07', 'fecha_fin': '2026-01-01',
                     'chunk_days': 30, 'rejects': 'put-aside'}
        schedule = self.mage.once('qb_items_backfill', 'spoiled', variables)
        run = self.mage.ended(schedule)
        log = self.log_of('qb_items_backfill', run, 'qb_load')
        self.tap.equal('a run with rows that jsonb cannot store is shown as failed',
                       run['status'], 'failed')
        ledger = self.pg.ask('select count(*), sum(rejected), sum(inserted) > 0 '
                             f"from raw.qb_windows where run_id like 'mage-{run['id']}-%'")
        rejected = int(ledger.split('|')[1] or 0)
        self.tap.equal('all its windows are loaded, but for those rows', ledger,
                       f'3|{max(rejected, 1)}|t')
        self.tap.ok('it says how many, where they are, and what to do',
                    f'PostgreSQL cannot store {rejected} rows of Item (status 65)' in log
                    and 'run again with fecha_fin empty' in log, log)
        self.tap.equal('and names each', log.count(': PostgreSQL cannot store it'), rejected)
        folder = os.path.join(self.mage.state, 'put-aside')
        kept = dict(stack.texts_below(folder))
        self.tap.equal('they are in the folder that the variable rejects names, whole',
                       [(len(text.splitlines()), text.count(b'"payload":'))
                        for text in kept.values()], [(rejected, rejected)])
        self.tap.equal('for nobody else to read',
                       [os.stat(path).st_mode & 0o777 for path in [folder, *kept]],
                       [0o700, 0o600])
        others = os.path.join(self.mage.state, 'rejects')
        self.tap.equal('a run without such rows leaves no file', os.listdir(others), [])
        self.mage.set_run(run['id'], pipeline_run_action='retry_blocks')
        stack.wait_for('the run to begin again',
                       lambda: self.mage.run_of(schedule)['status'] != 'failed')
        self.tap.equal('begun again it says the same', self.mage.ended(schedule)['status'],
                       'failed')
        self.tap.equal('and puts no row aside twice',
                       dict(stack.texts_below(folder)), kept)
