#!/usr/bin/env python3
"""Every truncation of a stream, and every byte of a row or gone line changed: never a sealed
window that is not the truth, never a file in place that is not whole, and an
exit status that says so."""
import gzip
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import stream  # noqa: E402



def short(no, number):
    """A window of one row, as short as an envelope may be."""
    win = stream.window("Item", no, 3)
    row = (b'{"qb":"row","window":%s,"page":{},"row":{"id":"%d"},"payload":'
           b'{"Id":"%d","a":%s}}\n' % (win, no, no, number))
    return [row, stream.seal(win, [row])]


def short_whole(no, number):
    """A reading of all rows: one that is there, and one that is not."""
    win = stream.window("TaxCode", no, 3, by="whole")
    lines = [b'{"qb":"row","window":%s,"page":{},"row":{"id":"TAX"},"payload":'
             b'{"Id":"TAX","a":%s}}\n' % (win, number),
             stream.gone(win, "NON", by="whole")]
    read = b'"whole":{"at":"2025-09-12T18:43:35Z","rows":2,"known":1},"bytes":'
    return lines + [stream.seal(win, lines).replace(b'"bytes":', read)]


def short_gone(no):
    """A window by change, in which only a deletion is."""
    win = stream.window("Item", no, 3, by="change")
    line = stream.gone(win, str(no), by="cdc", deleted="2025-01-15T03:04:05Z")
    return [line, stream.seal(win, [line])]


LINES = short(1, b"100.00") + short_whole(2, b"1e2") + short_gone(3) + \
    [stream.end(3, 4)]
PLAIN = b"".join(LINES)
ONE = gzip.compress(PLAIN, mtime=0)
MANY = b"".join(gzip.compress(line, mtime=0) for line in LINES)
STAMP = ["qb-stamp", "--at=2025-01-01T00:00:00Z", "--run=r"]
count = bad = 0


def ok(passed, what, details=()):
    global count, bad
    count += 1
    bad += not passed
    print("%sok %d - %s" % ("" if passed else "not ", count, what))
    for detail in list(details)[:5]:
        print("# %s" % (detail,))


def run(command, given):
    done = subprocess.run(command, input=given, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False)
    return done.returncode, done.stdout


def run_archive(given):
    """The status, what passed, and the files in the folder."""
    folder = tempfile.mkdtemp(dir=tmp)
    status, out = run(["qb-archive", folder], given)
    files = {}
    for where, _, names in os.walk(folder):
        for name in names:
            if name == ".qb-lock":
                continue
            with open(os.path.join(where, name), "rb") as file:
                # each entity has a list of its own
                files[name] = files.get(name, b"") + file.read()
    shutil.rmtree(folder)
    return status, out, files


def sealed(out):
    """The bytes up to and with the last seal; None when they are no lines."""
    lines = out.splitlines(keepends=True)
    while lines and not lines[-1].startswith(b'{"qb":"seal"'):
        lines.pop()
    return b"".join(lines)


def wrong_files(files, whole):
    """Files that are not those of the whole stream, or not listed so."""
    listed = files.pop("SHA256SUMS", b"").splitlines()
    names = sorted(line.split(b"  ")[1].decode() for line in listed)
    return names != sorted(files) or any(
        whole.get(name) != text for name, text in files.items()) or any(
        line not in whole["SHA256SUMS"].splitlines() for line in listed)


def truncated(what, text, lengths):
    """All that a truncation may do to a window is to keep it from passing."""
    def check(n):
        status, out = run(STAMP, text[:n])
        found = []
        if status not in (65, 75):
            found.append("qb-stamp, %d bytes: status %d" % (n, status))
        if not good_stamped.startswith(out):
            found.append("qb-stamp, %d bytes: another output" % n)
        status, out, files = run_archive(text[:n])
        if status not in (65, 75):
            found.append("qb-archive, %d bytes: status %d" % (n, status))
        if not good_archived.startswith(out):
            found.append("qb-archive, %d bytes: another output" % n)
        if sealed(out).count(b'"qb":"seal"') > len(files):
            found.append("qb-archive, %d bytes: a seal without file" % n)
        if wrong_files(files, good_files):
            found.append("qb-archive, %d bytes: a file that is wrong" % n)
        return found

    found = sum(pool.map(check, lengths), [])
    tried.append(len(lengths))
    ok(not found, "%s: none of %d truncations passes for the whole"
       % (what, len(lengths)), found)


def near_members():
    """Lengths about the header and the trailer of each member of MANY."""
    edges, at = [0], 0
    for line in LINES:
        at += len(gzip.compress(line, mtime=0))
        edges.append(at)
    return sorted({n for edge in edges for n in range(edge - 10, edge + 12)
                   if 0 <= n < len(MANY)})


def changed(what, at, windows):
    """A line after so many windows, each byte changed in one bit."""
    start = sum(map(len, LINES[:at]))
    length = len(LINES[at])
    want = sealed(b"".join(good_stamped.splitlines(keepends=True)[:at]))

    def check(n):
        text = bytearray(PLAIN)
        text[start + n] ^= 1 << (n % 7)
        status, out = run(STAMP, bytes(text))
        found = []
        if status != 65:
            found.append("qb-stamp, byte %d: status %d" % (n, status))
        if sealed(out) != want:
            found.append("qb-stamp, byte %d: another seal passed" % n)
        status, out, files = run_archive(bytes(text))
        if status != 65 or wrong_files(files, good_files) or len(files) != windows:
            found.append("qb-archive, byte %d" % n)
        return found

    found = sum(pool.map(check, range(length)), [])
    tried.append(length)
    ok(not found, "none of %d changed bytes of %s passes" % (length, what),
       found)


tried = []
# every file is fsynced: in memory that costs nothing
tmp = tempfile.mkdtemp(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else
                       None)
try:
    with ThreadPoolExecutor(2) as pool:
        code, good_stamped = run(STAMP, PLAIN)
        ok(code == 0 and good_stamped.count(b"\n") == len(LINES),
           "the whole stream passes qb-stamp")
        code, good_archived, good_files = run_archive(PLAIN)
        ok(code == 0 and len(good_files) == 4, "and qb-archive")
        ok(run(STAMP, ONE)[1] == run(STAMP, MANY)[1] == good_stamped,
           "as gzip of one and of many members, too")
        truncated("plain", PLAIN, range(len(PLAIN)))
        truncated("gzip", ONE, range(len(ONE)))
        truncated("gzip, a member a line", MANY, near_members())
        changed("rows", 2, 1)
        changed("gone lines", 3, 1)
finally:
    shutil.rmtree(tmp)
print("# %d mutants" % sum(tried))
print("1..%d" % count)
sys.exit(bad != 0)
