#!/usr/bin/env python3
"""A server that says what it is told to, byte for byte.

rawserver.py LOG <SCRIPT      prints its port, then serves until it is killed

Each line of the script answers one request, in the order in which requests
come: "GET STEP..." or "POST STEP..." from the one or the other queue; the last
line of a queue answers all further ones.  Steps, separated by single spaces:

    ok:BODY  STATUS:BODY   a whole answer with Content-Length
    gz:BODY                the same, gzip
    raw:BYTES              just these (\\r \\n \\x1f \\s for a space)
    gzraw:KIND:BODY        gzip that is cut, tail, garbage, twice, not, empty
    bomb:MIB               so many MiB of spaces as gzip
    header:NAME:VALUE      in the next whole answer
    pause:MS  hold         wait; wait until the client has gone
    close  reset           end the connection, politely or not

Every request is appended to LOG as it came, after a line "-- N".
"""
import gzip
import socket
import struct
import sys
import threading
import time

lock = threading.Lock()
queues = {"GET": [], "POST": []}
served = 0


def unescape(text):
    plain = text.encode("utf-8").decode("unicode_escape")
    return plain.replace("\0s", " ").encode("latin-1")


def bytes_of(text):
    return unescape(text.replace("\\s", " "))


def whole(status, body, headers):
    head = [b"HTTP/1.1 %d Told" % status, b"Content-Length: %d" % len(body)]
    return b"\r\n".join(head + headers) + b"\r\n\r\n" + body


def damaged(kind, body):
    good = gzip.compress(body)
    return {
        "cut": good[: len(good) // 2],
        "tail": good[:-8],
        "garbage": good + b"garbage",
        "twice": gzip.compress(body[:20]) + gzip.compress(body[20:]),
        "not": body,
        "empty": b"",
    }[kind]


def read_request(conn, held):
    while b"\r\n\r\n" not in held:
        more = conn.recv(65536)
        if not more:
            return None, b""
        held += more
    head, rest = held.split(b"\r\n\r\n", 1)
    length = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(rest) < length:
        rest += conn.recv(65536)
    return head + b"\r\n\r\n" + rest[:length], rest[length:]


def next_line(request):
    global served
    with lock:
        served += 1
        with open(sys.argv[1], "ab") as log:
            log.write(b"-- %d\n" % served + request + b"\n")
        queue = queues[request.split(b" ")[0].decode()]
        if not queue:
            return ["500:no line for this request"]
        return queue.pop(0) if len(queue) > 1 else queue[0]


def perform(conn, steps):
    headers = []
    zipped = [b"Content-Encoding: gzip"]
    for step in steps:
        verb, _, rest = step.partition(":")
        if verb == "raw":
            conn.sendall(bytes_of(rest))
        elif verb == "header":
            headers.append(bytes_of(rest.replace(":", ":\\s", 1)))
        elif verb == "ok" or verb.isdigit():
            status = 200 if verb == "ok" else int(verb)
            conn.sendall(whole(status, bytes_of(rest), headers))
        elif verb == "gz":
            body = gzip.compress(bytes_of(rest))
            conn.sendall(whole(200, body, headers + zipped))
        elif verb == "gzraw":
            kind, _, body = rest.partition(":")
            body = damaged(kind, bytes_of(body))
            conn.sendall(whole(200, body, headers + zipped))
        elif verb == "bomb":
            body = gzip.compress(b" " * (int(rest) << 20))
            conn.sendall(whole(200, body, headers + zipped))
        elif verb == "pause":
            time.sleep(int(rest) / 1000)
        elif verb == "hold":
            conn.recv(1)
            return False
        elif verb == "close":
            return False
        elif verb == "reset":
            conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                            struct.pack("ii", 1, 0))
            return False
    return True


def serve(conn):
    held = b""
    try:
        while True:
            request, held = read_request(conn, held)
            if request is None or not perform(conn, next_line(request)):
                break
    except OSError:
        pass
    conn.close()


def main():
    for line in sys.stdin.read().splitlines():
        if line:
            method, *steps = line.split(" ")
            queues[method].append(steps)
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    sys.stdout.write("%d\n" % listener.getsockname()[1])
    sys.stdout.flush()
    while True:
        conn, _ = listener.accept()
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=serve, args=(conn,), daemon=True).start()


main()
