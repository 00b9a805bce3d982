-- A staging table: qb_stage, for rows that replace older ones; and qb_stale, for rows
-- that are recorded in the history only.  Created only when there are some: even a
-- temporary table writes to the catalogs.

-- enough for sql/load/merge.sql to sort a window in memory
set local work_mem = '32MB';

create temporary table if not exists :"stage" (
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
with (toast_tuple_target = 8160) -- do not compress: twice as fast
on commit delete rows;
