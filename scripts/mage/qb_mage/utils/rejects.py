"""Rows that PostgreSQL's jsonb cannot store: written to a file, and listed in
the log, so that they can be corrected in QuickBooks."""
import json
import os

from qb_mage.utils.settings import InputError

MOST_LISTED = 20
AGAIN = ('find the Ids above in QuickBooks, remove the invalid character or number, '
         'and run again with fecha_fin empty (RUNBOOK.md, "Rejected rows")')


class Rejects:
    """One file per run, and per entity unless that is None; an empty file is
    removed."""

    def __init__(self, folder, entity, run):
        os.makedirs(folder, mode=0o700, exist_ok=True)  # accounting data
        self.entity = entity
        self.path = os.path.join(folder, f'{entity or "all"}-{run}.ndjson')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if os.path.exists(self.path) and os.path.getsize(self.path) == 0:
            os.remove(self.path)

    def report(self, rejected, then=AGAIN):
        """List them and fail, unless `rejected`, those of this run, is 0."""
        if not rejected:
            return
        for words in self._names()[:MOST_LISTED]:
            print(f'{words}: PostgreSQL cannot store it')
        raise InputError(
            f'PostgreSQL cannot store {rejected} rows{self._of()} '
            f'(status 65); they are in {self.path}, all other rows are loaded\nnext: {then}')

    def _of(self):
        return f' of {self.entity}' if self.entity else ''

    def count(self):
        return len(self._names())

    def _names(self):
        """Entity, Id, and number or name if there is one; each row once."""
        found = {}
        if os.path.exists(self.path):
            with open(self.path, 'rb') as file:
                for line in file:
                    row = json.loads(line, parse_int=str)
                    entity = self.entity or row['window']['entity']
                    payload = row.get('payload') or {}
                    number = payload.get('DocNumber') or payload.get('DisplayName') or ''
                    found[f'{entity} Id {payload.get("Id")}'] = ascii(number) if number else ''
        return [f'{key} {name}'.strip() for key, name in found.items()]
