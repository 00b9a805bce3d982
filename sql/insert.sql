-- Rows that are new to the table, straight into it, in the order of their ids:
-- sql/turn.sql says who else may be writing meanwhile.
copy :"schema".:"table" (
	id, payload, ingested_at_utc, extract_window_start_utc,
	extract_window_end_utc, page_number, page_size, request_payload,
	realm_id, updated_at_utc, fetched_at_utc, run_id, fingerprint)
from stdin (format binary)
