"""The catalog of tap-quickbooks with invoices and customers selected."""
import sys

from singer.catalog import write_catalog
from tap_quickbooks.discover import do_discover

catalog = do_discover()
for stream in catalog.streams:
    if stream.tap_stream_id in ("invoices", "customers"):
        for entry in stream.metadata:
            if not entry["breadcrumb"]:
                entry["metadata"]["selected"] = True
            else:
                entry["metadata"]["selected"] = True
catalog.streams = [s for s in catalog.streams
                   if s.tap_stream_id in ("invoices", "customers")]
write_catalog(catalog)
sys.stdout.flush()
