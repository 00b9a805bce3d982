"""The input of a run: the variables of its trigger, and Mage Secrets.

Secrets reach the filters only by their environment; no error text holds one.
"""
import os
import re
import zoneinfo
from datetime import datetime, timezone

from mage_ai.data_preparation.shared.secrets import get_secret_value

from qb_mage.utils.mage_secrets import OPTIONAL, REQUIRED

BY = ('updated', 'created', 'txn-date')


class InputError(RuntimeError):
    """For the person who started the run; the text includes the next step."""


def secrets(group):
    """{'QBO_ENV': ...} of one group, or InputError naming what is missing."""
    found = {}
    for name in REQUIRED[group] + OPTIONAL[group]:
        value = get_secret_value(name, suppress_warning=True)
        if value:
            found[name] = str(value)
    missing = [name for name in REQUIRED[group] if name not in found]
    if group == 'QBO' and not missing and 'QBO_REFRESH_TOKEN' not in found:
        if not os.path.exists(token_file(found)):
            raise InputError('there is no QuickBooks login yet, and the secret '
                             'QBO_REFRESH_TOKEN is not set in Mage Secrets\n'
                             'next: log in (RUNBOOK.md, "Logging in"), then run '
                             'the pipeline again')
    if missing:
        several = len(missing) > 1
        raise InputError(f'the secret{"s" if several else ""} {", ".join(missing)} '
                         f'{"are" if several else "is"} not set in Mage Secrets\n'
                         'next: enter them there or with seed-secrets (RUNBOOK.md, '
                         '"Secrets"), then run the pipeline again')
    return found


def state_folder():
    """Where logins and archives are kept, on a volume: $XDG_STATE_HOME."""
    home = os.environ.get('XDG_STATE_HOME')
    if not home:
        home = os.path.join(os.environ.get('HOME') or '/root', '.local', 'state')
    return home


def token_file(qbo):
    """The file in which qb-fetch keeps the newest refresh token."""
    return os.path.join(state_folder(), 'qb',
                        f'{qbo["QBO_ENV"]}-{qbo["QBO_REALM_ID"]}.json')


class Shared:
    """The variables that all pipelines have, checked, in the form that the filters
    take."""

    def __init__(self, kwargs):
        self.tz = _zone(kwargs)
        self.chunk_days = _number(kwargs, 'chunk_days', 7, 1, 10000)
        self.page_size = _number(kwargs, 'page_size', 1000, 1, 1000)
        self.scan_rows = _number(kwargs, 'scan_rows', 20000, 1, 1000000)
        self.archive = os.path.join(state_folder(), _text(kwargs, 'archive') or 'archive')
        self.rejects = os.path.join(state_folder(), _text(kwargs, 'rejects') or 'rejects')
        self.run = _run_name(kwargs)


class Variables(Shared):
    """Those of a backfill."""

    def __init__(self, kwargs):
        super().__init__(kwargs)
        self.entity = (kwargs.get('configuration') or {}).get('entity')
        if not self.entity:
            raise InputError('the block has no entity in its configuration\n'
                             'next: set it in metadata.yaml of the pipeline')
        self.start = _time(kwargs, 'fecha_inicio', required=True)
        self.end = _time(kwargs, 'fecha_fin', required=False)
        self.by = _by(kwargs)
        if self.by == 'txn-date' and self.tz != 'UTC':
            raise InputError(f'the variable tz is {self.tz}, but by is txn-date, and '
                             'the date of a transaction has no time zone\n'
                             'next: leave tz empty, then run the pipeline again')
        self.resume = _boolean(kwargs, 'resume', True)


class SyncVariables(Shared):
    """Those of qb_sync."""

    def __init__(self, kwargs):
        super().__init__(kwargs)
        self.entities = _entities(kwargs)
        self.start = _time(kwargs, 'fecha_inicio', required=False)
        if _text(kwargs, 'fecha_fin'):
            raise _invalid('fecha_fin', _text(kwargs, 'fecha_fin'),
                           'empty: this pipeline always loads up to now')
        self.census = _text(kwargs, 'census') or '7d'
        if not re.fullmatch(r'\d{1,7}[smhdw]|never', self.census):
            raise _invalid('census', self.census, 'a time, such as 7d or 12h, or never')


def _entities(kwargs):
    """Names; qb-sync knows which exist."""
    text = _text(kwargs, 'entities')
    words = re.split(r'[\s,]+', text) if text else []
    if not all(re.fullmatch(r'[A-Za-z][A-Za-z_:-]*', word) for word in words):
        raise _invalid('entities', text, 'names separated by spaces, such as '
                       'customers invoices items')
    return words


def _text(kwargs, name):
    """'' where it is not set, or set to a pair of quotes."""
    value = kwargs.get(name)
    text = '' if value is None else str(value).strip()
    return '' if text in ('""', "''") else text


def _invalid(name, text, allowed):
    return InputError(f'the variable {name} is {text}; it must be {allowed}\n'
                      'next: change it in the trigger, then run the pipeline again')


def _time(kwargs, name, required):
    """A date, or a date and time; in the zone tz if it has no offset."""
    text = _text(kwargs, name)
    if not text:
        if required:
            raise InputError(f'the variable {name} is not set\n'
                             f'next: set {name} in the trigger, to 2025-01-01T00:00:00Z '
                             'for example')
        return None
    return re.sub(r'^(\d{4}-\d\d-\d\d) (?=\d)', r'\1T', text)


def _by(kwargs):
    text = _text(kwargs, 'by').lower().replace('_', '-') or 'updated'
    if text not in BY:
        raise _invalid('by', text, 'updated, created or txn-date')
    return text


def _zone(kwargs):
    text = _text(kwargs, 'tz') or 'UTC'
    try:
        zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise _invalid('tz', text, 'the name of a time zone, such as '
                       'America/Guayaquil') from None
    return text


def _number(kwargs, name, preset, least, most):
    text = _text(kwargs, name) or str(preset)
    if not re.fullmatch(r'\d{1,6}', text) or not least <= int(text) <= most:
        raise _invalid(name, text, f'a number from {least} to {most}')
    return int(text)


def _boolean(kwargs, name, preset):
    text = (_text(kwargs, name) or str(preset)).lower()
    if text in ('true', 'yes', '1', 'si', 'sí'):
        return True
    if text in ('false', 'no', '0'):
        return False
    raise _invalid(name, text, 'true or false')


def _run_name(kwargs):
    """The same for all blocks of a run, and for a block that is run again."""
    number = kwargs.get('pipeline_run_id')
    if number is None:      # `mage run` at a terminal
        number, when = f'cli-{os.getpid()}', datetime.now(timezone.utc)
    else:
        when = kwargs['execution_date']
    return f'mage-{number}-{when:%Y%m%dT%H%M%SZ}'
