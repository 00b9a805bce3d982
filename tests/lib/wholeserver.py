#!/usr/bin/env python3
"""A company whose rows are in a file, and a script of what goes wrong with it.

wholeserver.py ROWS LOG [SCRIPT]        prints its port, serves until killed

A line of ROWS is ENTITY and the text of a row, a tab between; @NOW@ in it
becomes the time of the answer.  ROWS and SCRIPT, ROWS.script by default, are
read for each request; each request is a line of LOG, decoded, so that emptying
LOG begins to count anew.  A line of SCRIPT is N and WORDS: N is the number of
a request, 3+ for it and all that follow, or an entity, for all about it.

    fault STATUS CODE TEXT...   that fault
    cut                         a body that ends in the middle
    expired                     401, the access token has expired
    empty                       no rows
    rows TEXT                   these rows, whatever was asked for
    time T                      QuickBooks' clock, by default now
    take FILE                   from now on, ROWS has what FILE has
    ignore-position             rows from the first on
    one-more                    a page has one row more than asked for
    unfiltered                  a filter on Active leaves out nothing
"""
import datetime
import http.server
import json
import re
import shutil
import sys
import urllib.parse

ROWS, LOG = sys.argv[1:3]
SCRIPT = sys.argv[3] if sys.argv[3:] else ROWS + ".script"
TOKENS = {"access_token": "a", "refresh_token": "r", "token_type": "bearer",
          "expires_in": 3600, "x_refresh_token_expires_in": 8726400}


def read_lines(path):
    try:
        with open(path, encoding="utf-8") as file:
            return [line.rstrip("\n") for line in file if line.strip()]
    except FileNotFoundError:
        return []


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(
        timespec="microseconds")


def rules(number, entities):
    """What the script says of this request: words, and what follows them."""
    found = {}
    for line in read_lines(SCRIPT):
        when, word, *rest = line.split(" ", 2)
        if (when in entities or when == str(number) or
                when[-1] == "+" and number >= int(when[:-1])):
            found[word] = rest[0] if rest else ""
    return found


def fault(code, text):
    return json.dumps({"Fault": {"Error": [
        {"Message": text, "Detail": text, "code": code}],
        "type": "ValidationFault"}, "time": now()})


def is_asked_for(row, statement, how):
    data = json.loads(row)
    if "where Active in" in statement or "and Active in" in statement:
        if "Active" not in data and "unfiltered" not in how:
            return False
    elif data.get("Active", True) is False:
        return False
    codes = re.search(r"SourceCurrencyCode in \(([^)]*)\)", statement)
    if codes:
        day = re.search(r"AsOfDate = '([^']*)'", statement).group(1)
        return ("'%s'" % data["SourceCurrencyCode"] in codes.group(1) and
                data["AsOfDate"] == day)
    time = data.get("MetaData", {}).get("LastUpdatedTime", "")
    return all((time >= at) == (sign == ">=")
               for sign, at in re.findall(r"(>=|<) '([0-9TZ:-]+)'", statement))


def query(statement, how):
    entity = re.search(r"from (\w+)", statement).group(1)
    texts = [text for name, text in (line.split("\t", 1)
                                     for line in read_lines(ROWS))
             if name == entity]
    texts = [text.replace("@NOW@", now()) for text in texts
             if is_asked_for(text, statement, how)]
    time = how.get("time", now())
    if "count(*)" in statement:
        return '{"QueryResponse":{"totalCount":%d},"time":"%s"}' % (
            len(texts), time)
    page = re.search(r"startposition (\d+) maxresults (\d+)", statement)
    if page:
        start, most = int(page.group(1)) - 1, int(page.group(2))
        start = 0 if "ignore-position" in how else start
        texts = texts[start:start + most + ("one-more" in how)]
    rows = how.get("rows", "[%s]" % ",".join(texts) if texts else "")
    if "empty" in how:
        rows = ""
    return '{"QueryResponse":{%s},"time":"%s"}' % (
        '"%s":%s' % (entity, rows) if rows else "", time)


def changes(names, since):
    blocks = [
        '{"%s":[%s]}' % (name, ",".join(
            text for entity, text in (line.split("\t", 1)
                                      for line in read_lines(ROWS))
            if entity == name and
            json.loads(text)["MetaData"]["LastUpdatedTime"] >= since))
        for name in names]
    return '{"CDCResponse":[{"QueryResponse":[%s]}],"time":"%s"}' % (
        ",".join(blocks), now())


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def send(self, status, text, cut=False):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:len(body) // 2] if cut else body)
        self.close_connection = cut

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send(200, json.dumps(TOKENS))

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        args = dict(urllib.parse.parse_qsl(url.query))
        with open(LOG, "a", encoding="utf-8") as log:
            log.write(urllib.parse.unquote_plus(self.path) + "\n")
        statement = args.get("query", "")
        names = (re.findall(r"from (\w+)", statement) or
                 args.get("entities", "").split(","))
        how = rules(len(read_lines(LOG)), names)
        if "take" in how:
            shutil.copy(how["take"], ROWS)
        if "expired" in how:
            self.send(401, fault("3200", "message=AuthenticationFailed"))
        elif "fault" in how:
            status, code, text = how["fault"].split(" ", 2)
            self.send(int(status), fault(code, text))
        elif statement:
            self.send(200, query(statement, how), "cut" in how)
        else:
            self.send(200, changes(names, args["changedSince"]), "cut" in how)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
