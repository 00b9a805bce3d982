#!/usr/bin/env python3
"""answers.py quick|slow - qb-fetch and every bad answer of badserver.py.

The matrix: what goes wrong, at which place (the count, the first, the middle,
the last page), once or always.  Each case has one verdict:

    SAME            the rows of a run without the fault, each once, and sealed
    later(TEXT)     status 75, refused() 69, login() 77: the text is said, and
                    what to do next; nothing is sealed, no row comes twice

Each case has a server and a company of its own.  TAP; the last line but one
says how many cases ran.
"""
import collections
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from badserver import ALWAYS, Server, make_bomb, row  # noqa: E402

AT_ONCE = {"quick": 24, "slow": 60}  # most of the slow ones only wait
PAGES = ("first", "middle", "last")
Verdict = collections.namedtuple("Verdict", "status text next")
SAME = Verdict(0, "", "")


def later(text, next_=""):
    return Verdict(75, text, next_)


def refused(text, next_=""):
    return Verdict(69, text, next_)


def login(text):
    return Verdict(77, text, "qb-auth login")


SHIFTED = later("it changed in each of 3 passes")
JSON = later("HTTP 200")
LENGTH = later("HTTP 200|HTTP/0.9")  # what is left over begins the next answer
WAIT = later("HTTP 429; gave up .*retry-for", "not before 20")

# name: when it happens once, when it happens always
VERDICTS = {
    "nothing-wrong": (SAME, SAME),
    # connections
    "refused": (SAME, later("refused|connect to")),
    "reset-on-accept": (SAME, later("reset|closed|connect to")),
    "close-on-accept": (SAME, later("Empty reply|reset")),
    "tls-good": (SAME, SAME),
    "tls-none": (SAME, later("SSL|wrong version|reset")),
    "tls-cut": (SAME, later("SSL|TLS|reset")),
    "tls-expired": (refused("expired"),) * 2,
    "tls-wrong-host": (refused("127.0.0.1|host name|subject name"),) * 2,
    "tls-unknown-ca": (refused("issuer|self.signed"),) * 2,
    "proxy-good": (SAME, SAME),
    "proxy-refused": (SAME, later("refused|connect to")),
    "proxy-407": (refused("407", "https_proxy"),) * 2,
    "proxy-502": (SAME, later("502")),
    "proxy-closes": (SAME, later("CONNECT|reset|Empty")),
    # headers
    "closed-without-a-word": (SAME, later("Empty reply|reset")),
    "reset-before-headers": (SAME, later("reset")),
    "cut-header": (SAME, later("incomplete headers")),
    "headers-of-300k": (SAME, later("64 KiB of headers")),
    "header-line-of-300k": (SAME, later("header line")),
    "no-http": (SAME, later("HTTP/0.9")),
    "http-1.0": (SAME, SAME),
    "interim-100": (SAME, SAME),
    "length-junk": (SAME, later(".")),
    "length-negative": (SAME, later(".")),
    "length-too-small": (SAME, LENGTH),
    "length-too-large": (SAME, later("5 bytes remaining")),
    "length-zero": (SAME, LENGTH),
    "length-twice-the-same": (SAME, SAME),
    "length-twice-small-last": (SAME, LENGTH),
    "length-twice-small-first": (SAME, SAME),
    "length-missing": (SAME, SAME),
    "length-missing-and-cut": (SAME, JSON),
    "length-and-chunks": (SAME, SAME),
    # bodies
    "body-too-long": (SAME, SAME),
    "closed-early": (SAME, later("bytes remaining")),
    "reset-in-body": (SAME, later("reset|Recv")),
    "chunk-cut": (SAME, later("remaining|chunk|transfer closed")),
    "chunk-missing-at-the-end": (SAME, later("transfer closed|chunk")),
    "chunk-lost-in-the-middle": (SAME, JSON),
    "chunk-size-junk": (SAME, later("chunk|hexadecimal|Illegal")),
    "chunks-of-one-byte": (SAME, SAME),
    "chunks-with-extensions-and-trailer": (SAME, SAME),
    "byte-by-byte": (SAME, SAME),
    "trickling": (SAME, SAME),
    # gzip; a server that breaks it without being asked for any
    "gzip-cut": (SAME, later("truncated gzip")),
    "gzip-without-trailer": (SAME, later("truncated gzip")),
    "gzip-bad-crc": (SAME, later("corrupt gzip")),
    "gzip-bad-length": (SAME, later("corrupt gzip")),
    "gzip-flipped-bit": (SAME, later("corrupt gzip|HTTP 200")),
    "gzip-and-garbage": (SAME, later("corrupt gzip")),
    "gzip-of-members": (SAME, SAME),
    "gzip-that-is-not": (SAME, later("corrupt gzip")),
    "gzip-empty": (SAME, JSON),
    "gzip-not-told": (SAME, JSON),
    "gzip-twice": (SAME, JSON),
    "gzip-bomb": (SAME, later("inflates more than 200 times")),
    "another-coding": (SAME, later("unexpected Content-Encoding")),
    # statuses
    "401": (SAME, login("HTTP 401, 3200 Message")),
    "401-empty": (SAME, login("HTTP 401")),
    "403": (login("HTTP 403, 3100 "),) * 2,
    "403-of-another-kind": (SAME, later("HTTP 403.* were answered")),
    "403-throttle": (SAME, later("HTTP 403.* gave up", "not before 20")),
    "429-after-absent": (WAIT, WAIT),
    "429-after-junk": (WAIT, WAIT),
    "429-after-negative": (WAIT, WAIT),
    "429-after-fraction": (WAIT, WAIT),
    "429-after-huge": (later("HTTP 429; gave up .*retry-for", "not before 21"),)
    * 2,
    "429-after-0": (SAME, later("HTTP 429; gave up .*--retries")),
    "429-after-1": (SAME, later("HTTP 429; gave up .*--retries")),
    "429-after-date": (SAME, later("HTTP 429; gave up .*--retries")),
    "429-after-past-date": (SAME, later("HTTP 429; gave up .*--retries")),
    "503-after-1": (SAME, later("HTTP 503; gave up .*--retries")),
    "204": (SAME, later("HTTP 204")),
    "206": (SAME, later("HTTP 206")),
    "302": (SAME, later("HTTP 302.* were answered")),
    "400": (SAME, refused("row [0-9]+: HTTP 400, 4001 Invalid query")),
    "404": (SAME, later("HTTP 404.* were answered")),
    "408": (SAME, later("HTTP 408; gave up after")),
    "500": (SAME, later("HTTP 500, 10000 Message: Detail; gave up after")),
    "500-code-120": (SAME, later("HTTP 500, 120 Message")),
    "500-with-good-rows": (SAME, later("HTTP 500; gave up after")),
    "502": (SAME, later("HTTP 502; gave up after")),
    "503": (SAME, later("HTTP 503; gave up after")),
    "504": (SAME, later("HTTP 504, 6002 Gateway Timeout; gave up after")),
    # 200, and yet wrong
    "html": (SAME, JSON),
    "empty": (SAME, JSON),
    "spaces": (SAME, JSON),
    "null": (SAME, JSON),
    "fault-that-passes": (SAME, later("HTTP 200, 10000 Message: Detail")),
    "fault-that-stays": (SAME, refused("HTTP 200, 6190 Message: Detail")),
    "fault-of-the-gateway": (SAME, login("HTTP 200, 3200")),
    "fault-beside-rows": (SAME, later("HTTP 200, 10000")),
    "another-entity": (SAME, later('rows of "Customer" came')),
    "one-more": (SAME, SAME),
    "half-of-it": (SAME, SAME),
    "page-before": (SAME, SHIFTED),
    "page-after": (SAME, SHIFTED),
    "no-rows": (SAME, SHIFTED),
    "no-time": (SAME, SAME),
    "no-query-response": (SAME, later("no QueryResponse")),
    "no-id": (SAME, later("without Id")),
    "json-cut": (SAME, JSON),
    "json-last-byte-gone": (SAME, JSON),
    "json-comma-gone": (SAME, JSON),
    "json-twice": (SAME, JSON),
    "json-and-garbage": (SAME, JSON),
    "json-with-a-nul": (SAME, JSON),
    "rows-cut-to-a-list": (SAME, later("HTTP 200: ")),
}
# So many seconds may nothing go to the company after such an answer.
LEAST_WAIT = {"429-after-1": 1, "429-after-date": 2, "403-throttle": 1}
# What a count cannot have, and a place where the fault is none.
ROWS_ONLY = {"another-entity", "one-more", "half-of-it", "page-before",
             "page-after", "no-id", "rows-cut-to-a-list"}
NO_FAULT = {("page-before", "first"), ("page-after", "last")}
# A page may be refused for one row's sake, so its parts are tried; a count not.
# Pages of servers in front are other verdicts before anything was answered.
FOREIGN = "not from QuickBooks' API: HTTP "
COUNT = {"400": (refused("HTTP 400, 4001 Invalid query"),) * 2,
         "fault-that-stays": (refused("HTTP 200, 6190 Message: Detail"),) * 2,
         "401": (SAME, login("HTTP 401, 3200 Message; sandbox or production")),
         "401-empty": (SAME, login("HTTP 401; sandbox or production")),
         "403": (login("HTTP 403, 3100 .*sandbox or production"),) * 2,
         "302": (SAME, refused(FOREIGN + "302", "QBO_API_URL")),
         "404": (SAME, refused(FOREIGN + "404", "QBO_API_URL")),
         "403-of-another-kind": (SAME, refused(FOREIGN + "403", "QBO_API_URL")),
         # one that brings none has no totalCount
         "no-rows": (SAME, later("no totalCount")),
         "length-twice-small-last": (SAME, later("."))}

Case = collections.namedtuple(
    "Case", "name at times verdict size options seconds long")


def case(name, at, times, verdict, size=10, retries=4, retry_for="30s",
         seconds=0, long=False):
    return Case(name, at, times, verdict, size,
                ["--retries=%d" % retries, "--retry-for=%s" % retry_for],
                seconds, long)


def quick_cases():
    for name, (once, _) in VERDICTS.items():
        for at in PAGES:
            if (name, at) not in NO_FAULT:
                yield case(name, at, 1, once)


def slow_cases():
    """Always, and at the count; then what has to wait for a minute or two."""
    for name, verdicts in VERDICTS.items():
        once, always = COUNT.get(name, verdicts)
        if name not in ROWS_ONLY:
            yield case(name, "count", 1, once)
            yield case(name, "count", ALWAYS, always, retries=1)
        for at in PAGES:
            if (name, at) not in NO_FAULT:
                yield case(name, at, ALWAYS, verdicts[1], retries=1)
    timed_out = later("timed out|[Tt]imeout")
    for at in ("count",) + PAGES:
        for name in ("no-header", "stalled-header", "stalled-in-body",
                     "trickling-for-ever"):
            yield case(name, at, 1, SAME, retry_for="5m", long=True)
            yield case(name, at, ALWAYS, timed_out, size=1, retries=0,
                       long=True)
        yield case("black-hole", at, 1, SAME, retry_for="5m", long=True)
        yield case("black-hole", at, ALWAYS, timed_out, retries=0, long=True)
        for kind in ("absent", "junk"):
            yield case("429-after-" + kind, at, 1, SAME, retry_for="3m",
                       seconds=60, long=True)
        yield case("name-not-found", at, ALWAYS,
                   later("resolve|refused"), retries=1)


def openssl(*arguments, **how):
    subprocess.run(["openssl", *arguments], check=True, **how,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_certificates(folder):
    """ca.pem, and certificates with their keys: good, expired, ..."""
    def path(name):
        return os.path.join(folder, name)

    def key(name):
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout",
                "-out", path(name))

    for ca in ("ca", "other"):
        key(ca + ".key")
        openssl("req", "-x509", "-new", "-key", path(ca + ".key"), "-subj",
                "/CN=qb test %s" % ca, "-days", "30", "-out",
                path(ca + ".pem"))
    for name, ca, days, host in (
            ("good", "ca", "30", "IP:127.0.0.1"),
            ("expired", "ca", "-1", "IP:127.0.0.1"),
            ("wrong-host", "ca", "30", "DNS:quickbooks.example.org"),
            ("unknown-ca", "other", "30", "IP:127.0.0.1")):
        key(name + ".key")
        openssl("req", "-new", "-key", path(name + ".key"), "-subj",
                "/CN=qb test", "-out", path("csr"))
        with open(path("ext"), "w") as extension:
            extension.write("subjectAltName=%s\n" % host)
        openssl("x509", "-req", "-in", path("csr"), "-CA", path(ca + ".pem"),
                "-CAkey", path(ca + ".key"), "-CAcreateserial", "-days", days,
                "-extfile", path("ext"), "-out", path("crt"))
        with open(path(name + ".pem"), "w") as both:
            for part in ("crt", name + ".key"):
                with open(path(part)) as file:
                    both.write(file.read())


class Matrix:
    def __init__(self, folder):
        self.folder = folder
        make_certificates(folder)
        self.tokens = Server("nothing-wrong", "never", 0)
        self.ticket = subprocess.run(
            ["qb-window", "Invoice", "--from=2025-01-01", "--to=2025-02-01",
             "--every=31d"],
            check=True, stdout=subprocess.PIPE).stdout

    def environment(self, number, server):
        given = dict(
            os.environ, QBO_ENV="sandbox", QBO_REALM_ID=str(910000 + number),
            QBO_CLIENT_ID="client", QBO_CLIENT_SECRET="CANARY-SECRET",
            QBO_REFRESH_TOKEN="CANARY-REFRESH-0", QBO_API_URL=server.url,
            QBO_TOKEN_URL=self.tokens.url, NO_PROXY="",
            XDG_STATE_HOME=os.path.join(self.folder, "state"),
            SSL_CERT_FILE=os.path.join(self.folder, "ca.pem"),
            RES_OPTIONS="timeout:1 attempts:1")
        given.pop("https_proxy", None)
        if server.proxy:
            given["https_proxy"] = "http://127.0.0.1:%d" % server.port
        return given

    def run(self, number, one):
        server = Server(one.name, one.at, one.times, one.size, self.folder)
        given = self.environment(number, server)
        if one.name == "name-not-found":
            given["QBO_API_URL"] = "https://qb.invalid"
        # one at a time, where what is under way would blur the picture
        alone = server.connect or one.seconds or one.name in LEAST_WAIT
        jobs = "--jobs=%d" % (1 if alone else 2)
        command = ["qb-fetch", "--page-size=%d" % one.size, jobs, *one.options]
        try:
            ran = subprocess.run(command, input=self.ticket, env=given,
                                 capture_output=True, timeout=600)
        except subprocess.TimeoutExpired:
            return ["still running after 600 s"]
        finally:
            server.stop_listening()
            server.held.close()
        said = ran.stderr.decode("utf-8", "replace")
        wrong = list(self.wrong(one, server, ran, said))
        return wrong + said.splitlines() if wrong else []

    def wrong(self, one, server, ran, said):
        rows = payloads(ran.stdout)
        want = [row(number) for number in range(1, server.total + 1)]
        verdict = one.verdict
        yield from self.wrong_in_general(one, server, ran, said)
        if ran.returncode != verdict.status:
            yield "status %d, not %d" % (ran.returncode, verdict.status)
        if len(set(rows)) != len(rows):
            yield "rows came twice"
        if not set(rows) <= set(want):
            yield "rows came that are none"
        sealed = subprocess.run(["qb-stamp"], input=ran.stdout,
                                capture_output=True).returncode == 0
        if verdict is SAME:
            if sorted(rows) != sorted(want):
                yield "%d rows came, not %d" % (len(rows), len(want))
            if not sealed:
                yield "the seal does not hold"
            return
        if sealed or b'{"qb":"seal"' in ran.stdout:
            yield "it is sealed"
        lines = said.splitlines()
        told = "\n".join(x for x in lines if "qb-fetch: next: " not in x)
        next_ = "\n".join(x for x in lines if "qb-fetch: next: " in x)
        if not re.search(verdict.text, told):
            yield "%s is not said" % verdict.text
        if not next_ or not re.search(verdict.next, next_):
            yield "next: %s is not said" % verdict.next

    def wrong_in_general(self, one, server, ran, said):
        if "CANARY" in said or b"CANARY" in ran.stdout:
            yield "a secret is shown"
        if one.name != "name-not-found" and not server.spoiled and \
                server.name not in ("refused", "proxy-refused", "black-hole"):
            yield "nothing was spoiled"
        least = one.seconds or LEAST_WAIT.get(one.name, 0)
        for at, place, spoilt in server.asked:
            soon = [x for x in server.asked if at < x[0] < at + least - 0.01]
            if place == "answered" and soon:
                yield "asked again after %.1f s" % (soon[0][0] - at)


def payloads(stream):
    return [line[line.index(b',"payload":') + 11:-1]
            for line in stream.splitlines() if line.startswith(b'{"qb":"row"')]


def main():
    kind = sys.argv[1]
    cases = list(quick_cases() if kind == "quick" else slow_cases())
    if len(sys.argv) > 2:
        cases = [x for x in cases if re.search(sys.argv[2], x.name)]
    cases.sort(key=lambda x: not x.long)
    make_bomb()
    bad = 0
    with tempfile.TemporaryDirectory(prefix="qb-answers-") as folder, \
            concurrent.futures.ThreadPoolExecutor(AT_ONCE[kind]) as pool:
        matrix = Matrix(folder)
        results = pool.map(matrix.run, range(len(cases)), cases)
        for number, (one, wrong) in enumerate(zip(cases, results), 1):
            print("%sok %d - %s, %s, %s: %s" % (
                "not " if wrong else "", number, one.name, one.at,
                "always" if one.times == ALWAYS else "once",
                "the same rows" if one.verdict is SAME
                else "status %d" % one.verdict.status), flush=True)
            for line in wrong:
                print("# " + line)
            bad += bool(wrong)
    print("# %d cases" % len(cases))
    print("1..%d" % len(cases))
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
