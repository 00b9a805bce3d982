-- Merge the staging table qb_stage into the landing table: what happens to a row
-- that is already there.  It is replaced only by a newer one.  Newer is the one
-- with the later LastUpdatedTime; where that is equal (derived fields and signed
-- links change without it) the one fetched later; the fingerprint breaks the
-- last tie.  So the result is the same in whatever order windows are loaded.
--
-- A deleted row (sql/load/gone.sql) has in fetched_at_utc when QuickBooks said so.
-- A row that was fetched later takes it back, also without being newer.  One that
-- was not replaces the payload if it is newer, and the row stays deleted; any row
-- replaces what stands for a payload that was never seen (page_size 0).
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
	on conflict (id) do update set (
		payload, extract_window_start_utc, extract_window_end_utc,
		page_number, page_size, request_payload, updated_at_utc,
		fingerprint) = (
		-- what takes a row back may have an older payload
		select excluded.payload, excluded.extract_window_start_utc,
			excluded.extract_window_end_utc, excluded.page_number,
			excluded.page_size, excluded.request_payload,
			excluded.updated_at_utc, excluded.fingerprint
		where (coalesce(excluded.updated_at_utc, '-infinity')
			< stored.updated_at_utc) is not true
		union all
		select stored.payload, stored.extract_window_start_utc,
			stored.extract_window_end_utc, stored.page_number,
			stored.page_size, stored.request_payload,
			stored.updated_at_utc, stored.fingerprint
		where coalesce(excluded.updated_at_utc, '-infinity')
			< stored.updated_at_utc),
		ingested_at_utc = excluded.ingested_at_utc,
		realm_id = excluded.realm_id,
		fetched_at_utc = case when stored.deleted_at_utc is null
			then excluded.fetched_at_utc
			else greatest(stored.fetched_at_utc,
				excluded.fetched_at_utc) end,
		deleted_at_utc = case
			when excluded.fetched_at_utc > stored.fetched_at_utc
			then null else stored.deleted_at_utc end,
		run_id = excluded.run_id
	where (coalesce(excluded.updated_at_utc, '-infinity'),
			excluded.fetched_at_utc, excluded.fingerprint)
		> (coalesce(stored.updated_at_utc, '-infinity'),
			stored.fetched_at_utc, stored.fingerprint)
		or (stored.deleted_at_utc is not null
			and (excluded.fetched_at_utc > stored.fetched_at_utc
				or stored.page_size = 0))
	-- an inserted row has never been locked or deleted, so it has no xmax
	returning xmax = 0 as inserted
)
select
	count(*) filter (where inserted),
	count(*) filter (where not inserted)
from merged
