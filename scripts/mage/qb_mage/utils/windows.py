"""Windows of a run: which are archived and which are loaded already.

For each run small files beside the archive note what its blocks have done, one
line per window.  So a block that Mage runs again continues, and does nothing
twice.  A line that was cut off by a crash is ignored.
"""
import gzip
import json
import os
import zlib


def key(window):
    return (window['entity'], window['by'], window['start'], window['end'])


class Notes:
    """Lines of JSON; add() returns when the line is on the disk."""

    def __init__(self, path):
        self.path = path
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        self.lines = list(self._read())

    def _read(self):
        if not os.path.exists(self.path):
            return
        with open(self.path, 'rb') as file:
            for line in file:
                try:
                    yield json.loads(line)
                except ValueError:
                    continue

    def add(self, value):
        text = json.dumps(value, separators=(',', ':')).encode() + b'\n'
        with open(self.path, 'ab') as file:
            if file.tell() and not _ends_with_newline(self.path):
                file.write(b'\n')
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        self.lines.append(value)

    def replace(self, values):
        """Replace all lines, atomically."""
        with open(self.path + '.new', 'wb') as file:
            for value in values:
                file.write(json.dumps(value, separators=(',', ':')).encode() + b'\n')
            file.flush()
            os.fsync(file.fileno())
        os.replace(self.path + '.new', self.path)
        self.lines = list(values)


def _ends_with_newline(path):
    with open(path, 'rb') as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b'\n'


def notes(archive, run, entity, what):
    for folder in (archive, os.path.join(archive, 'runs')):
        os.makedirs(folder, mode=0o700, exist_ok=True)      # accounting data
    return Notes(os.path.join(archive, 'runs', run, f'{entity}.{what}'))


class Archive:
    """The archived files of one company and entity, by the window in their names."""

    def __init__(self, folder, realm, entity):
        self.folder = folder
        self.files = {}
        where = os.path.join(folder, realm, entity)
        for name in os.listdir(where) if os.path.isdir(where) else ():
            if name.endswith('.ndjson.gz'):
                times = tuple(name.split('_')[:2])
                self.files.setdefault(times, []).append(os.path.join(where, name))

    def find(self, window):
        """The seal of exactly this window, from the newest file that is complete,
        or None.  A damaged file is ignored."""
        times = (_compact(window['start']), _compact(window['end']))
        for path in sorted(self.files.get(times, ()), key=os.path.getmtime, reverse=True):
            seal = seal_of(path)
            if seal is not None and key(seal['window']) == key(window):
                seal['archive'] = {'file': os.path.relpath(path, self.folder)}
                return seal
        return None


def _compact(time):
    return time.replace('-', '').replace(':', '')


def seal_of(path):
    """The seal of a complete file, or None.  It is the last line but one; the
    last is the end.  Reading to the end verifies the checksum of gzip."""
    before, last = b'', b''
    try:
        with gzip.open(path, 'rb') as file:
            for line in file:
                before, last = last, line
    except (OSError, EOFError, zlib.error):
        return None
    if not last.startswith(b'{"qb":"end"') or not before.startswith(b'{"qb":"seal"'):
        return None
    return json.loads(before)
