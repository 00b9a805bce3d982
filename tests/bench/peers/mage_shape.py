"""The usual Mage pipeline as one script: requests, pages by offset, psycopg2.

mage_shape.py rows|values SCHEMA FROM TO

As such scripts are commonly written: no ORDERBY, no Active clause, the page is
advanced by its size, and amounts pass through float.  `rows` upserts row by
row, `values` a page at a time with execute_values.
"""
import json
import os
import sys

import psycopg2
import requests
from psycopg2.extras import execute_values

PAGE = 1000
COLUMNS = ("id, payload, ingested_at_utc, extract_window_start_utc, "
           "extract_window_end_utc, page_number, page_size, request_payload")
REPLACE = ", ".join(f"{c} = excluded.{c}" for c in COLUMNS.split(", ")[1:])


def access_token():
    answer = requests.post(
        os.environ["QBO_TOKEN_URL"],
        auth=(os.environ["QBO_CLIENT_ID"], os.environ["QBO_CLIENT_SECRET"]),
        data={"grant_type": "refresh_token",
              "refresh_token": os.environ["QBO_REFRESH_TOKEN"]},
        headers={"Accept": "application/json"})
    answer.raise_for_status()
    return answer.json()["access_token"]


def pages(entity, start, end, token):
    url = "%s/v3/company/%s/query" % (os.environ["QBO_API_URL"].rstrip("/"),
                                      os.environ["QBO_REALM_ID"])
    position, number = 1, 1
    while True:
        query = (f"select * from {entity} where "
                 f"MetaData.LastUpdatedTime >= '{start}' and "
                 f"MetaData.LastUpdatedTime < '{end}' "
                 f"startposition {position} maxresults {PAGE}")
        answer = requests.get(
            url, params={"query": query, "minorversion": 75},
            headers={"Authorization": f"Bearer {token}",
                     "Accept": "application/json"})
        answer.raise_for_status()
        rows = answer.json().get("QueryResponse", {}).get(entity, [])
        if rows:
            yield number, query, rows
        if len(rows) < PAGE:
            return
        position += PAGE
        number += 1


def make_table(cursor, table):
    cursor.execute(
        f"create table if not exists {table} (id text primary key, "
        "payload jsonb, ingested_at_utc timestamptz, "
        "extract_window_start_utc timestamptz, "
        "extract_window_end_utc timestamptz, page_number int, page_size int, "
        "request_payload jsonb)")


def upsert_rows(cursor, table, records):
    for record in records:
        cursor.execute(
            f"insert into {table} ({COLUMNS}) values "
            "(%s, %s, now(), %s, %s, %s, %s, %s) "
            f"on conflict (id) do update set {REPLACE}", record)


def upsert_values(cursor, table, records):
    execute_values(
        cursor, f"insert into {table} ({COLUMNS}) values %s "
        f"on conflict (id) do update set {REPLACE}", records,
        template="(%s, %s, now(), %s, %s, %s, %s, %s)", page_size=PAGE)


def main():
    how, schema, start, end = sys.argv[1:]
    upsert = {"rows": upsert_rows, "values": upsert_values}[how]
    token = access_token()
    base = psycopg2.connect("")
    with base, base.cursor() as cursor:
        cursor.execute(f"create schema if not exists {schema}")
        for entity in ("Invoice", "Customer"):
            make_table(cursor, f"{schema}.{entity.lower()}s")
    for entity in ("Invoice", "Customer"):
        for number, query, rows in pages(entity, start, end, token):
            records = [(row["Id"], json.dumps(row), start, end, number, PAGE,
                        json.dumps({"query": query})) for row in rows]
            with base, base.cursor() as cursor:
                upsert(cursor, f"{schema}.{entity.lower()}s", records)
    base.close()


main()
