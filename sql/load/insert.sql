-- Rows that are new to the table, straight into it, in the order of their ids
-- where others may be writing meanwhile, which sql/load/write_lock.sql says.
copy :"schema".:"table" (
	id, payload, updated_at_utc, fingerprint, ingested_at_utc,
	extract_window_start_utc, extract_window_end_utc, page_number, page_size,
	request_payload, realm_id, fetched_at_utc, run_id)
from stdin (format binary)
