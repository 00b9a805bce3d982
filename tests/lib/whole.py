#!/usr/bin/env python3
"""whole.py READING... - readings of entities that are read whole, as qb-fetch writes them.

A READING is key=value pairs between spaces, all of them optional:
    entity=TaxCode start=T end=T by=whole realm=4620816365
    rows=TAX:a+NON:b  the rows that came: ids, and what makes payloads differ
    gone=5+6          the ids that are gone
    known=0           how many rows were left out
    at=T              QuickBooks' clock
    run=ID            stamps rows and seal
    count=N           what QuickBooks had, where it is not the sum
    whole=no          a seal without "whole"
Without rows and gone it is provisional.
"""
import hashlib
import json
import sys


def dump(value):
    return json.dumps(value, separators=(",", ":"))


def listed(text):
    return text.split("+") if text else []


def write_reading(r, out):
    entity, realm = r.get("entity", "TaxCode"), r.get("realm", "4620816365")
    at = r.get("at", "2025-09-12T18:43:35.406-07:00")
    came, gone = listed(r.get("rows", "")), listed(r.get("gone", ""))
    window = {"entity": entity, "by": r.get("by", "whole"),
              "start": r.get("start", "2025-01-01T00:00:00Z"),
              "end": r.get("end", "2025-02-01T00:00:00Z"), "no": 1, "of": 1}
    if not came and not gone:
        window["provisional"] = True
    page = {"realm": realm, "no": 1, "size": 1000, "at": at,
            "request": {"method": "GET", "query": "select * from " + entity}}
    stamp = "" if "run" not in r else ',"stamp":' + dump(
        {"ingested_at": "2025-09-13T02:00:00Z", "run": r["run"]})
    lines = []
    for text in came:
        row_id, _, memo = text.partition(":")
        payload = {"Id": row_id, "Name": memo}
        if entity == "ExchangeRate":
            payload["AsOfDate"] = row_id.split("/")[1]
        lines.append(('{"qb":"row","window":%s,"page":%s,"row":{"id":"%s"}'
                      % (dump(window), dump(page), row_id),
                      ',"payload":%s}\n' % dump(payload)))
    for row_id in gone:
        lines.append(('{"qb":"gone","window":%s,"gone":%s' % (dump(window), dump(
            {"id": row_id, "at": at, "by": "whole"})), "}\n"))
    known = int(r.get("known", 0))
    fetch = {"realm": realm, "pages": 1, "count_before": None,
             "count_after": None, "left": 0, "calls": 1,
             "rows": len(lines), "bytes": sum(len(a + b) for a, b in lines),
             "sha256": hashlib.sha256(
                 "".join(a + b for a, b in lines).encode()).hexdigest()}
    if gone:
        fetch["gone"] = len(gone)
    if r.get("whole") != "no" and window["by"] == "whole":
        fetch["whole"] = {"at": at, "known": known,
                          "rows": int(r.get("count", known + len(came)))}
    for head, tail in lines:
        out.write(head + stamp + tail)
    out.write('{"qb":"seal","window":%s,"fetch":%s%s}\n' %
              (dump(window), dump(fetch), stamp))
    return len(lines)


def main():
    rows = 0
    for text in sys.argv[1:]:
        rows += write_reading(dict(pair.split("=", 1) for pair in text.split()),
                              sys.stdout)
    print(dump({"qb": "end", "windows": len(sys.argv) - 1, "rows": rows}))


main()
