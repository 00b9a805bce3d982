#!/usr/bin/env python3
"""scans.py [--tickets=FILE] [--log=FILE] - what a stream of qb-fetch promises.

Reads a stream from stdin and prints each promise that is broken, a line each;
the exit status is 1 then:
  - the rows of a window stand together, before its seal; windows come in the
    order of the tickets, each once
  - every row is inside the times of its window, and no Id comes twice: the
    ranges have passed, so a row that is edited leaves all of them
  - of each seal: rows, gone lines, bytes and digest are those of its lines, and
    rows - left is the count after
  - windows by change have no counts; their log had fewer than 1,000 objects, and
    was asked from no later than their start, or empty_until, on
  - of each scan of several windows: its windows lie in it; if all are there,
    their rows and what left them add up to the scan's; what was counted before
    and after is the same; its calls stand in its first seal, and nowhere else
With --log, the simulator's, also: all calls that were answered are in seals.

    scans.py --calls LOG    how many calls the simulator answered: all (those for
                            changes, too), counts, pages
    scans.py --scans        a line for each scan of stdin: start end windows
                            rows calls; of one window, too
"""
import datetime
import hashlib
import json
import re
import sys

ANSWERED = re.compile(r"kind=(count|rows|cdc) status=200 .*answer=whole")


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def key_of(window):
    return window["entity"], window["by"], window["start"], window["end"]


class Window:
    def __init__(self, window):
        self.window = window
        self.rows = []
        self.gone = []
        self.digest = hashlib.sha256()
        self.bytes = 0
        self.seal = None

    def __str__(self):
        return "%s %s..%s" % (self.window["entity"], self.window["start"],
                              self.window["end"])

    @property
    def scan(self):
        return self.seal.get("scan") if self.seal else None


class Stream:
    """The windows of a stream, and whether it has its end."""

    def __init__(self, lines):
        self.windows, self.broken, self.end = [], [], None
        seen, now = set(), None
        for line in lines:
            value = json.loads(line)
            if value["qb"] == "end":
                self.end = value
                continue
            key = key_of(value["window"])
            if now is None or key_of(now.window) != key or now.seal:
                if key in seen:
                    self.broken.append("%s: comes twice" % (key,))
                seen.add(key)
                now = Window(value["window"])
                self.windows.append(now)
            if value["qb"] == "seal":
                now.seal = value
                continue
            if value["qb"] == "gone":
                now.gone.append(value["gone"]["id"])
            else:
                now.rows.append((value["row"]["id"],
                                 value["row"].get("updated")))
            now.digest.update(line)
            now.bytes += len(line)

    @property
    def sealed(self):
        return [w for w in self.windows if w.seal]

    def ids(self):
        """Those that are sealed."""
        return [i for w in self.sealed for i, _ in w.rows]

    def scans(self):
        found = {}
        for w in self.sealed:
            if w.scan:
                found.setdefault((w.window["entity"], w.window["by"],
                                  w.scan["start"], w.scan["end"]),
                                 []).append(w)
        return found


def is_counted(totals):
    """Rows that QuickBooks counts and cannot return are named in a scan."""
    return totals["count_after"] is None or totals["rows"] - totals["left"] + \
        totals.get("unreadable", 0) == totals["count_after"]


def check_window(w):
    fetch = w.seal["fetch"]
    lines = len(w.rows) + len(w.gone)
    if fetch["rows"] != lines:
        yield "%s: %d lines, the seal says %d" % (w, lines, fetch["rows"])
    if fetch.get("gone", 0) != len(w.gone):
        yield "%s: %d gone lines, the seal says %s" % (w, len(w.gone), fetch)
    if (fetch["bytes"], fetch["sha256"]) != (w.bytes, w.digest.hexdigest()):
        yield "%s: its digest is another" % w
    if not is_counted(fetch):
        yield "%s: rows - left is not count_after: %s" % (w, fetch)
    if ("log" in fetch) != (w.window["by"] == "change"):
        yield "%s: by %s, and its seal %s" % (w, w.window["by"], fetch)
    if w.window["by"] == "change":
        yield from check_log(w)
    elif w.window["by"] != "updated":
        return
    start, end = instant(w.window["start"]), instant(w.window["end"])
    for i, updated in w.rows:
        if updated and not start <= instant(updated) < end:
            yield "%s: row %s is of %s" % (w, i, updated)


def check_log(w):
    fetch, since = w.seal["fetch"], w.window.get("empty_until",
                                                 w.window["start"])
    if (fetch["count_before"], fetch["count_after"]) != (None, None):
        yield "%s: counts: %s" % (w, fetch)
    if fetch["log"]["objects"] >= 1000:
        yield "%s: proven by a log that is cut: %s" % (w, fetch)
    if instant(fetch["log"]["since"]) > instant(since):
        yield "%s: the log was asked since %s" % (w, fetch["log"]["since"])


def check_scan(key, windows):
    scan, name = windows[0].scan, "scan %s %s..%s" % (key[0], key[2], key[3])
    if any(w.scan != scan for w in windows):
        yield name + ": its seals differ about it"
    for w in windows:
        if instant(w.window["start"]) < instant(scan["start"]) or \
                instant(w.window["end"]) > instant(scan["end"]):
            yield "%s: %s is outside of it" % (name, w)
    for one, other in zip(windows, windows[1:]):
        if instant(one.window["end"]) > instant(other.window["start"]):
            yield "%s: %s before %s" % (name, one, other)
    counts = scan["count_before"], scan["count_after"]
    if not is_counted(scan):
        yield "%s: rows - left is not count_after: %s" % (name, scan)
    if None not in counts and counts[0] != counts[1]:
        yield "%s: its counts differ: %s" % (name, scan)
    unreadable = scan.get("unreadable", 0)
    if len(windows) > scan["windows"] + unreadable:
        yield "%s: has %d windows of %d" % (name, len(windows),
                                            scan["windows"])
    if not unreadable and len(windows) == scan["windows"]:
        for what in ("rows", "left"):
            total = sum(w.seal["fetch"][what] for w in windows)
            if total != scan[what]:
                yield "%s: %s of its windows: %d, of the scan: %d" % (
                    name, what, total, scan[what])
    calls = [w.seal["fetch"].get("calls", 0) for w in windows]
    if calls != [scan["calls"]] + [0] * (len(calls) - 1):
        yield "%s: %d calls, in its seals %s" % (name, scan["calls"], calls)


def check_order(stream, tickets):
    """A window may be cut around a row that cannot be read, without an end."""
    at = 0
    for w in stream.windows:
        while at < len(tickets) and not is_part(w.window, tickets[at]):
            at += 1
        if at == len(tickets):
            yield "%s: no ticket says so here" % w
            return
    keys = [key_of(w.window) for w in stream.sealed]
    if stream.end and keys != [key_of(t) for t in tickets]:
        yield "an end after %d of %d windows" % (len(keys), len(tickets))


def is_part(window, ticket):
    return (window["entity"], window["by"]) == \
        (ticket["entity"], ticket["by"]) and \
        instant(ticket["start"]) <= instant(window["start"]) and \
        instant(window["end"]) <= instant(ticket["end"])


def check(stream, tickets=None):
    yield from stream.broken
    for w in stream.sealed:
        yield from check_window(w)
        if not w.scan and "calls" not in w.seal["fetch"]:
            yield "%s: its seal names no calls" % w
    for key, windows in stream.scans().items():
        yield from check_scan(key, windows)
    seen = {}
    for w in stream.sealed:
        for i, _ in w.rows:
            where = w.window["entity"], i
            if where in seen:
                yield "row %s is in %s and in %s" % (i, seen[where], w)
            seen[where] = w
        for i in w.gone:
            where = w.window["entity"], i
            if where in seen:
                yield "%s is gone in %s, and in %s" % (i, w, seen[where])
            seen[where] = w
    if tickets is not None:
        yield from check_order(stream, [t["window"] for t in tickets
                                        if t["qb"] == "ticket"])


def calls_of(log):
    counts = {"count": 0, "rows": 0, "cdc": 0}
    with open(log, encoding="ascii") as lines:
        for line in lines:
            found = ANSWERED.search(line)
            if found:
                counts[found.group(1)] += 1
    return sum(counts.values()), counts["count"], counts["rows"]


def print_scans(stream):
    before = None
    for w in stream.sealed:
        scan = w.scan or dict(w.window, windows=1, **w.seal["fetch"])
        if not w.scan or scan != before:
            print(scan["start"], scan["end"], scan["windows"], scan["rows"],
                  scan["calls"])
        before = w.scan


def main():
    options = dict(word[2:].split("=", 1) for word in sys.argv[1:]
                   if word.startswith("--") and "=" in word)
    if "--calls" in sys.argv:
        print(*calls_of(sys.argv[-1]))
        return 0
    stream = Stream(sys.stdin.buffer)
    if "--scans" in sys.argv:
        print_scans(stream)
        return 0
    tickets = None
    if "tickets" in options:
        with open(options["tickets"], encoding="ascii") as lines:
            tickets = [json.loads(line) for line in lines]
    broken = list(check(stream, tickets))
    if "log" in options:
        said = sum(w.seal["fetch"].get("calls", 0) for w in stream.sealed)
        made = calls_of(options["log"])[0]
        if said != made:
            broken.append("%d calls in the seals, %d were answered" %
                          (said, made))
    print("\n".join(broken[:20]), end="\n" if broken else "")
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
