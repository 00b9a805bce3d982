-- Mark rows as deleted: $1 are their ids, $2 QuickBooks' time in the response that
-- said that each is gone, $3 when it was deleted, $4 when that was ingested, $5 by
-- which run, $6 the fingerprint of the payload of a row that is made.
--
-- Only the times and the run change: payload and page stay those of the row as it
-- was last seen.  A row that was fetched later than $2 is not marked; where both
-- times are equal it is.  Of two lines about one object the later one counts.  So
-- the result is the same in whatever order windows are loaded (sql/load/merge.sql).
--
-- An object that was never seen gets a row that has nothing but its id: without
-- LastUpdatedTime, and of a page of size 0, so that any row replaces the payload.
--
-- Needs the exclusive lock of sql/load/write_lock.sql.
insert into :"schema".:"table" as stored (
	id, payload, ingested_at_utc, extract_window_start_utc,
	extract_window_end_utc, page_number, page_size, request_payload, realm_id,
	fetched_at_utc, deleted_at_utc, run_id, fingerprint)
select distinct on (id)
	id, jsonb_build_object('Id', id), ingested_at, :'start'::timestamptz,
	:'end'::timestamptz, 0, 0, '{}'::jsonb, :'realm', at, deleted, run,
	fingerprint
from unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[],
	$5::text[], $6::bigint[])
	as line (id, at, deleted, ingested_at, run, fingerprint)
order by id, at desc, deleted desc
on conflict (id) do update set
	ingested_at_utc = excluded.ingested_at_utc,
	fetched_at_utc = excluded.fetched_at_utc,
	deleted_at_utc = excluded.deleted_at_utc,
	run_id = excluded.run_id
where (excluded.fetched_at_utc, excluded.deleted_at_utc)
	> (stored.fetched_at_utc, coalesce(stored.deleted_at_utc, '-infinity'));
