#!/usr/bin/env python3
"""badrows.py KIND - a body of invoices, as QuickBooks would answer a query.

    good    rows that jsonb can hold, however large or deep
    bad     the same, and rows that it cannot
    before  as many small ones, with the same ids and updated earlier
    deep N  one row, an object that is nested N deep
"""
import sys

META = '"MetaData":{"LastUpdatedTime":"2010-02-%02dT00:00:00-08:00"}'


def row(number, member, day=2):
    return '{"Id":"%d",%s,%s}' % (number, META % day, member)


def deep(levels):
    """An object of so many levels, itself included."""
    return row(1, '"x":%s1%s' % ("[" * (levels - 1), "]" * (levels - 1)))


LINES = ",".join('{"Id":"%d","Amount":%d.%02d}' % (n, n, n % 100)
                 for n in range(10000))
GOOD = [
    '"TotalAmt":100.00',
    '"Line":[%s]' % LINES,
    '"PrivateNote":"%s"' % ("8 MB " * (8 * 1024 * 1024 // 5)),
    '"Note":"\\ud83d\\ude00 \\uFFFF \\\\u0000"',
    '"Digits":12345678901234567890.123456789012345678901234567890',
    '"Large":1e131071,"Small":1e-16383',
]
BAD = [
    '"Note":"a\\u0000b"',
    '"a\\u0000b":1',
    '"Note":"\\ud83d alone"',
    '"Note":"\\ude00 alone"',
    '"Note":"\\ud83d\\ud83d\\ude00"',
    '"Large":1e131072',
    '"Small":1e-16384',
    '"Large":%s' % ("9" * 131073),
    '"x":[{"y":"\\uD800"}]',
]


def main():
    if sys.argv[1] == "deep":
        rows = [deep(int(sys.argv[2]))]
    elif sys.argv[1] == "before":
        rows = [row(n, '"TotalAmt":1', day=1)
                for n in range(1, len(GOOD + BAD) + 1)]
    else:
        members = GOOD + (BAD if sys.argv[1] == "bad" else [])
        rows = [row(n, m) for n, m in enumerate(members, 1)]
    sys.stdout.write('{"QueryResponse":{"Invoice":[%s],"startPosition":1,'
                     '"maxResults":%d},"time":"2025-01-01T00:00:00-08:00"}'
                     % (",".join(rows), len(rows)))


main()
