-- From qb_stage into the landing table: what happens to a row that is already
-- there.  It is replaced only by a newer one.  Newer is who was updated later;
-- of two texts with the same LastUpdatedTime (derived changes, signed links)
-- the one fetched later; the fingerprint only decides what nothing else does,
-- so that loads come out the same in any order.
--
-- Ids go in order, so that two loaders cannot wait for each other.
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
	-- a row that was inserted has never had a locker or a deleter
	returning xmax = 0 as inserted
)
select
	count(*) filter (where inserted),
	count(*) filter (where not inserted)
from merged
