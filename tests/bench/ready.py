#!/usr/bin/env python3
"""ready.py - the rows of a stream as psql's COPY takes them, in binary.

Rows stand in the order in which they came, and a payload is the text that
QuickBooks sent: what jsonb prints would be less work, its keys are sorted
already.  The fingerprint is any 64 bits of a digest; only qb-load reads it.
"""
import hashlib
import json
import struct
import sys
from datetime import datetime, timezone

EPOCH = datetime(2000, 1, 1, tzinfo=timezone.utc)
PAYLOAD = b',"payload":'
RUN = b"20250912T184335Z-ad0d20d1"  # as long as qb-load's own


def moment(text):
    since = datetime.fromisoformat(text.replace("Z", "+00:00")) - EPOCH
    micros = (since.days * 86400 + since.seconds) * 1000000
    return struct.pack(">q", micros + since.microseconds)


def row(line, now):
    cut = line.index(PAYLOAD)
    payload = line[cut + len(PAYLOAD) : -2]
    head = json.loads(line[:cut] + b"}")
    window, page = head["window"], head["page"]
    request = json.dumps(page["request"], separators=(",", ":")).encode()
    yield head["row"]["id"].encode()
    yield b"\1" + payload
    yield moment(now)
    yield moment(window["start"])
    yield moment(window["end"])
    yield struct.pack(">i", page["no"])
    yield struct.pack(">i", page["size"])
    yield b"\1" + request
    yield page["realm"].encode()
    yield moment(head["row"]["updated"])
    yield moment(page["at"])
    yield None  # deleted_at_utc
    yield RUN
    yield hashlib.blake2b(payload, digest_size=8).digest()


def main():
    out = sys.stdout.buffer
    now = datetime.now(timezone.utc).isoformat()
    out.write(b"PGCOPY\n\377\r\n\0" + bytes(8))
    for line in sys.stdin.buffer:
        if not line.startswith(b'{"qb":"row"'):
            continue
        fields = list(row(line, now))
        out.write(struct.pack(">h", len(fields)))
        for field in fields:
            out.write(struct.pack(">i", -1 if field is None else len(field)))
            out.write(field or b"")
    out.write(struct.pack(">h", -1))


main()
