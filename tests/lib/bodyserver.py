#!/usr/bin/env python3
"""bodyserver.py FILE ENTITY [ROWS] - answers a query with the bytes of a recorded body.

Prints its port, then serves until it is killed: FILE for rows from position 1,
nothing past its end, the number of its rows for a COUNT, and tokens for
whoever asks.  ROWS says how many they are where json cannot read them.
"""
import http.server
import os
import re
import sys
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import stream  # noqa: E402

with open(sys.argv[1], "rb") as file:
    BODY = file.read()
ROWS = (int(sys.argv[3]) if sys.argv[3:] else
        len(list(stream.slices(BODY, sys.argv[2]))))
TOKENS = (b'{"token_type":"bearer","access_token":"a","expires_in":3600,'
          b'"refresh_token":"r","x_refresh_token_expires_in":8640000}')


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def give(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self, asked):
        at = re.search(r"startposition (\d+)", asked)
        if "count" in asked.lower():
            self.give(b'{"QueryResponse":{"totalCount":%d},'
                      b'"time":"2025-01-01T00:00:00-08:00"}' % ROWS)
        elif not at or int(at.group(1)) == 1:
            self.give(BODY)
        else:
            self.give(b'{"QueryResponse":{},'
                      b'"time":"2025-01-01T00:00:00-08:00"}')

    def do_GET(self):
        self.answer(urllib.parse.unquote_plus(self.path))

    def do_POST(self):
        given = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "/query" in self.path:
            self.answer(urllib.parse.unquote_plus(given.decode()))
        else:
            self.give(TOKENS)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
print(server.server_port, flush=True)
server.serve_forever()
