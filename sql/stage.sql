-- Where a window waits inside its own transaction; temporary, so nobody else
-- sees it, and nothing of it is written to the log.

-- A window of some ten thousand rows is put in order without a disk.
set local work_mem = '32MB';

-- Each row's key and how new it is: enough to know whether it is wanted.
create temporary table if not exists qb_keys (
	n bigint not null,			-- place in the window, from 0
	id text not null,
	updated_at_utc timestamptz,
	fetched_at_utc timestamptz not null,
	fingerprint bigint not null
) on commit delete rows;

-- The rows that are wanted, whole.
create temporary table if not exists qb_stage (
	id text not null,
	payload jsonb not null,
	ingested_at_utc timestamptz not null,
	extract_window_start_utc timestamptz not null,
	extract_window_end_utc timestamptz not null,
	page_number integer not null,
	page_size integer not null,
	request_payload jsonb not null,
	realm_id text not null,
	updated_at_utc timestamptz,
	fetched_at_utc timestamptz not null,
	run_id text not null,
	fingerprint bigint not null
)
with (toast_tuple_target = 8160) -- packed only in the landing table: half the time
on commit delete rows;
