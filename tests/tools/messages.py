#!/usr/bin/env python3
"""messages.py PAGE...: print the messages that the pages list under DIAGNOSTICS
and that no source says, so that a page cannot keep a text that was changed.

Of a listed message what is fixed is looked for: what stands between numbers,
"..." and words in capitals, as long as it has two words or more.
"""
import errno
import glob
import os
import re
import sys

LITERALS = re.compile(r'"(?:[^"\\\n]|\\.)*"(?:\s*(?:PRI[a-z]\w+\s*)?"(?:[^"\\\n]|\\.)*")*')
FORMAT = re.compile(r'%[-+ #0]*(?:\*|\d+)?(?:\.(?:\*|\d+))?(?:hh|h|ll|l|z|j)?[a-zA-Z%]|%')
# Numbers, words in capitals, and the examples that the pages use.
VARIABLE = re.compile(r'\.\.\.|\b[A-Z][A-Z0-9_-]*\b|[0-9]+(?:[.:][0-9]+)*|'
                      r'\b(?:Invoice|raw|qb-fetch|updated|created|txn-date)\b')


def said():
    """Every text that a tool may print, its variable parts as a NUL."""
    texts = []
    for name in glob.glob('common/*/*.[ch]') + glob.glob('tools/*.c'):
        with open(name, encoding='utf-8') as file:
            source = re.sub(r'/\*.*?\*/', '', file.read(), flags=re.S)
        for literal in LITERALS.findall(source):
            literal = re.sub(r'"\s*PRI\w+\s*"', 'd', literal)
            literal = re.sub(r'"\s*"', '', literal)
            text = literal[1:-1].replace('\\"', '"').replace('\\\\', '\\')
            texts.append(FORMAT.sub('\0', text))
    for name in ['scripts/qb-backfill', 'scripts/qb-sync',
                 *glob.glob('scripts/pipeline/*.bash'),
                 *glob.glob('sql/*/*.sql')]:
        with open(name, encoding='utf-8') as file:
            texts.append(re.sub(r'\$\{?\w+\}?|\$\(+[^)]*\)+', '\0', file.read()))
    texts += [os.strerror(number) for number in errno.errorcode]
    return '\n'.join(VARIABLE.sub('\0', text) for text in texts)


def listed(page):
    section = ''
    with open(page, encoding='utf-8') as file:
        for line in file:
            if line.startswith('.Sh '):
                section = line[4:].strip()
            found = re.match(r'\.It "(.*)"$', line)
            if found and section == 'DIAGNOSTICS':
                text = re.sub(r'\\&|\\(-)', r'\1', found[1])
                yield text.replace('\\(dq', '"').replace('\\*q', '"').replace('\\e', '\\')


def fixed(message):
    message = re.sub(r'^qb-[a-z]+: ', '', message)
    for part in re.split(r'[:;(),"]|\0', VARIABLE.sub('\0', message)):
        part = part.strip()
        if part.count(' ') >= 1:
            yield part


everything = said()
for page in sys.argv[1:]:
    for message in listed(page):
        lost = [part for part in fixed(message) if part not in everything]
        if lost:
            print(f'{page}: "{message}": nothing says "{lost[0]}"')
