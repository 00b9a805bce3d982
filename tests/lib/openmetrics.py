#!/usr/bin/env python3
"""openmetrics.py: read OpenMetrics text from standard input, refuse whatever the
specification (1.0) or Prometheus' older text format does not allow, and print the
samples as "name{labels} value", unescaped.  Gauges only.
"""
import re
import sys

NAME = r'[a-zA-Z_:][a-zA-Z0-9_:]*'
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf'({NAME})(?:\{{({LABEL}(?:,{LABEL})*)?\}})? (-?[0-9]+(?:\.[0-9]+)?)')
META = re.compile(rf'# (TYPE|UNIT|HELP) ({NAME}) (.*)')
ESCAPES = {'\\\\': '\\', '\\"': '"', '\\n': '\n'}


def fail(number, line, what):
    sys.exit(f'line {number}: {what}: {line}')


text = sys.stdin.buffer.read().decode('utf-8', 'strict')
if not text.endswith('# EOF\n') or text.count('# EOF') != 1:
    sys.exit('"# EOF" is not the last line, once')
seen, samples = {}, set()
now = ''
for number, line in enumerate(text[:-len('# EOF\n')].splitlines(), 1):
    meta = META.fullmatch(line)
    if meta:
        kind, name, value = meta.groups()
        if name != now:
            if name in seen:
                fail(number, line, 'its lines do not stand together')
            seen[name], now = {'sampled': False}, name
        if kind in seen[name] or seen[name]['sampled']:
            fail(number, line, 'twice, or behind its samples')
        seen[name][kind] = value
        if kind == 'TYPE' and value != 'gauge':
            fail(number, line, 'not a gauge')
        if kind == 'UNIT' and not name.endswith('_' + value):
            fail(number, line, 'the name does not end with its unit')
        if kind == 'HELP' and re.search(r'\\(?![\\n"])', value):
            fail(number, line, 'a lone backslash')
        continue
    sample = SAMPLE.fullmatch(line)
    if not sample:
        fail(number, line, 'neither a comment nor a sample')
    name, labels, value = sample.groups()
    if name != now or not {'TYPE', 'HELP'} <= set(seen[name]):
        fail(number, line, 'without its TYPE and HELP')
    if name.endswith('_seconds') and 'UNIT' not in seen[name]:
        fail(number, line, 'without its UNIT')
    names = re.findall(rf'({NAME})=', re.sub(r'"(?:[^"\\]|\\.)*"', '', labels or ''))
    if len(names) != len(set(names)):
        fail(number, line, 'a label twice')
    if (name, labels) in samples:
        fail(number, line, 'a sample twice')
    samples.add((name, labels))
    seen[name]['sampled'] = True
    plain = re.sub(r'\\["\\n]', lambda found: ESCAPES[found[0]], labels or '')
    print(f'{name}{{{plain}}} {value}')
