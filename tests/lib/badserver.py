#!/usr/bin/env python3
"""badserver.py - QuickBooks as it answers on a bad day; a module for answers.py.

A Server serves one window of invoices, in three pages and two counts, on a port
of its own, and does one thing wrong, at one place, once or always.  ANSWERS has
what can go wrong with an answer, CONNECTIONS what with a connection; both are
tables of functions by name, and the name is all that a case needs.
"""
import email.utils
import gzip
import json
import re
import socket
import ssl
import struct
import threading
import time
import urllib.parse
import zlib

ALWAYS = 1 << 30
ANSWERS, CONNECTIONS = {}, {}
BOMB = None
TOKEN = "CANARY-ACCESS"


def day(number):
    return 2 + number * 25 // 10000


def row(number):
    return (b'{"Id":"%d","DocNumber":"%05d","TotalAmt":%d.00,"PrivateNote":'
            b'"caf\\u00e9 \\/ %s","MetaData":{"LastUpdatedTime":'
            b'"2025-01-%02dT03:04:05-08:00"}}'
            % (number, number, number, b"x" * (number % 50), day(number)))


def body_of(rows, key=b"Invoice", before=b"", within=b"", start=1):
    rows = list(rows)
    inside = b""
    if rows:
        inside = (b'"%s":[%s],"startPosition":%d,"maxResults":%d'
                  % (key, b",".join(rows), start, len(rows)))
    return (b'{%s"QueryResponse":{%s%s},"time":"%s"}'
            % (before, within, inside, now()))


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%S.000-00:00", time.gmtime()).encode()


def count_of(total):
    return b'{"QueryResponse":{"totalCount":%d},"time":"%s"}' % (total, now())


def head(status=200, *headers):
    lines = [b"HTTP/1.1 %d Told" % status, b"intuit_tid: 1-5f-77"]
    return b"\r\n".join(lines + list(headers)) + b"\r\n\r\n"


def length(body):
    return b"Content-Length: %d" % len(body)


def chunks(body, size=500):
    for at in range(0, len(body), size):
        piece = body[at:at + size]
        yield b"%x\r\n%s\r\n" % (len(piece), piece)


CHUNKED = b"Transfer-Encoding: chunked"
GZIP = b"Content-Encoding: gzip"


class Question:
    """One query: which place of the matrix it is at, and its true answer."""

    def __init__(self, server, text):
        self.count = "count(" in text.lower().replace(" ", "")
        self.start = int((re.search(r"startposition (\d+)", text) or [0, 1])[1])
        self.most = int((re.search(r"maxresults (\d+)", text) or [0, 100])[1])
        page = (self.start - 1) // server.size
        self.at = "count" if self.count else \
            ("first", "middle", "last", "past")[min(page, 3)]
        self.server = server
        self.body = count_of(self.counted(text)) if self.count else self.rows()

    def counted(self, text):
        """Of all rows those of the range, which may be a part of the window."""
        bounds = re.search(r">= '([^']*)' and [^']*< '([^']*)'", text)
        start, end = bounds.groups() if bounds else ("", "9")
        return sum(start <= "2025-01-%02dT11:04:05Z" % day(number) < end
                   for number in range(1, self.server.total + 1))

    def rows(self, most=None, start=None, **how):
        start = start or self.start
        end = min(start + (most or self.most), self.server.total + 1)
        return body_of(map(row, range(start, end)), start=start, **how)


class Connection:
    """What the functions of the tables act on."""

    def __init__(self, server, raw):
        self.server, self.raw, self.sock = server, raw, raw
        self.held = b""

    def send(self, *pieces):
        for piece in pieces:
            self.sock.sendall(piece)

    def whole(self, body, status=200, *headers):
        """As Intuit sends what is whole: chunked."""
        self.send(head(status, CHUNKED, *headers), *chunks(body), b"0\r\n\r\n")
        return True

    def sized(self, body, status=200, *headers):
        self.send(head(status, length(body), *headers), body)
        return True

    def zipped(self, bytes_, status=200):
        return self.sized(bytes_, status, GZIP)

    def reset(self):
        self.raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                            struct.pack("ii", 1, 0))
        self.raw.close()

    def hold(self):
        try:
            while self.sock.recv(1000):
                pass
        except OSError:
            pass

    def request(self):
        while b"\r\n\r\n" not in self.held:
            more = self.sock.recv(65536)
            if not more:
                return None, b""
            self.held += more
        top, self.held = self.held.split(b"\r\n\r\n", 1)
        size = re.search(rb"(?i)content-length: *(\d+)", top)
        size = int(size[1]) if size else 0
        while len(self.held) < size:
            self.held += self.sock.recv(65536)
        given, self.held = self.held[:size], self.held[size:]
        return top.decode(), given


class Server:
    def __init__(self, name, at, times, size=10, certificates=None):
        self.name, self.at, self.left, self.size = name, at, times, size
        self.once = times != ALWAYS
        self.total = 3 * size
        self.certificates = certificates
        self.answer = ANSWERS.get(name)
        self.connect = CONNECTIONS.get(name)
        self.tls = name.startswith(("tls", "proxy"))
        self.proxy = name.startswith("proxy")
        self.lock = threading.Lock()
        self.asked = []       # when, place, was it spoiled
        self.tokens = 0
        self.filled = []
        self.spoiled = 0
        self.bad = False      # connections are, from now on
        # holds the port where nobody listens: no other server gets it
        self.held = self.bound(0)
        self.listen(self.held.getsockname()[1])
        if self.connect and at == "count":
            self.turn_bad()

    @staticmethod
    def bound(port):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind(("127.0.0.1", port))
        return one

    def listen(self, port, backlog=64):
        self.listener = self.bound(port)
        self.listener.listen(backlog)
        self.port = port
        if backlog:
            threading.Thread(target=self.accept, args=(self.listener,),
                             daemon=True).start()

    def stop_listening(self):
        try:  # wakes the accept() of the other thread, which close() does not
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        for one in self.filled:
            one.close()
        self.filled = []

    def listen_again_after(self, seconds):
        def again():
            self.bad = False
            self.stop_listening()
            self.listen(self.port)
        if self.once:
            timer = threading.Timer(seconds, again)
            timer.daemon = True
            timer.start()

    @property
    def url(self):
        return "%s://127.0.0.1:%d" % ("https" if self.tls else "http",
                                      self.port)

    def accept(self, listener):
        while True:
            try:
                raw, _ = listener.accept()
            except OSError:
                return
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(Connection(self, raw),),
                             daemon=True).start()

    def turn_bad(self):
        """What comes before the first connection that goes wrong."""
        self.bad = True
        if self.name in ("refused", "proxy-refused"):
            self.stop_listening()
            self.listen_again_after(0.2)
        if self.name == "black-hole":
            self.stop_listening()
            self.listen(self.port, backlog=0)
            for _ in range(4):  # nobody takes these, so no more are let in
                one = socket.socket()
                one.setblocking(False)
                one.connect_ex(("127.0.0.1", self.port))
                self.filled.append(one)
            self.listen_again_after(15)

    def spoils(self):
        with self.lock:
            if self.left <= 0:
                return False
            self.left -= 1
            self.spoiled += 1
            return True

    def serve(self, conn):
        try:
            if self.bad and self.spoils():
                self.connect(conn)
            elif self.begin_tls(conn, "good"):
                while self.one(conn):
                    pass
        except (OSError, ssl.SSLError):
            pass
        try:
            conn.sock.close()
        except OSError:
            pass

    def begin_tls(self, conn, certificate):
        if self.proxy:
            top, _ = conn.request()
            if not top:
                return False
            conn.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain("%s/%s.pem" % (self.certificates,
                                                   certificate))
            conn.sock = context.wrap_socket(conn.raw, server_side=True)
        return True

    def one(self, conn):
        top, given = conn.request()
        if top is None:
            return False
        if top.startswith("POST"):
            self.tokens += 1
            return conn.sized(json.dumps({
                "access_token": "%s-%d" % (TOKEN, self.tokens),
                "refresh_token": "CANARY-REFRESH-%d" % self.tokens,
                "token_type": "bearer", "expires_in": 3600,
                "x_refresh_token_expires_in": 8726400}).encode())
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(
            top.split(" ")[1]).query)["query"][0]
        q = Question(self, query)
        q.gzip = "Accept-Encoding: gzip" in top
        spoil = self.answer and q.at == self.at and self.spoils()
        with self.lock:
            self.asked.append((time.monotonic(), q.at, spoil))
        if spoil:
            began = time.monotonic()  # nobody waits from before it
            keep = self.answer(conn, q)
            self.asked.append((began, "answered", True))
            return keep
        before = {"count": "first", "first": "middle", "middle": "last"}
        last_good = self.connect and before.get(q.at) == self.at and \
            not self.bad and self.left
        if last_good:
            self.turn_bad()
        body = gzip.compress(q.body, 1) if q.gzip else q.body
        conn.whole(body, 200, *([GZIP] if q.gzip else []),
                   *([b"Connection: close"] if last_good else []))
        return not last_good


def answer(name):
    return lambda function: ANSWERS.setdefault(name, function)


def connection(name):
    return lambda function: CONNECTIONS.setdefault(name, function)


# --- connections

CONNECTIONS["refused"] = CONNECTIONS["proxy-refused"] = lambda c: None
CONNECTIONS["black-hole"] = Connection.hold
CONNECTIONS["reset-on-accept"] = Connection.reset
CONNECTIONS["close-on-accept"] = lambda c: None
CONNECTIONS["proxy-407"] = lambda c: c.request() and c.send(
    b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: "
    b"Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n")
CONNECTIONS["proxy-502"] = lambda c: c.request() and c.send(
    b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
CONNECTIONS["proxy-closes"] = lambda c: c.request()
CONNECTIONS["tls-none"] = lambda c: c.sock.recv(100) and c.send(
    b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
CONNECTIONS["tls-cut"] = lambda c: c.sock.recv(10)
for _bad in ("expired", "wrong-host", "unknown-ca"):
    CONNECTIONS["tls-" + _bad] = (
        lambda c, name=_bad: c.server.begin_tls(c, name) and c.server.one(c))

# --- headers

ANSWERS["nothing-wrong"] = ANSWERS["tls-good"] = ANSWERS["proxy-good"] = \
    lambda c, q: c.whole(q.body)
ANSWERS["closed-without-a-word"] = lambda c, q: False
ANSWERS["reset-before-headers"] = lambda c, q: c.reset()
ANSWERS["no-header"] = lambda c, q: c.hold()
ANSWERS["stalled-header"] = lambda c, q: (
    c.send(b"HTTP/1.1 200 OK\r\nContent-Ty"), c.hold())[1]
ANSWERS["cut-header"] = lambda c, q: c.send(b"HTTP/1.1 200 OK\r\nContent-Ty")
ANSWERS["headers-of-300k"] = lambda c, q: c.whole(
    q.body, 200, *[b"X-Filler-%d: %s" % (i, b"y" * 60) for i in range(4200)])
ANSWERS["header-line-of-300k"] = lambda c, q: c.whole(
    q.body, 200, b"X-Filler: " + b"y" * 300000)
ANSWERS["no-http"] = lambda c, q: c.send(b"SSH-2.0-OpenSSH_9\r\n")
ANSWERS["http-1.0"] = lambda c, q: c.send(
    b"HTTP/1.0 200 OK\r\n\r\n", q.body)
ANSWERS["interim-100"] = lambda c, q: (
    c.send(b"HTTP/1.1 100 Continue\r\nRetry-After: 99\r\n\r\n"),
    c.whole(q.body))[1]
ANSWERS["length-junk"] = lambda c, q: c.send(
    head(200, b"Content-Length: ten"), q.body)
ANSWERS["length-negative"] = lambda c, q: c.send(
    head(200, b"Content-Length: -1"), q.body)
ANSWERS["length-too-small"] = lambda c, q: c.send(
    head(200, length(q.body[:-20])), q.body)
ANSWERS["length-too-large"] = lambda c, q: c.send(
    head(200, length(q.body + b"12345")), q.body)
ANSWERS["length-zero"] = lambda c, q: c.send(
    head(200, b"Content-Length: 0"), q.body)
ANSWERS["length-twice-the-same"] = lambda c, q: c.sized(
    q.body, 200, length(q.body)) or True
ANSWERS["length-twice-small-last"] = lambda c, q: c.send(
    head(200, length(q.body), length(q.body[:-9])), q.body)
ANSWERS["length-twice-small-first"] = lambda c, q: c.send(
    head(200, length(q.body[:-9]), length(q.body)), q.body)
ANSWERS["length-missing"] = lambda c, q: c.send(head(), q.body)
ANSWERS["length-missing-and-cut"] = lambda c, q: c.send(head(), q.body[:-9])
ANSWERS["length-and-chunks"] = lambda c, q: c.whole(
    q.body, 200, b"Content-Length: 5") and False

# --- bodies

ANSWERS["body-too-long"] = lambda c, q: c.sized(q.body) and (
    c.send(b"{\"more\":true}") or True)
ANSWERS["closed-early"] = lambda c, q: c.send(
    head(200, length(q.body)), q.body[:len(q.body) // 2])
ANSWERS["reset-in-body"] = lambda c, q: (
    c.send(head(200, length(q.body)), q.body[:len(q.body) // 2]),
    time.sleep(0.05), c.reset())[2]
ANSWERS["chunk-cut"] = lambda c, q: c.send(
    head(200, CHUNKED), *list(chunks(q.body + b" " * 300))[:-1],
    b"12c\r\n  ")
ANSWERS["chunk-missing-at-the-end"] = lambda c, q: c.send(
    head(200, CHUNKED), *chunks(q.body))
ANSWERS["chunk-lost-in-the-middle"] = lambda c, q: c.send(
    head(200, CHUNKED), *[p for i, p in enumerate(chunks(q.body, 30))
                          if i != 1], b"0\r\n\r\n")
ANSWERS["chunk-size-junk"] = lambda c, q: c.send(
    head(200, CHUNKED), b"zz\r\n", q.body)
ANSWERS["chunks-of-one-byte"] = lambda c, q: c.send(
    head(200, CHUNKED), b"".join(chunks(q.body, 1)), b"0\r\n\r\n") or True
ANSWERS["chunks-with-extensions-and-trailer"] = lambda c, q: c.send(
    head(200, CHUNKED), b"%x;a=b\r\n%s\r\n0\r\nX-T: 1\r\n\r\n"
    % (len(q.body), q.body)) or True
ANSWERS["stalled-in-body"] = lambda c, q: (
    c.send(head(200, length(q.body)), q.body[:50]), c.hold())[1]
ANSWERS["byte-by-byte"] = lambda c, q: (
    [c.send(bytes([byte])) for byte in head(200, length(q.body)) + q.body],
    True)[1]


@answer("trickling")
def trickling(c, q):
    c.send(head(200, length(q.body)))
    step = len(q.body) // 20 + 1
    for at in range(0, len(q.body), step):
        c.send(q.body[at:at + step])
        time.sleep(0.05)
    return True


@answer("trickling-for-ever")
def trickling_for_ever(c, q):
    c.send(head(200, b"Content-Length: 100000000"), b"{")
    while True:
        c.send(b" ")
        time.sleep(0.2)


# --- gzip

def make_bomb():
    """Before anything is answered: nobody else gets on meanwhile."""
    global BOMB
    pack = zlib.compressobj(1, wbits=31)
    BOMB = pack.compress(b'{"QueryResponse":{')
    for _ in range(300):
        BOMB += pack.compress(b" " * (1 << 20))
    BOMB += pack.compress(b"}}") + pack.flush()


ANSWERS["gzip-bomb"] = lambda c, q: c.zipped(BOMB)


def gz(q):
    return gzip.compress(q.body)


def flipped(bytes_, at):
    spoilt = bytearray(bytes_)
    spoilt[at] ^= 1
    return bytes(spoilt)


ANSWERS["gzip-cut"] = lambda c, q: c.zipped(gz(q)[:len(gz(q)) // 2])
ANSWERS["gzip-without-trailer"] = lambda c, q: c.zipped(gz(q)[:-8])
ANSWERS["gzip-bad-crc"] = lambda c, q: c.zipped(flipped(gz(q), -8))
ANSWERS["gzip-bad-length"] = lambda c, q: c.zipped(flipped(gz(q), -4))
ANSWERS["gzip-flipped-bit"] = lambda c, q: c.zipped(flipped(gz(q), 40))
ANSWERS["gzip-and-garbage"] = lambda c, q: c.zipped(gz(q) + b"garbage")
ANSWERS["gzip-of-members"] = lambda c, q: c.zipped(
    gzip.compress(q.body[:20]) + gzip.compress(b"") +
    gzip.compress(q.body[20:]))
ANSWERS["gzip-that-is-not"] = lambda c, q: c.zipped(q.body)
ANSWERS["gzip-empty"] = lambda c, q: c.zipped(b"")
ANSWERS["gzip-not-told"] = lambda c, q: c.sized(gz(q))
ANSWERS["gzip-twice"] = lambda c, q: c.zipped(gzip.compress(gz(q)))
ANSWERS["another-coding"] = lambda c, q: c.sized(
    q.body, 200, b"Content-Encoding: br")

# --- statuses


def fault(code, message="Message", detail="Detail", type_="SystemFault"):
    return json.dumps({"Fault": {"Error": [{
        "Message": message, "Detail": detail, "code": code}],
        "type": type_}, "time": "t"}).encode()


def gateway(code, detail):
    return json.dumps({"warnings": None, "fault": {"error": [{
        "message": "Message", "detail": detail, "code": code}],
        "type": "AUTHENTICATION"}}).encode()


HTML = (b"<html><head><title>We'll be back soon</title></head>"
        b"<body>Sorry</body></html>")
XML = (b'<?xml version="1.0"?><IntuitResponse><Fault type="SystemFault"><Error '
       b'code="6002"><Message>Gateway Timeout</Message></Error></Fault>'
       b'</IntuitResponse>')

ANSWERS["401"] = lambda c, q: c.sized(
    gateway("3200", "Token expired: %s-1" % TOKEN), 401)
ANSWERS["401-empty"] = lambda c, q: c.sized(b"", 401)
ANSWERS["403"] = lambda c, q: c.sized(gateway("3100", "no"), 403)
ANSWERS["403-of-another-kind"] = lambda c, q: c.sized(HTML, 403)
ANSWERS["403-throttle"] = lambda c, q: c.sized(
    b"message=ThrottleExceeded; errorCode=003001", 403, b"Retry-After: 1")
for _name, _value in (
        ("absent", None), ("0", b"0"), ("1", b"1"), ("junk", b"soon"),
        ("negative", b"-5"), ("fraction", b"1.5"), ("huge", b"9" * 30),
        ("past-date", b"Sun, 06 Nov 1994 08:49:37 GMT")):
    ANSWERS["429-after-" + _name] = (
        lambda c, q, value=_value: c.sized(
            b"<Fault/>", 429, *([b"Retry-After: " + value] if value else [])))
ANSWERS["429-after-date"] = lambda c, q: c.sized(
    b"", 429, b"Retry-After: " + email.utils.formatdate(
        time.time() + 3, usegmt=True).encode())
ANSWERS["503-after-1"] = lambda c, q: c.sized(HTML, 503, b"Retry-After: 1")
ANSWERS["204"] = lambda c, q: c.send(head(204)) or True
ANSWERS["206"] = lambda c, q: c.sized(q.body, 206)
ANSWERS["302"] = lambda c, q: c.sized(b"", 302, b"Location: http://127.0.0.1:1/")
ANSWERS["400"] = lambda c, q: c.sized(fault("4001", "Invalid query"), 400)
ANSWERS["404"] = lambda c, q: c.sized(HTML, 404)
ANSWERS["408"] = lambda c, q: c.sized(b"", 408)
ANSWERS["500"] = lambda c, q: c.sized(fault("10000"), 500)
ANSWERS["500-code-120"] = lambda c, q: c.sized(fault("120"), 500)
ANSWERS["500-with-good-rows"] = lambda c, q: c.sized(q.body, 500)
ANSWERS["502"] = lambda c, q: c.sized(HTML, 502)
ANSWERS["503"] = lambda c, q: c.sized(HTML, 503)
ANSWERS["504"] = lambda c, q: c.sized(XML, 504)

# --- 200, and yet wrong

ANSWERS["html"] = lambda c, q: c.sized(HTML)
ANSWERS["empty"] = lambda c, q: c.sized(b"")
ANSWERS["spaces"] = lambda c, q: c.sized(b"  \r\n ")
ANSWERS["null"] = lambda c, q: c.sized(b"null")
ANSWERS["fault-that-passes"] = lambda c, q: c.sized(fault("10000"))
ANSWERS["fault-that-stays"] = lambda c, q: c.sized(fault("6190"))
ANSWERS["fault-of-the-gateway"] = lambda c, q: c.sized(gateway("3200", "x"))
ANSWERS["fault-beside-rows"] = lambda c, q: c.sized(
    fault("10000")[:-1] + b"," + q.body[1:])
ANSWERS["another-entity"] = lambda c, q: c.sized(
    q.rows(key=b"Customer").replace(b'"DocNumber"', b'"DisplayName"'))
ANSWERS["one-more"] = lambda c, q: c.whole(q.rows(most=q.most + 1))
ANSWERS["half-of-it"] = lambda c, q: c.whole(q.rows(most=max(1, q.most // 2)))
ANSWERS["page-before"] = lambda c, q: c.whole(
    q.rows(start=max(1, q.start - c.server.size)))
ANSWERS["page-after"] = lambda c, q: c.whole(
    q.rows(start=q.start + c.server.size))
ANSWERS["no-rows"] = lambda c, q: c.whole(body_of([]))
ANSWERS["no-time"] = lambda c, q: c.whole(
    re.sub(rb',"time":"[^"]*"', b"", q.body))
ANSWERS["no-query-response"] = lambda c, q: c.whole(
    b'{"time":"2025-01-05T00:00:00-08:00"}')
ANSWERS["no-id"] = lambda c, q: c.whole(
    re.sub(rb'"Id":', b'"Ident":', q.body, count=1))
ANSWERS["json-cut"] = lambda c, q: c.whole(q.body[:len(q.body) * 2 // 3])
ANSWERS["json-last-byte-gone"] = lambda c, q: c.whole(q.body[:-1])
ANSWERS["json-comma-gone"] = lambda c, q: c.whole(
    q.body.replace(b'},{', b'} {', 1) if b"},{" in q.body
    else q.body.replace(b',', b' ', 1))
ANSWERS["json-twice"] = lambda c, q: c.whole(q.body + q.body)
ANSWERS["json-and-garbage"] = lambda c, q: c.whole(q.body + b"</html>")
ANSWERS["json-with-a-nul"] = lambda c, q: c.whole(
    q.body.replace(b"caf", b"ca\0f", 1) if b"caf" in q.body
    else q.body.replace(b":", b"\0:", 1))
ANSWERS["rows-cut-to-a-list"] = lambda c, q: c.whole(
    b'[' + b",".join(map(row, range(1, 4))) + b"]")
