"""ingestr's QuickBooks source into PostgreSQL, as `ingestr ingest` runs it.

ingestr_source.py PIPELINES-DIR SCHEMA FROM TO

Its command line would bring 200 packages for other sources; this path needs
four.  The settings are ingestr 0.14's defaults (ingestr/main.py).
"""
import os
import sys
from urllib.parse import quote

import dlt
from dlt.common.time import ensure_pendulum_datetime
from ingestr.src.quickbooks import quickbooks_source


def server():  # a socket's folder as host, and a password that nobody asks for
    return "postgresql://%s:-@%s:%s/%s" % (
        os.environ["PGUSER"], quote(os.environ["PGHOST"], safe=""),
        os.environ["PGPORT"], os.environ["PGDATABASE"])


def main():
    folder, schema, start, end = sys.argv[1:]
    dlt.config["data_writer.buffer_max_items"] = 50000
    dlt.config["data_writer.file_max_items"] = 100000
    dlt.config["extract.workers"] = 5
    dlt.config["extract.max_parallel_items"] = 5
    for entity in ("invoice", "customer"):
        pipeline = dlt.pipeline(
            pipeline_name=entity, pipelines_dir=folder, dataset_name=schema,
            destination=dlt.destinations.postgres(credentials=server()))
        source = quickbooks_source(
            company_id=os.environ["QBO_REALM_ID"],
            start_date=ensure_pendulum_datetime(start).in_tz("UTC"),
            end_date=ensure_pendulum_datetime(end).in_tz("UTC"),
            object=entity, client_id=os.environ["QBO_CLIENT_ID"],
            client_secret=os.environ["QBO_CLIENT_SECRET"],
            refresh_token=os.environ["QBO_REFRESH_TOKEN"],
            environment="sandbox")
        print(pipeline.run(source))


main()
