#!/usr/bin/env python3
"""change.py EVERY - a stream in which each EVERY-th row was edited later.

Reads envelopes, puts LastUpdatedTime of those rows a year on, gives their
payload a word more, and seals the windows again.
"""
import hashlib
import json
import re
import sys

UPDATED = re.compile(rb'("updated":")(\d{4})')


def edited(line):
    line = UPDATED.sub(lambda m: m[1] + b"%04d" % (int(m[2]) + 1), line, 1)
    return line[:-3] + b',"Edited":true}}\n'


def main():
    every, count = int(sys.argv[1]), 0
    digest, size = hashlib.sha256(), 0
    for line in sys.stdin.buffer:
        if line.startswith(b'{"qb":"row"'):
            count += 1
            line = edited(line) if count % every == 0 else line
            digest.update(line)
            size += len(line)
        elif line.startswith(b'{"qb":"seal"'):
            seal = json.loads(line)
            seal.pop("sum", None)  # a seal may come without
            seal["fetch"].update(bytes=size, sha256=digest.hexdigest())
            line = json.dumps(seal, separators=(",", ":")).encode() + b"\n"
            digest, size = hashlib.sha256(), 0
        sys.stdout.buffer.write(line)


main()
