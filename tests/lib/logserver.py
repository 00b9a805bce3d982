#!/usr/bin/env python3
"""logserver.py FOLDER - a QuickBooks whose log of changes says what a test wants.

Prints its port, then serves until it is killed.  In FOLDER:

    changes.1, changes.2, ...  the blocks of its first, second, ... answer, as
                               they are in QueryResponse; the last one again
    rows.ENTITY                what there is, a payload a line: all of them for
                               a COUNT and for a range, whatever the range is,
                               those that are named for a query by Ids
    behind                     its clock is so many seconds behind
    unfiltered                 a query by Ids is answered with all rows
    asked                      what was asked, a line each (written)
"""
import http.server
import json
import os
import re
import sys
import time
import urllib.parse

FOLDER = sys.argv[1]
TOKENS = (b'{"token_type":"bearer","access_token":"a","expires_in":3600,'
          b'"refresh_token":"r","x_refresh_token_expires_in":8640000}')


def read(name, default=b""):
    try:
        with open(os.path.join(FOLDER, name), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return default


def now():
    at = time.time() - int(read("behind", b"0"))
    return time.strftime("%Y-%m-%dT%H:%M:%S.000-00:00",
                         time.gmtime(at)).encode()


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked_changes = 0

    def give(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def changes(self):
        Answer.asked_changes += 1
        names = sorted((name for name in os.listdir(FOLDER)
                        if name.startswith("changes.")),
                       key=lambda name: int(name[8:]))
        name = names[min(Answer.asked_changes, len(names)) - 1]
        self.give(b'{"CDCResponse":[{"QueryResponse":[%s]}],"time":"%s"}'
                  % (read(name).strip(), now()))

    def query(self, text):
        entity = re.search(r"from (\w+)", text).group(1)
        rows = read("rows." + entity).splitlines()
        ids = re.search(r"Id in \(([^)]*)\)", text)
        if ids and not read("unfiltered"):
            ids = re.findall(r"'([^']*)'", ids.group(1))
            rows = [row for row in rows if json.loads(row)["Id"] in ids]
        if "count(" in text:
            inside = b'"totalCount":%d' % len(rows)
        elif rows and "startposition 1 " in text:
            inside = b'"%s":[%s]' % (entity.encode(), b",".join(rows))
        else:
            inside = b""
        self.give(b'{"QueryResponse":{%s},"time":"%s"}' % (inside, now()))

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        asked = dict(urllib.parse.parse_qsl(url.query))
        asked.pop("minorversion", None)
        with open(os.path.join(FOLDER, "asked"), "a", encoding="ascii") as to:
            print(url.path.rsplit("/", 1)[1], *asked.values(), file=to)
        if "query" in asked:
            self.query(asked["query"])
        else:
            self.changes()

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.give(TOKENS)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
print(server.server_port, flush=True)
server.serve_forever()
