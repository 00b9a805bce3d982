#!/usr/bin/env python3
"""A small company: rows as they are written in a file.

companyserver.py ROWS LOG [WORD...]     prints its port, serves until killed

A line of ROWS is ENTITY, AT, ID, TEXT and perhaps WITH, tabs between: the
object's text byte for byte, found by the time AT, and the text that is sent to
who asks with include=enhancedAllCustomFields.  Words:

    refuse       400 to each request with an include
    refuse-X     the same, to requests of the entity X
    refuse-one   the same, to the first one only
    bare-log     the log of changes does not know WITH
    broken-X     400 to each request for rows of the entity X
    absent-X     the company's plan does not have the entity X
    lost-ID      the row of that Id is in the log, but no longer there

Each request's path is a line of LOG, decoded.  ROWS is read for each request.
"""
import http.server
import json
import re
import time
import sys
import urllib.parse

ROWS, LOG, WORDS = sys.argv[1], sys.argv[2], set(sys.argv[3:])
TOKENS = {"access_token": "a", "refresh_token": "r", "token_type": "bearer",
          "expires_in": 3600, "x_refresh_token_expires_in": 8726400}
FAULT = ('{"Fault":{"Error":[{"Message":"Request has invalid or unsupported '
         'property","Detail":"include","code":"2010"}],'
         '"type":"ValidationFault"}}')


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%S.999Z", time.gmtime())


def company():
    with open(ROWS, encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file if line.strip()]


def text_of(row, include):
    return row[4] if include and len(row) > 4 else row[3]


def query(statement, include):
    entity = re.search(r"from (\w+)", statement).group(1)
    rows = sorted((row for row in company() if row[0] == entity),
                  key=lambda row: row[1])
    for sign, at in re.findall(r"(>=|<) '([0-9TZ:-]+)'", statement):
        rows = [row for row in rows if (row[1] >= at) == (sign == ">=")]
    ids = re.search(r"Id in \(([^)]*)\)", statement)
    if ids:
        rows = [row for row in rows if "'%s'" % row[2] in ids.group(1) and
                "lost-" + row[2] not in WORDS]
    if "count(*)" in statement:
        return '{"QueryResponse":{"totalCount":%d},"time":"%s"}' % (
            len(rows), now())
    start, most = (int(re.search(word + r" (\d+)", statement).group(1))
                   for word in ("startposition", "maxresults"))
    texts = [text_of(row, include) for row in rows[start - 1:start - 1 + most]]
    return '{"QueryResponse":{%s},"time":"%s"}' % (
        '"%s":[%s]' % (entity, ",".join(texts)) if texts else "", now())


def changes(names, since, include):
    blocks = ['{"%s":[%s]}' % (name, ",".join(
        text_of(row, include and "bare-log" not in WORDS)
        for row in company() if row[0] == name and row[1] >= since))
              for name in names.split(",")]
    return '{"CDCResponse":[{"QueryResponse":[%s]}],"time":"%s"}' % (
        ",".join(blocks), now())


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def send(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send(200, json.dumps(TOKENS))

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        args = dict(urllib.parse.parse_qsl(url.query))
        with open(LOG, "a", encoding="utf-8") as log:
            log.write(urllib.parse.unquote_plus(self.path) + "\n")
        include = args.get("include") == "enhancedAllCustomFields"
        rows_of = re.match(r"select \* from (\w+)", args.get("query", ""))
        entity = rows_of.group(1) if rows_of else ""
        refused = [word[7:] for word in WORDS if word.startswith("refuse-")]
        if "broken-" + entity in WORDS:
            self.send(400, FAULT)
        elif "absent-" + entity in WORDS:
            self.send(400, FAULT.replace("2010", "5020"))
        elif "include" in args and ("refuse" in WORDS or any(
                "from %s " % name in args.get("query", "")
                for name in refused)):
            self.send(400, FAULT)
        elif "include" in args and "refuse-one" in WORDS:
            WORDS.discard("refuse-one")
            self.send(400, FAULT)
        elif "query" in args:
            self.send(200, query(args["query"], include))
        else:
            self.send(200, changes(args["entities"], args["changedSince"],
                                   include))


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
