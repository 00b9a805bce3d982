#!/usr/bin/env python3
"""stream.py - a sealed stream of envelopes, for tests; qb-envelope(5).

As a module: window(), row(), gone(), seal(), end(), stream().  As a program it prints
a whole stream, of made-up invoices or of payloads that are given:

    stream.py --windows=3 --rows=100               invoices, the same each time
    stream.py --payloads=FILE --entity=Customer    one payload a line, as it is
    stream.py --body=FILE --entity=Customer        cut out of a QueryResponse
    stream.py --exotic                             every escape, number, script
    stream.py --seal <ROWS                         seal row lines that are given
    stream.py --print-payloads                     the payloads alone, a line each
    stream.py --read <STREAM                       the payloads in a stream's rows

Payloads are bytes from first to last and never printed from a parsed tree.
"""
import argparse
import datetime
import hashlib
import json
import random
import re
import sys

REALM = "4620816365000000000"
START = datetime.datetime(2025, 1, 1)


def window(entity="Invoice", no=1, of=1, start=None, end=None, by="updated",
           every_days=7):
    """The window object; by default the `no`th of a row of weeks from 2025."""
    begin = START + datetime.timedelta(days=every_days * (no - 1))
    spell = "%Y-%m-%dT%H:%M:%SZ"
    start = start or begin.strftime(spell)
    end = end or (begin + datetime.timedelta(days=every_days)).strftime(spell)
    return ('{"entity":"%s","by":"%s","start":"%s","end":"%s","no":%d,"of":%d}'
            % (entity, by, start, end, no, of)).encode()


def row(win, payload, row_id, page=1, size=1000, realm=REALM,
        updated="2025-01-02T03:04:05-08:00", stamp=None):
    """One row line, newline included; `payload` and `stamp` are bytes."""
    entity = re.search(rb'"entity":"(\w+)"', win).group(1).decode()
    request = ('{"method":"GET","url":"https://quickbooks.example/v3/company/'
               '%s/query","query":"select * from %s startposition %d '
               'maxresults %d","minorversion":75}'
               % (realm, entity, (page - 1) * size + 1, size))
    head = ('"page":{"realm":"%s","no":%d,"size":%d,"at":'
            '"2025-09-12T18:43:35.406-07:00","request":%s},'
            '"row":{"id":"%s","updated":"%s"}'
            % (realm, page, size, request, row_id, updated)).encode()
    return (b'{"qb":"row","window":' + win + b"," + head +
            (b',"stamp":' + stamp if stamp else b"") +
            b',"payload":' + payload + b"}\n")


def gone(win, row_id, at="2025-09-12T18:43:35.406-07:00", deleted=None,
         by="census", stamp=None):
    """One line that says that an object is gone; `stamp` is bytes."""
    says = {"id": row_id, "at": at}
    if deleted:
        says["deleted"] = deleted
    says["by"] = by
    return (b'{"qb":"gone","window":' + win + b',"gone":' +
            json.dumps(says, separators=(",", ":")).encode() +
            (b',"stamp":' + stamp if stamp else b"") + b"}\n")


def unstamped(line):
    """The line as the digest takes it: without the member "stamp"."""
    return re.sub(rb',"stamp":\{[^{}]*\}(?=,"payload":|\}\n)', b"", line,
                  count=1)


def seal(win, rows, realm=REALM, pages=1, left=0, counts=True):
    """The seal of these row lines, newline included."""
    rows = [unstamped(line) for line in rows]
    away = sum(line.startswith(b'{"qb":"gone"') for line in rows)
    count = str(len(rows) - left - away) if counts else "null"
    return (b'{"qb":"seal","window":' + win + (
        ',"fetch":{"realm":"%s","pages":%d,"rows":%d,"count_before":%s,'
        '"count_after":%s,"left":%d,%s"bytes":%d,"sha256":"%s"}}\n' % (
            realm, pages, len(rows), count, count, left,
            '"gone":%d,' % away if away else "",
            sum(map(len, rows)), hashlib.sha256(b"".join(rows)).hexdigest())
    ).encode())


def end(windows, rows):
    return b'{"qb":"end","windows":%d,"rows":%d}\n' % (windows, rows)


def stream(windows, entity="Invoice", realm=REALM, page_size=1000):
    """Yield the lines of a whole stream; `windows` is a list of lists of
    payloads."""
    total = number = 0
    for no, payloads in enumerate(windows, 1):
        win = window(entity, no, len(windows))
        rows = []
        for i, payload in enumerate(payloads):
            number += 1
            rows.append(row(win, payload, id_of(payload) or number,
                            i // page_size + 1, page_size, realm,
                            updated_of(payload) or START.isoformat() + "Z"))
        yield from rows
        yield seal(win, rows, realm, -(-len(rows) // page_size) or 1)
        total += len(rows)
    yield end(len(windows), total)


def id_of(payload):
    found = re.search(rb'"Id"\s*:\s*"(\w+)"', payload)
    # an invoice's lines have Ids too: the object's own comes from the tree
    try:
        return json.loads(payload)["Id"] if found else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def updated_of(payload):
    found = re.search(rb'"LastUpdatedTime"\s*:\s*"([-+:.\dTZ]+)"', payload)
    return found and found.group(1).decode()


def invoice(i, chance):
    """About 1.7 kB, with the members and the number texts of a real one."""
    words = ("Rock Fountain", "Garden Lighting", "Pest Control", "Trimming",
             "Sprinkler Pipes", "Concrete for fountain installation",
             "Weekly Gardening Service", "Installation of landscape design")
    lines, total = [], 0
    for n in range(1, chance.randint(2, 6)):
        cents = chance.randint(100, 99999)
        total += cents
        item = chance.randint(1, 60)
        lines.append(
            '{"Id":"%d","LineNum":%d,"Description":"%s","Amount":%d.%02d,'
            '"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{'
            '"ItemRef":{"value":"%d","name":"Design:%s"},"UnitPrice":%d.%02d,'
            '"Qty":1,"TaxCodeRef":{"value":"%s"}}}'
            % (n, n, chance.choice(words), cents // 100, cents % 100, item,
               words[item % len(words)], cents // 100, cents % 100,
               chance.choice(("TAX", "NON"))))
    day = START + datetime.timedelta(minutes=7 * i)
    who = chance.randint(1, 500)
    at = day.strftime("%Y-%m-%dT%H:%M:%S-08:00")
    money = "%d.%02d" % (total // 100, total % 100)
    return (
        '{"AllowIPNPayment":false,"AllowOnlinePayment":false,'
        '"AllowOnlineCreditCardPayment":false,"AllowOnlineACHPayment":false,'
        '"domain":"QBO","sparse":false,"Id":"%d","SyncToken":"%d","MetaData":{'
        '"CreateTime":"%s","LastUpdatedTime":"%s"},"CustomField":[{'
        '"DefinitionId":"1","Name":"Crew #","Type":"StringType",'
        '"StringValue":"%d"}],"DocNumber":"%d","TxnDate":"%s","CurrencyRef":{'
        '"value":"USD","name":"United States Dollar"},"LinkedTxn":[],"Line":['
        '%s,{"Amount":%s,"DetailType":"SubTotalLineDetail",'
        '"SubTotalLineDetail":{}}],"TxnTaxDetail":{"TotalTax":0},'
        '"CustomerRef":{"value":"%d","name":"Customer %d"},"CustomerMemo":{'
        '"value":"Thank you for your business and have a great day!"},'
        '"BillAddr":{"Id":"%d","Line1":"%d Main St.","City":"Half Moon Bay",'
        '"CountrySubDivisionCode":"CA","PostalCode":"94213"},"DueDate":"%s",'
        '"TotalAmt":%s,"ApplyTaxAfterDiscount":false,"PrintStatus":'
        '"NeedToPrint","EmailStatus":"NotSet","BillEmail":{"Address":'
        '"customer%d@example.com"},"Balance":%s}'
        % (i, chance.randint(0, 3), at, at, chance.randint(100, 999), 1000 + i,
           at[:10], ",".join(lines), money, who, who, 2 * who,
           chance.randint(1, 9999), at[:10], money, who, money)).encode()


def exotic():
    """Payloads of every escape, number form, script and layout that RFC 8259
    allows; not one of them survives a parse and a print by every library."""
    numbers = ("0 -0 0.0 -0.0 100.00 1.10 300.0 1e2 1E2 1e+2 1E-2 1.5e10 1E400 "
               "-1E-400 12345678901234567890 -12345678901234567890 "
               "0.1000000000000000055511151231257827 1.7976931348623157e+308 "
               "9007199254740993 0e0 0E-0 123456789012345678901234567890.12345"
               ).split()
    strings = [r'\"', r'\\', r'\/', r'\b', r'\f', r'\n', r'\r', r'\t', "/",
               r'\u0041', r'\u00e9', r'\u00E9', r'\uD83D\uDE00',
               r'\ud83d\ude00', r'\u2028\u2029', "\u2028\u2029", "\x7f\x80",
               r'\u007f', r'\\u0041', r'\\\"', "a\\\\", r'\u0022\u005c',
               r'\u0000', r'\ud800', r'\udc00 \ud800', r'\u001f', "",
               "{\\\"qb\\\":\\\"seal\\\"}", "\ufeff", "\ufffd", "\uffff",
               "Ünïcödé", "e\u0301", "Привет", "你好，世界", "مرحبا", "שלום",
               "नमस्ते", "สวัสดี", "한국어", "日本語", "ქართული", "Ελληνικά",
               "👩‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿", "𝒳𐍈", "\U0010ffff"]
    yield from (b'{"Id":"n%d","n":%s,"a":[%s]}' % (i, n.encode(), n.encode())
                for i, n in enumerate(numbers))
    yield from (('{"Id":"s%d","%s":"%s"}' % (i, s, s)).encode()
                for i, s in enumerate(strings))
    yield b'{"Id":"d1","a":1,"a":2,"a":1}'
    yield b'{ "Id" :\t"w1" , "a" : [ 1 ,\t2 , { } , [ ] ] , "t":true }  '[:-2]
    yield b'{"z":1,"Id":"o1","a":null,"B":false,"":true,"qb":"end"}'
    yield b'{"Id":"p1","payload":{"stamp":{"run":"x"}},"stamp":1,"window":2}'
    yield b'{"Id":"e1","a":{},"b":[],"c":[[]],"d":[{}],"e":""}'
    yield b'{"Id":"l1","long":"' + b"x" * 200000 + b'"}'
    yield b'{"Id":"x1","deep":' + b"[" * 300 + b"]" * 300 + b"}"


def payload_of(line):
    """The payload in a row line, found without a parser of JSON."""
    found = re.match(rb'\{"qb":"row",.*?"row":\{[^{}]*\}'
                     rb'(?:,"stamp":\{[^{}]*\})?,"payload":(.*)\}\n$', line,
                     re.S)
    return found and found.group(1)


def slices(body, entity):
    """The objects of the array `entity` in a QueryResponse, as they stand;
    but a row is one line: newlines between tokens become blanks."""
    text = body.decode()
    decoder = json.JSONDecoder(parse_int=str, parse_float=str)
    at = re.compile(r'"QueryResponse"\s*:\s*\{.*?"%s"\s*:\s*\[\s*' % entity,
                    re.S).search(text).end()
    while text[at] != "]":
        after = decoder.raw_decode(text, at)[1]
        yield text[at:after].replace("\n", " ").encode()
        at = re.compile(r"\s*,?\s*").match(text, after).end()


def spread(payloads, windows):
    """Over so many windows in order, as evenly as can be."""
    n = len(payloads)
    return [payloads[n * i // windows:n * (i + 1) // windows]
            for i in range(windows)]


def given_payloads(o):
    if o.payloads:
        with open(o.payloads, "rb") as file:
            return file.read().splitlines()
    if o.body:
        with open(o.body, "rb") as file:
            return list(slices(file.read(), o.entity))
    if o.exotic:
        return list(exotic())
    chance = random.Random(o.seed)
    return [invoice(i, chance) for i in range(1, o.windows * o.rows + 1)]


def seal_given(lines):
    """Rows from elsewhere, of one window each run of lines, sealed anew."""
    done = 0
    groups = {}
    for line in lines:
        win = re.search(rb'"window":(\{[^{}]*\})', line).group(1)
        groups.setdefault(win, []).append(line)
    for win, rows in groups.items():
        yield from rows
        realm = re.search(rb'"realm":"([0-9]*)"', rows[0]).group(1)
        yield seal(win, rows, realm.decode())
        done += len(rows)
    yield end(len(groups), done)


def main():
    p = argparse.ArgumentParser(usage=__doc__)
    p.add_argument("--entity", default="Invoice")
    p.add_argument("--realm", default=REALM)
    p.add_argument("--windows", type=int, default=1)
    p.add_argument("--rows", type=int, default=3, help="made up, a window")
    p.add_argument("--page-size", type=int, default=1000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--payloads")
    p.add_argument("--body")
    p.add_argument("--exotic", action="store_true")
    p.add_argument("--seal", action="store_true")
    p.add_argument("--print-payloads", action="store_true")
    p.add_argument("--read", action="store_true")
    o = p.parse_args()
    out = sys.stdout.buffer
    if o.seal:
        out.writelines(seal_given(sys.stdin.buffer))
        return
    if o.read:
        out.writelines(payload_of(line) + b"\n" for line in sys.stdin.buffer
                       if line.startswith(b'{"qb":"row"'))
        return
    payloads = given_payloads(o)
    if o.print_payloads:
        out.writelines(payload + b"\n" for payload in payloads)
        return
    out.writelines(stream(spread(payloads, o.windows), o.entity, o.realm,
                          o.page_size))


if __name__ == "__main__":
    main()
