#!/usr/bin/env python3
"""change.py EVERY [DIGITS] - a stream in which each EVERY-th row was edited
later; 0: none was.

Reads envelopes, puts LastUpdatedTime of those rows a year on, gives their
payload a word more, fills ids up to DIGITS with zeros in front, and seals the
windows again.
"""
import hashlib
import json
import re
import sys

ID = re.compile(rb'(?<="row":{"id":")\d+')
UPDATED = re.compile(rb'("updated":")(\d{4})')


def edited(line):
    line = UPDATED.sub(lambda m: m[1] + b"%04d" % (int(m[2]) + 1), line, 1)
    return line[:-3] + b',"Edited":true}}\n'


def main():
    every, count = int(sys.argv[1]), 0
    digits = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    digest, size = hashlib.sha256(), 0
    for line in sys.stdin.buffer:
        if line.startswith(b'{"qb":"row"'):
            count += 1
            line = edited(line) if every and count % every == 0 else line
            if digits:
                line = ID.sub(lambda m: m[0].rjust(digits, b"0"), line, 1)
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
