"""The stages of a backfill, one per block:

    extract     qb-window | qb-pending, then qb-fetch | qb-archive
    load        the files of this run in the archive | qb-stamp | qb-load
    validate    qb-check

The blocks pass on one small dict; the rows are in the archive, on a volume.
The first two hold the lock of the entity, so that of two at the same time one
waits for the other.
"""
import gzip
import json
import os
import tempfile
from datetime import datetime, timezone

from qb_mage.utils.lock import entity_lock
from qb_mage.utils.pipeline import Failed, Filter, run
from qb_mage.utils.rejects import Rejects
from qb_mage.utils.settings import InputError, Variables, secrets
from qb_mage.utils.windows import Archive, key, notes, seal_of

FILES_PER_LOAD = 200    # arguments of one cat, far below the system's limit


def extract(kwargs):
    v = Variables(kwargs)
    secrets('QBO')      # report missing ones before waiting for the lock
    pg = secrets('PG')
    with entity_lock(v.entity, pg, kwargs):
        return _extract(v, secrets('QBO'), pg)      # they may have changed since


def _extract(v, qbo, pg):
    tickets = _tickets(v, _end(v))
    start, end = tickets[0]['window']['start'], tickets[-1]['window']['end']
    print(f'{v.entity} by {v.by}: {start} to {end} in {len(tickets)} windows, run {v.run}')
    if v.resume:
        tickets = _pending(tickets, {**pg, 'QBO_REALM_ID': qbo['QBO_REALM_ID']})
    done = notes(v.archive, v.run, v.entity, 'archived')
    todo = _not_archived(v, tickets, done, qbo['QBO_REALM_ID'])
    print(f'{v.entity}: {len(tickets)} windows to load, {len(todo)} of them to fetch')
    if todo:
        _fetch(v, todo, qbo, done)
    wanted = {key(t['window']) for t in tickets}
    seals = [s for s in _latest(done.lines) if key(s['window']) in wanted]
    notes(v.archive, v.run, v.entity, 'to-load').replace(seals)
    return {
        'entity': v.entity, 'by': v.by, 'tz': v.tz, 'start': start, 'end': end,
        'run': v.run, 'archive': v.archive, 'rejects': v.rejects,
        'windows': len(seals), 'fetched': len(todo),
        'extracted': sum(_rows(s) for s in seals),
    }


def _end(v):
    """Without fecha_fin it is now, or today for dates without a time; noted, so
    that it is the same if this block is run again."""
    if v.end:
        return v.end
    noted = notes(v.archive, v.run, v.entity, 'end')
    if not noted.lines:
        noted.add(datetime.now(timezone.utc).strftime(
            '%Y-%m-%d' if v.by == 'txn-date' else '%Y-%m-%dT%H:%M:%SZ'))
    return noted.lines[0]


def _tickets(v, end):
    lines = []
    run([Filter('qb-window', v.entity, f'--from={v.start}', f'--to={end}',
                f'--every={v.chunk_days}d', f'--by={v.by}', f'--tz={v.tz}')], lines.append)
    return _of_kind(lines, 'ticket')


def _of_kind(lines, kind):
    return [e for e in map(json.loads, lines) if e['qb'] == kind]


def _pending(tickets, env):
    """Those that the ledger does not cover yet."""
    lines = []
    with _stream_of(tickets) as file:
        run([Filter('qb-pending', env=env)], lines.append, first_input=file)
    return _of_kind(lines, 'ticket')


def _stream_of(envelopes):
    """Tickets, or seals of windows without rows."""
    file = tempfile.TemporaryFile()
    file.write(gzip.compress(b''.join(      # so that it can follow files of the archive
        json.dumps(envelope, separators=(',', ':')).encode() + b'\n'
        for envelope in envelopes + [{'qb': 'end', 'windows': len(envelopes), 'rows': 0}])))
    file.seek(0)
    return file


def _not_archived(v, tickets, done, realm):
    """Those without an archived file of this run or, with resume, of any run."""
    have = {key(s['window']) for s in done.lines
            if not _has_file(s) or seal_of(_file(v.archive, s))}
    archive = Archive(v.archive, realm, v.entity)
    todo = []
    for ticket in tickets:
        window = ticket['window']
        seal = archive.find(window) if v.resume and key(window) not in have else None
        # One that was read too early to be final is read again.
        if seal is not None and not seal['window'].get('provisional'):
            done.add(seal)
            print(_progress(seal, 'archived before'))
        elif key(window) not in have:
            todo.append(ticket)
    return todo


def _fetch(v, tickets, qbo, done):
    def take(line):
        envelope = json.loads(line)
        if envelope['qb'] == 'seal':
            done.add(envelope)
            print(_progress(envelope, 'fetched and archived' if _has_file(envelope)
                            else 'fetched'))

    with _stream_of(tickets) as file:
        run([
            Filter('qb-fetch', f'--page-size={v.page_size}',
                   f'--scan-rows={v.scan_rows}', env=qbo),
            Filter('qb-archive', v.archive),
            # Only seals and the end: the rows are in the archive now.
            Filter('grep', '-a', '--line-buffered', '^{"qb":"[se]', helper=True),
        ], take, first_input=file)


def _rows(seal):
    return seal['fetch']['rows']


def _has_file(seal):
    """A provisional window without rows has none: its seal is all there is."""
    return 'archive' in seal


def _file(archive, seal):
    return os.path.join(archive, seal['archive']['file'])


def _latest(seals):
    """One per window, the last one noted, ordered by time."""
    by_window = {key(s['window']): s for s in seals}
    return sorted(by_window.values(), key=lambda s: s['window']['start'])


def _progress(envelope, what):
    w = envelope['window']
    rows = _rows(envelope) if 'fetch' in envelope else envelope['load']['rows']
    return (f'{w["entity"]} {w["no"]}/{w["of"]} {w["start"]} to {w["end"]}: '
            f'{rows} rows {what}')


def load(extracted, kwargs):
    pg = secrets('PG')
    with entity_lock(extracted['entity'], pg, kwargs):
        return _load(extracted, pg)


def _load(extracted, pg):
    archive, name = extracted['archive'], extracted['run']
    entity = extracted['entity']
    done = notes(archive, name, entity, 'loaded')
    loaded = {key(r['window']) for r in done.lines}
    seals = notes(archive, name, entity, 'to-load').lines
    if len(seals) != extracted['windows']:
        raise InputError(f'{archive}/runs/{name} lists {len(seals)} windows, but '
                         f'{extracted["windows"]} were extracted\n'
                         'next: run the pipeline again, as a new run')
    todo = [s for s in seals if key(s['window']) not in loaded]
    print(f'{entity}: {len(todo)} of {len(seals)} windows to load')
    with Rejects(extracted['rejects'], entity, name) as rejects:
        for first in range(0, len(todo), FILES_PER_LOAD):
            _load_files(archive, todo[first:first + FILES_PER_LOAD], name, pg, done, rejects)
        rejects.report(sum(_of_run(done.lines, seals, 'rejected')))
    return {**extracted, **_totals(done.lines, seals)}


def _load_files(archive, seals, name, pg, done, rejects):
    todo = {key(seal['window']) for seal in seals}

    def take(line):
        envelope = json.loads(line)
        if envelope['qb'] == 'receipt':
            done.add(envelope)
            todo.discard(key(envelope['window']))
            r = envelope['load']
            print(_progress(envelope, f'loaded: {r["inserted"]} inserted, '
                            f'{r["updated"]} updated, {r["unchanged"]} unchanged'))

    files = [_file(archive, seal) for seal in seals if _has_file(seal)]
    for path in files:
        if not os.path.exists(path):
            raise InputError(f'{path} is missing in the archive\nnext: run the pipeline '
                             'again, as a new run, which fetches its window again')
    try:
        with _stream_of([seal for seal in seals if not _has_file(seal)]) as rest:
            run([Filter('cat', '--', *files, '-', helper=True),
                 Filter('qb-stamp', f'--run={name}'),
                 Filter('qb-load', f'--rejects={rejects.path}', env=pg)], take,
                first_input=rest)
    except Failed as why:
        # Everything is loaded except what jsonb cannot store, reported at the end.
        if why.status != 65 or why.tool != 'qb-load' or todo:
            raise


def _totals(receipts, seals):
    names = ('rows', 'inserted', 'updated', 'unchanged', 'stale', 'rejected')
    sums = {name: sum(_of_run(receipts, seals, name)) for name in names}
    return {'loaded': sums.pop('rows'), **sums}


def _of_run(receipts, seals, name):
    """A number of each window, once, even if it was loaded several times."""
    wanted = {key(s['window']) for s in seals}
    loads = {key(r['window']): r['load'] for r in receipts if key(r['window']) in wanted}
    return [load[name] for load in loads.values()]


def validate(loaded):
    """The verdict of qb-check for the range, and extracted against loaded."""
    lines = []
    if loaded['extracted'] != loaded['loaded']:
        raise InputError(f'{loaded["extracted"]} rows were extracted, but '
                         f'{loaded["loaded"]} loaded\nnext: run the pipeline again, '
                         'as a new run')
    failure = None
    try:
        run([Filter('qb-check', loaded['entity'], f'--from={loaded["start"]}',
                    f'--to={loaded["end"]}',
                    # a block that ended before an upgrade may not have told these
                    f'--by={loaded.get("by", "updated")}', f'--tz={loaded.get("tz", "UTC")}',
                    f'--archive={loaded["archive"]}', '--json',
                    env={**secrets('QBO'), **secrets('PG')})],
            lines.append)
    except RuntimeError as why:
        failure = why
    if lines:
        _print_report(json.loads(lines[0]))
    if failure:
        raise failure
    report = json.loads(lines[0])
    if report['final_count'] <= 0:
        raise InputError(f'the table of {loaded["entity"]} is empty, final_count is 0\n'
                         'next: QuickBooks has no rows in this range; use a longer one')
    return {name: report.get(name) for name in (
        'entity', 'by', 'start', 'end', 'verdict', 'counted',
        'extracted', 'inserted', 'updated', 'unchanged', 'stale', 'in_range',
        'final_count')}


def _print_report(report):
    for name in ('counted', 'extracted', 'inserted', 'updated',
                 'unchanged', 'stale', 'rejected', 'in_range', 'final_count', 'missing'):
        if report.get(name) is not None:
            print(f'{report["entity"]}: {name} = {report[name]}')
    for finding in report['findings']:
        print(f'{report["entity"]}: {finding["text"]}')
    print(f'{report["entity"]}: verdict {report["verdict"]}')
