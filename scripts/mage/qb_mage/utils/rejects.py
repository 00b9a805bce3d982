"""Rows that PostgreSQL's jsonb cannot hold: put into a file, and named, so that
somebody can look for them in QuickBooks."""
import json
import os

from qb_mage.utils.settings import Wrong

MOST_NAMED = 20


class Rejects:
    """One file for an entity and a run; it stays only if there is one."""

    def __init__(self, folder, entity, run):
        os.makedirs(folder, mode=0o700, exist_ok=True)  # a company's books
        self.entity = entity
        self.path = os.path.join(folder, f'{entity}-{run}.ndjson')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if os.path.exists(self.path) and os.path.getsize(self.path) == 0:
            os.remove(self.path)

    def tell(self, rejected):
        """Name them; nothing to say where `rejected` of this run is 0."""
        if not rejected:
            return
        for words in self._names()[:MOST_NAMED]:
            print(f'{self.entity} {words}: PostgreSQL cannot hold it')
        raise Wrong(
            f'{rejected} rows of {self.entity} cannot be held by PostgreSQL, status 65; they '
            f'are in {self.path}, and all others are loaded\n'
            'next: look for the Ids above in QuickBooks, take out the odd character or number, '
            'and run once more with fecha_fin empty (RUNBOOK.md, "Rejected rows")')

    def _names(self):
        """Id, and number or name where there is one; each row once."""
        found = {}
        if os.path.exists(self.path):
            with open(self.path, 'rb') as file:
                for line in file:
                    payload = json.loads(line, parse_int=str).get('payload') or {}
                    number = payload.get('DocNumber') or payload.get('DisplayName') or ''
                    found[str(payload.get('Id'))] = ascii(number) if number else ''
        return [f'Id {key} {name}'.strip() for key, name in found.items()]
