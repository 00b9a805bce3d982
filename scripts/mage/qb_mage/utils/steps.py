"""The stages of a backfill, each what one block does:

    extract     qb-window | qb-pending, then qb-fetch | qb-archive
    load        the run's files of the archive | qb-stamp | qb-load
    validate    qb-check

Between them goes one small dict; the rows go by the archive, on a volume.
The first two hold qb-alone, so that of two at once one waits for the other.
"""
import json
import os
import tempfile
from datetime import datetime, timezone

from qb_mage.utils.alone import alone
from qb_mage.utils.chain import Failed, Stage, run
from qb_mage.utils.rejects import Rejects
from qb_mage.utils.settings import Variables, Wrong, secrets
from qb_mage.utils.windows import Archive, key, notes, seal_of

FILES_AT_ONCE = 200     # of a chain of load, to stay far below the longest argv


def extract(kwargs):
    v = Variables(kwargs)
    secrets('QBO')      # what is missing is said before the wait
    pg = secrets('PG')
    with alone(v.entity, pg, kwargs):
        return _extract(v, secrets('QBO'), pg)      # as they are after it


def _extract(v, qbo, pg):
    tickets = _tickets(v, _end(v))
    start, end = tickets[0]['window']['start'], tickets[-1]['window']['end']
    print(f'{v.entity}: {start} to {end} in {len(tickets)} windows, run {v.run}')
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
        'entity': v.entity, 'start': start, 'end': end, 'run': v.run,
        'archive': v.archive, 'rejects': v.rejects,
        'windows': len(seals), 'fetched': len(todo),
        'extracted': sum(_rows(s) for s in seals),
    }


def _end(v):
    """Where no end is given it is now, and stays so if this block runs again."""
    if v.end:
        return v.end
    frozen = notes(v.archive, v.run, v.entity, 'end')
    if not frozen.lines:
        frozen.add(datetime.now(timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ'))
    return frozen.lines[0]


def _tickets(v, end):
    lines = []
    run([Stage('qb-window', v.entity, f'--from={v.start}', f'--to={end}',
               f'--every={v.chunk_days}d')], lines.append)
    return _of_kind(lines, 'ticket')


def _of_kind(lines, kind):
    return [e for e in map(json.loads, lines) if e['qb'] == kind]


def _pending(tickets, env):
    """Those that the ledger does not cover yet."""
    lines = []
    with _stream_of(tickets) as file:
        run([Stage('qb-pending', env=env)], lines.append, first_input=file)
    return _of_kind(lines, 'ticket')


def _stream_of(tickets):
    file = tempfile.TemporaryFile()
    for envelope in tickets + [{'qb': 'end', 'windows': len(tickets), 'rows': 0}]:
        file.write(json.dumps(envelope, separators=(',', ':')).encode() + b'\n')
    file.seek(0)
    return file


def _not_archived(v, tickets, done, realm):
    """Those without a file by this run or, to resume, by any run."""
    have = {key(s['window']) for s in done.lines if seal_of(_file(v.archive, s))}
    archive = Archive(v.archive, realm, v.entity)
    todo = []
    for ticket in tickets:
        window = ticket['window']
        seal = archive.find(window) if v.resume and key(window) not in have else None
        if seal is not None:
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
            print(_progress(envelope, 'fetched and archived'))

    with _stream_of(tickets) as file:
        run([
            Stage('qb-fetch', f'--page-size={v.page_size}', env=qbo),
            Stage('qb-archive', v.archive),
            # Rows end here: they are in the archive.
            Stage('grep', '-a', '--line-buffered', '^{"qb":"[se]', helper=True),
        ], take, first_input=file)


def _rows(seal):
    return seal['fetch']['rows']


def _file(archive, seal):
    return os.path.join(archive, seal['archive']['file'])


def _latest(seals):
    """One for each window, the last that was noted, in the order of time."""
    by_window = {key(s['window']): s for s in seals}
    return sorted(by_window.values(), key=lambda s: s['window']['start'])


def _progress(envelope, what):
    w = envelope['window']
    rows = _rows(envelope) if 'fetch' in envelope else envelope['load']['rows']
    return (f'{w["entity"]} {w["no"]}/{w["of"]} {w["start"]} to {w["end"]}: '
            f'{rows} rows {what}')


def load(extracted, kwargs):
    pg = secrets('PG')
    with alone(extracted['entity'], pg, kwargs):
        return _load(extracted, pg)


def _load(extracted, pg):
    archive, name = extracted['archive'], extracted['run']
    entity = extracted['entity']
    done = notes(archive, name, entity, 'loaded')
    loaded = {key(r['window']) for r in done.lines}
    seals = notes(archive, name, entity, 'to-load').lines
    if len(seals) != extracted['windows']:
        raise Wrong(f'{len(seals)} windows are noted in {archive}/runs/{name}, and '
                    f'{extracted["windows"]} were extracted\n'
                    'next: run once more, as a new run')
    todo = [s for s in seals if key(s['window']) not in loaded]
    print(f'{entity}: {len(todo)} of {len(seals)} windows to load')
    with Rejects(extracted['rejects'], entity, name) as rejects:
        for first in range(0, len(todo), FILES_AT_ONCE):
            _replay(archive, todo[first:first + FILES_AT_ONCE], name, pg, done, rejects)
        rejects.tell(sum(_of_run(done.lines, seals, 'rejected')))
    return {**extracted, **_totals(done.lines, seals)}


def _replay(archive, seals, name, pg, done, rejects):
    todo = {key(seal['window']) for seal in seals}

    def take(line):
        envelope = json.loads(line)
        if envelope['qb'] == 'receipt':
            done.add(envelope)
            todo.discard(key(envelope['window']))
            r = envelope['load']
            print(_progress(envelope, f'loaded: {r["inserted"]} inserted, '
                            f'{r["updated"]} updated, {r["unchanged"]} unchanged'))

    files = [_file(archive, seal) for seal in seals]
    for path in files:
        if not os.path.exists(path):
            raise Wrong(f'{path} is gone from the archive\nnext: run once more, '
                        'as a new run: its window is then fetched again')
    try:
        run([Stage('cat', '--', *files, helper=True),
             Stage('qb-stamp', f'--run={name}'),
             Stage('qb-load', f'--rejects={rejects.path}', env=pg)], take)
    except Failed as why:
        # All was loaded but what jsonb cannot hold: that is told at the end.
        if why.status != 65 or why.tool != 'qb-load' or todo:
            raise


def _totals(receipts, seals):
    names = ('rows', 'inserted', 'updated', 'unchanged', 'stale', 'rejected')
    sums = {name: sum(_of_run(receipts, seals, name)) for name in names}
    return {'loaded': sums.pop('rows'), **sums}


def _of_run(receipts, seals, name):
    """A number of each window, once, however often it was loaded."""
    wanted = {key(s['window']) for s in seals}
    loads = {key(r['window']): r['load'] for r in receipts if key(r['window']) in wanted}
    return [load[name] for load in loads.values()]


def validate(loaded):
    """qb-check's verdict for the range, and extracted against loaded."""
    lines = []
    if loaded['extracted'] != loaded['loaded']:
        raise Wrong(f'{loaded["extracted"]} rows were extracted and '
                    f'{loaded["loaded"]} loaded\nnext: run once more, as a new run')
    failure = None
    try:
        run([Stage('qb-check', loaded['entity'], f'--from={loaded["start"]}',
                   f'--to={loaded["end"]}', f'--archive={loaded["archive"]}',
                   '--json', env={**secrets('QBO'), **secrets('PG')})],
            lines.append)
    except RuntimeError as why:
        failure = why
    if lines:
        _print_proof(json.loads(lines[0]))
    if failure:
        raise failure
    proof = json.loads(lines[0])
    if proof['final_count'] <= 0:
        raise Wrong(f'the table of {loaded["entity"]} is empty, final_count is 0\n'
                    'next: QuickBooks has nothing in this range; give a longer one')
    return {name: proof[name] for name in (
        'entity', 'start', 'end', 'verdict', 'counted', 'extracted', 'inserted',
        'updated', 'unchanged', 'stale', 'in_range', 'final_count')}


def _print_proof(proof):
    for name in ('counted', 'extracted', 'inserted', 'updated', 'unchanged',
                 'stale', 'rejected', 'in_range', 'final_count', 'missing'):
        print(f'{proof["entity"]}: {name} = {proof[name]}')
    for finding in proof['findings']:
        print(f'{proof["entity"]}: {finding["text"]}')
    print(f'{proof["entity"]}: verdict {proof["verdict"]}')
