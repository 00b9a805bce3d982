-- Merge the staging table qb_stage into the landing table: what happens to a row
-- that is already there.  It is replaced only by a newer one.  Newer is the one
-- with the later LastUpdatedTime; where that is equal (derived fields and signed
-- links change without it) the one fetched later; the fingerprint breaks the
-- last tie.  So the result is the same in whatever order windows are loaded.
--
-- In the order of the ids, so that two loaders cannot deadlock.
with merged as (
	insert into :"schema".:"table" as stored (
		id, payload, ingested_at_utc, extract_window_start_utc,
		extract_window_end_utc, page_number, page_size, request_payload,
		realm_id, updated_at_utc, fetched_at_utc, run_id, fingerprint)
	select
		id, payload, ingested_at_utc, extract_window_start_utc,
		extract_window_end_utc, page_number, page_size, request_payload,
		realm_id, updated_at_utc, fetched_at_utc, run_id, fingerprint
	from qb_stage
	order by id collate "C"
	on conflict (id) do update set
		payload = excluded.payload,
		ingested_at_utc = excluded.ingested_at_utc,
		extract_window_start_utc = excluded.extract_window_start_utc,
		extract_window_end_utc = excluded.extract_window_end_utc,
		page_number = excluded.page_number,
		page_size = excluded.page_size,
		request_payload = excluded.request_payload,
		realm_id = excluded.realm_id,
		updated_at_utc = excluded.updated_at_utc,
		fetched_at_utc = excluded.fetched_at_utc,
		deleted_at_utc = null,
		run_id = excluded.run_id,
		fingerprint = excluded.fingerprint
	where (coalesce(excluded.updated_at_utc, '-infinity'),
			excluded.fetched_at_utc, excluded.fingerprint)
		> (coalesce(stored.updated_at_utc, '-infinity'),
			stored.fetched_at_utc, stored.fingerprint)
	-- an inserted row has never been locked or deleted, so it has no xmax
	returning xmax = 0 as inserted
)
select
	count(*) filter (where inserted),
	count(*) filter (where not inserted)
from merged
