#!/usr/bin/env python3
"""pace.py LOG [FILE] - how a company was asked, from the simulator's log, and
from the file in which its processes count (common/quickbooks/shared_rate_limit.h).

Prints shell assignments:
    requests=N           that came to the company
    most_second most_minute
                         the most that came in any second, in any minute
    over_second over_minute
                         per cent of the requests with more than 10 in the
                         second, or 500 in the minute, that ends with them
    span_ms allowed_ms   from the first to the last, and what the limits allow
    slower               per cent that this is slower than allowed
    throttled=N          that were answered 429
    crossed late         that came after the first 429 and before the 3 s that
                         it asked for: in its first second, and later
and of the file
    sent=N least_gap=N   how many were counted, and the fewest ms between two
"""
import re
import struct
import sys

RING = 500
SECOND, MINUTE = (1000, 10), (60000, 500)


def most_and_over(times, limit):
    span_ms, most_allowed = limit
    most = over = first = 0
    for last, at in enumerate(times):
        while at - times[first] >= span_ms:
            first += 1
        most = max(most, last - first + 1)
        over += last - first + 1 > most_allowed
    return most, 100 * over / len(times)


came = []
for line in open(sys.argv[1]):
    pairs = dict(re.findall(r"(\w+)=(\S+)", line))
    if pairs.get("kind") in ("rows", "count", "gateway"):
        came.append((int(pairs["ms"]), pairs["status"]))
came.sort()
times = [at for at, _ in came]
told = [at for at, status in came if status == "429"]
since = [at - told[0] for at in times if at > told[0]] if told else []
full, rest = divmod(len(times) - 1, MINUTE[1])
allowed = full * 60000 + rest // SECOND[1] * 1000
second, minute = most_and_over(times, SECOND), most_and_over(times, MINUTE)
span = times[-1] - times[0]
print("requests=%d" % len(times))
print("most_second=%d over_second=%.2f" % second)
print("most_minute=%d over_minute=%.2f" % minute)
print("span_ms=%d allowed_ms=%d" % (span, allowed))
print("slower=%.1f" % (100 * (span / allowed - 1) if allowed else 0))
print("throttled=%d" % len(told))
print("crossed=%d" % sum(x < 1000 for x in since))
print("late=%d" % sum(1000 <= x < 2900 for x in since))
if len(sys.argv) > 2:
    with open(sys.argv[2], "rb") as file:
        *sent_ms, sent, _ = struct.unpack("=16x%dqQq" % RING, file.read())
    last = sorted(sent_ms[:sent])
    print("sent=%d" % sent)
    print("least_gap=%d" % min(b - a for a, b in zip(last, last[1:])))
