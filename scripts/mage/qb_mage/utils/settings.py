"""What a run needs to know: its variables, and the secrets of Mage Secrets.

Secrets go to the filters by their environment alone; no text here holds the
value of one.
"""
import os
import re
from datetime import datetime, timezone

from mage_ai.data_preparation.shared.secrets import get_secret_value

NEEDED = {
    'QBO': ('QBO_CLIENT_ID', 'QBO_CLIENT_SECRET', 'QBO_REALM_ID', 'QBO_ENV'),
    'PG': ('PGHOST', 'PGDATABASE', 'PGUSER', 'PGPASSWORD'),
}
ALLOWED = {
    'QBO': ('QBO_REFRESH_TOKEN', 'QBO_API_URL', 'QBO_TOKEN_URL'),
    'PG': ('PGPORT', 'PGSSLMODE', 'PGSSLROOTCERT'),
}


class Wrong(RuntimeError):
    """Said to the person who started the run; the next step is in it."""


def secrets(group):
    """{'QBO_ENV': ...} of one group, or Wrong with the name that is missing."""
    found = {}
    for name in NEEDED[group] + ALLOWED[group]:
        value = get_secret_value(name, suppress_warning=True)
        if value:
            found[name] = str(value)
    for name in NEEDED[group]:
        if name not in found:
            raise _missing(name)
    if group == 'QBO' and 'QBO_REFRESH_TOKEN' not in found:
        if not os.path.exists(token_file(found)):
            raise _missing('QBO_REFRESH_TOKEN')
    return found


def _missing(name):
    return Wrong(f'the secret {name} is not set in Mage Secrets\n'
                 'next: enter it there, or run scripts/mage/seed-secrets '
                 '(RUNBOOK.md, "Secrets"), then run once more')


def state_folder():
    """Where tokens and archives live, on a volume: $XDG_STATE_HOME."""
    home = os.environ.get('XDG_STATE_HOME')
    if not home:
        home = os.path.join(os.environ.get('HOME') or '/root', '.local', 'state')
    return home


def token_file(qbo):
    """The file in which qb-fetch keeps the newest refresh token."""
    return os.path.join(state_folder(), 'qb',
                        f'{qbo["QBO_ENV"]}-{qbo["QBO_REALM_ID"]}.json')


class Variables:
    """The runtime variables of a trigger, checked and spelled for a filter."""

    def __init__(self, kwargs):
        self.entity = (kwargs.get('configuration') or {}).get('entity')
        if not self.entity:
            raise Wrong('the block has no entity in its configuration\n'
                        'next: metadata.yaml of the pipeline names it')
        self.start = _time(kwargs, 'fecha_inicio', needed=True)
        self.end = _time(kwargs, 'fecha_fin', needed=False)
        self.chunk_days = _number(kwargs, 'chunk_days', 7, 1, 10000)
        self.page_size = _number(kwargs, 'page_size', 1000, 1, 1000)
        self.resume = _yes(kwargs, 'resume', True)
        self.archive = os.path.join(state_folder(), str(kwargs.get('archive') or 'archive'))
        self.rejects = os.path.join(state_folder(), str(kwargs.get('rejects') or 'rejects'))
        self.run = _run_name(kwargs)


def _time(kwargs, name, needed):
    """A date, or a date and time; UTC where it has no offset."""
    value = kwargs.get(name)
    if value is None or str(value).strip() == '':
        if needed:
            raise Wrong(f'the variable {name} is not set\n'
                        f'next: give the trigger {name}, such as 2025-01-01T00:00:00Z')
        return None
    if hasattr(value, 'isoformat'):
        value = value.isoformat()
    return re.sub(r'^(\d{4}-\d\d-\d\d) (?=\d)', r'\1T', str(value).strip())


def _number(kwargs, name, preset, least, most):
    value = kwargs.get(name)
    text = str(preset if value is None or value == '' else value).strip()
    if not re.fullmatch(r'\d{1,6}', text) or not least <= int(text) <= most:
        raise Wrong(f'the variable {name} is {text}, and not {least} to {most}\n'
                    'next: mend it in the trigger, then run once more')
    return int(text)


def _yes(kwargs, name, preset):
    value = kwargs.get(name)
    text = str(preset if value is None or value == '' else value).strip().lower()
    if text in ('true', 'yes', '1', 'si', 'sí'):
        return True
    if text in ('false', 'no', '0'):
        return False
    raise Wrong(f'the variable {name} is {text}, and neither true nor false\n'
                'next: mend it in the trigger, then run once more')


def _run_name(kwargs):
    """The same for all blocks of a run, and for a block that runs again."""
    number = kwargs.get('pipeline_run_id')
    if number is None:      # `mage run` at a terminal
        number, when = f'cli-{os.getpid()}', datetime.now(timezone.utc)
    else:
        when = kwargs['execution_date']
    return f'mage-{number}-{when:%Y%m%dT%H%M%SZ}'
