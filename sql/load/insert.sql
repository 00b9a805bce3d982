-- Insert rows that are new to the table.  They come in the order of their ids
-- unless sql/load/write_lock.sql has locked the table for this loader alone.
copy :"schema".:"table" (
	id, payload, updated_at_utc, fingerprint, ingested_at_utc,
	extract_window_start_utc, extract_window_end_utc, page_number, page_size,
	request_payload, realm_id, fetched_at_utc, run_id)
from stdin (format binary)
