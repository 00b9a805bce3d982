#!/usr/bin/env python3
"""windows.py WINDOW... - a stream of envelopes, as qb-fetch would write it.

A WINDOW is key=value pairs between spaces, all of them optional:
    entity=Invoice realm=4620 no=1 of=1 start=T end=T by=updated
    ids=1-3+7     which rows, in that order (3-1 counts down)
    updated=T     of each row; none: it has no LastUpdatedTime
    at=T          QuickBooks' clock on the page
    memo=TEXT     goes into the payload, so that another makes it differ
    payload=FILE  the payloads instead, a line each
    size=1000     page size; run=ID stamps rows and seal; archive=FILE
    pad=N         bytes more in each payload
    row_realm=R   what the rows say, where it is not the seal's
    query=TEXT    in each request, as it stands between its quotes
    left=0 rows=N sha256=HEX   what the seal says, where it is not the truth
    calls=N       of the seal; provisional=true, of the window
    seal=no       no seal; end=no for no end is the word NOEND instead
"""
import hashlib
import json
import sys


def dump(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def ids_of(text):
    for part in text.split("+"):
        if not part:
            continue
        first, _, last = part.partition("-")
        first, last = int(first), int(last or first)
        step = 1 if last >= first else -1
        yield from range(first, last + step, step)


def payload_of(w, number):
    updated = w.get("updated", "2025-01-02T03:04:05-08:00")
    pad = "x" * int(w.get("pad", 0))
    meta = "" if updated == "none" else \
        ',"MetaData":{"LastUpdatedTime":"%s"}' % updated
    return '{"Id":"%d"%s,"TotalAmt":100.00,"Memo":"%s%s"}' % (
        number, meta, w.get("memo", "a"), pad)


def rows_of(w):
    if "payload" in w:
        with open(w["payload"], encoding="utf-8", newline="\n") as lines:
            for number, line in enumerate(lines, 1):
                yield number, line.rstrip("\n")
        return
    for number in ids_of(w.get("ids", "1-3")):
        yield number, payload_of(w, number)


def window_of(w):
    young = {"provisional": True} if w.get("provisional") == "true" else {}
    return {"entity": w.get("entity", "Invoice"), "by": w.get("by", "updated"),
            "start": w.get("start", "2025-01-01T00:00:00Z"),
            "end": w.get("end", "2025-01-08T00:00:00Z"),
            "no": int(w.get("no", 1)), "of": int(w.get("of", 1)), **young}


def write_window(w, out):
    window = dump(window_of(w))
    realm = w.get("realm", "4620816365")
    updated = w.get("updated", "2025-01-02T03:04:05-08:00")
    size = int(w.get("size", 1000))
    stamp = "" if "run" not in w else ',"stamp":' + dump(
        {"ingested_at": w.get("ingested", "2025-09-13T02:00:00Z"),
         "run": w["run"]})
    digest, rows, count = hashlib.sha256(), 0, 0
    for number, payload in rows_of(w):
        page = {"realm": w.get("row_realm", realm), "no": rows // size + 1,
                "size": size,
                "at": w.get("at", "2025-09-12T18:43:35.406-07:00"),
                "request": {"method": "GET", "query": "QUERY"}}
        head = '{"qb":"row","window":%s,"page":%s,"row":%s' % (
            window, dump(page).replace(
                "QUERY", w.get("query", "select * from X")), dump(
                {"id": str(number),
                 "updated": None if updated == "none" else updated}))
        tail = ',"payload":%s}\n' % payload
        digest.update((head + tail).encode())
        count += len((head + tail).encode())
        rows += 1
        out.write(head + stamp + tail)
    if w.get("seal") == "no":
        return 0
    said, left = int(w.get("rows", rows)), int(w.get("left", 0))
    fetch = {"realm": realm, "pages": (rows + size - 1) // size, "rows": said,
             "count_before": said - left, "count_after": said - left,
             "left": left, "bytes": count,
             "sha256": w.get("sha256", digest.hexdigest())}
    if "calls" in w:
        fetch["calls"] = int(w["calls"])
    archive = "" if "archive" not in w else \
        ',"archive":' + dump({"file": w["archive"]})
    out.write('{"qb":"seal","window":%s,"fetch":%s%s%s}\n' %
              (window, dump(fetch), archive, stamp))
    return rows


def main():
    out = open(sys.stdout.fileno(), "w", encoding="utf-8", newline="\n",
               closefd=False)
    windows = rows = 0
    for text in sys.argv[1:]:
        if text == "NOEND":
            out.flush()
            return
        w = dict(pair.split("=", 1) for pair in text.split())
        rows += write_window(w, out)
        windows += 1
    out.write(dump({"qb": "end", "windows": windows, "rows": rows}) + "\n")
    out.flush()


main()
