-- The rows that are wanted, whole; made only when there are some, because even
-- a temporary table costs the log some lines in the catalogue.

-- sql/load/merge.sql puts those of a window in order without a disk.
set local work_mem = '32MB';

create temporary table if not exists qb_stage (
	id text not null,
	payload jsonb not null,
	updated_at_utc timestamptz,
	fingerprint bigint not null,
	ingested_at_utc timestamptz not null,
	extract_window_start_utc timestamptz not null,
	extract_window_end_utc timestamptz not null,
	page_number integer not null,
	page_size integer not null,
	request_payload jsonb not null,
	realm_id text not null,
	fetched_at_utc timestamptz not null,
	run_id text not null
)
with (toast_tuple_target = 8160) -- packed only in the landing table: half the time
on commit delete rows;
