#!/usr/bin/env python3
"""smallcompany.py LOG - a QuickBooks that knows fewer entities than qb does.

Prints its port, then serves until it is killed.  Its rows are in COMPANY; an entity
that is neither there nor in EMPTY is one that the company's plan does not have.  For
each request that it answers LOG gets a line: the entity, the kind (count, rows, row
or cdc) and the status.  smallcompany.py --rows prints the rows, each as a table, a
tab and the payload; --full and --known print the entities with rows, and with those
that have none.
"""
import http.server
import json
import re
import sys
import threading
import time
import urllib.parse

THEN = "2025-03-%02dT09:00:00-08:00"
EMPTY = ["Bill", "BillPayment", "Class", "CreditMemo", "Deposit", "Employee",
         "Estimate", "JournalEntry", "Payment", "PaymentMethod", "Purchase",
         "SalesReceipt", "Term", "TimeActivity", "Transfer", "Vendor"]


def rows(entity, ids, **more):
    return [{"domain": "QBO", "Id": str(i), "SyncToken": "0",
             "MetaData": {"CreateTime": THEN % i, "LastUpdatedTime": THEN % i},
             "Name": "%s %d" % (entity, i), **more} for i in ids]


COMPANY = {
    "Account": rows("Account", (1, 2), Active=True),
    "Customer": rows("Customer", range(1, 6), Active=True)
    + rows("Customer", (6,), Active=False),
    "Invoice": rows("Invoice", range(1, 8), TxnDate="2025-03-01", TotalAmt=1.5),
    "Item": rows("Item", (1, 2, 3), Active=True),
    "TaxCode": rows("TaxCode", (2, 3), Active=True)
    + [{"Id": name, "Name": name, "MetaData": rows(name, (1,))[0]["MetaData"]}
       for name in ("TAX", "NON")],
    "TaxRate": rows("TaxRate", (1,), Active=True),
    "RecurringTransaction": [{kind: rows(kind, (i,))[0]} for i, kind in
                             ((11, "Bill"), (12, "Invoice"), (13, "Purchase"))],
    "Preferences": rows("Preferences", (1,)),
    "CompanyInfo": rows("CompanyInfo", (1,), CompanyName="A small company"),
}
TABLES = {"CompanyInfo": "company_infos", "Preferences": "preferences",
          "RecurringTransaction": "recurring_transactions", "TaxCode": "tax_codes",
          "TaxRate": "tax_rates"}
ABSENT = {"Message": "Permission Denied Error", "code": "5020", "Detail":
          "Permission Denied Error : You do not have the access rights to use it."}
UNKNOWN = {"Message": "Request has invalid or unsupported property", "code": "4001"}
TOKENS = {"token_type": "bearer", "access_token": "a", "expires_in": 3600,
          "refresh_token": "r", "x_refresh_token_expires_in": 8640000}
writing = threading.Lock()


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def known(entity):
    """The name and the rows, or None."""
    for name in [*COMPANY, *EMPTY]:
        if name.lower() == entity.lower():
            return name, COMPANY.get(name, [])
    return None


def member(row, path):
    for name in path.split("."):
        row = row.get(name) if isinstance(row, dict) else None
    return row


def seconds(text):
    return time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) \
        - (-8 * 3600 if text.endswith("-08:00") else 0)


def holds(row, path, how, value):
    """A row that lacks the member is selected by no filter."""
    have = member(row, path)
    if have is None:
        return False
    if how.lower() == "in":
        return str(have).lower() in re.findall(r"[^(),' ]+", value.lower())
    a, b = (seconds(have), seconds(value.strip("'"))) if "Time" in path else \
        (have, value.strip("'"))
    return {"=": a == b, "<": a < b, ">=": a >= b}[how]


def select(found, asked):
    """The rows of a query, all pages of them."""
    where = re.search(r" where (.*?)( orderby | startposition |$)", asked)
    terms = re.findall(r"([\w.]+) (>=|<|=|in) ?('[^']*'|\([^)]*\))",
                       where.group(1) if where else "")
    return [row for row in found if all(holds(row, *term) for term in terms)]


def fault(entity):
    error = dict(ABSENT) if len(entity) % 2 else dict(
        UNKNOWN, Detail="Metadata not found for Entity: " + entity)
    return 400, {"Fault": {"Error": [error], "type": "ValidationFault"}, "time": now()}


def query(asked):
    """The entity, the kind, and what is answered."""
    entity = re.search(r" from (\w+)", asked).group(1)
    kind = "count" if "count(*)" in asked else "rows"
    if not known(entity):
        return entity, kind, fault(entity)
    name, found = known(entity)
    found = select(found, asked)
    if kind == "count":
        return name, kind, (200, {"QueryResponse": {"totalCount": len(found)}, "time": now()})
    at = re.search(r"startposition (\d+) maxresults (\d+)", asked)
    start, most = (int(at.group(1)), int(at.group(2))) if at else (1, 100)
    page = found[start - 1:start - 1 + most]
    answer = {name: page, "startPosition": start, "maxResults": len(page)} if page else {}
    return name, kind, (200, {"QueryResponse": answer, "time": now()})


def changes(given):
    blocks = []
    for entity in given["entities"][0].split(","):
        if not known(entity):
            return entity, "cdc", fault(entity)
        since = given["changedSince"][0].replace(" ", "+")
        name, found = known(entity)
        found = select(found, "x where MetaData.LastUpdatedTime >= '%s'" % since)
        blocks.append({name: found} if found else {})
    return given["entities"][0], "cdc", (
        200, {"CDCResponse": [{"QueryResponse": blocks}], "time": now()})


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def give(self, status, body):
        body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self, body=""):
        url = urllib.parse.urlsplit(self.path)
        given = urllib.parse.parse_qs(url.query)
        if url.path.endswith("/bearer"):
            return self.give(200, TOKENS)
        if url.path.endswith("/cdc"):
            entity, kind, answer = changes(given)
        elif url.path.endswith("/query"):
            entity, kind, answer = query(given.get("query", [body])[0])
        else:
            entity, kind, answer = url.path, "row", fault(url.path)
        with writing, open(sys.argv[1], "a", encoding="utf-8") as log:
            log.write("%s %s %d\n" % (entity, kind, answer[0]))
        return self.give(*answer)

    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

    def log_message(self, *_):
        pass


if sys.argv[1] == "--rows":
    for entity, of in COMPANY.items():
        for one in of:
            print(TABLES.get(entity, entity.lower() + "s"), json.dumps(one), sep="\t")
    sys.exit()
if sys.argv[1] in ("--full", "--known"):
    print(*COMPANY, *(EMPTY if sys.argv[1] == "--known" else []), sep="\n")
    sys.exit()
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
