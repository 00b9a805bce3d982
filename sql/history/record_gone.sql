-- Record rows that sql/load/gone.sql is about to mark as deleted, and the deletions,
-- also where the line is stale: into qb_versions, as in sql/history/record.sql, with
-- the parameters of sql/load/gone.sql.
--
-- Needs the exclusive lock of sql/load/write_lock.sql.
with lines as (
	select * from unnest($1::text[], $2::timestamptz[], $3::timestamptz[],
		$4::timestamptz[], $5::text[])
		as line (id, at, deleted, ingested_at, run)
), stored as (
	select * from :"schema".:"table" where id in (select id from lines)
), deletions as (
	select distinct on (id, deleted) *
	from (
		select id, at, deleted, ingested_at, run from lines
		union all
		select id, fetched_at_utc, deleted_at_utc, ingested_at_utc, run_id
		from stored
		where deleted_at_utc is not null
	) as said
	order by id, deleted, at desc
)
insert into :"schema".qb_versions as recorded (
	entity, id, deleted, changed_at_utc, fingerprint, seen_at_utc, payload,
	ingested_at_utc, extract_window_start_utc, extract_window_end_utc,
	page_number, page_size, request_payload, realm_id, fetched_at_utc, run_id)
select
	:'entity', id, false, coalesce(updated_at_utc, '-infinity'), fingerprint,
	case when deleted_at_utc is null then fetched_at_utc else '-infinity' end,
	payload, ingested_at_utc, extract_window_start_utc, extract_window_end_utc,
	page_number, page_size, request_payload, realm_id, fetched_at_utc, run_id
from stored
where page_size > 0
union all
select
	:'entity', id, true, deleted, 0, at,
	null, ingested_at, null, null,
	null, null, null, :'realm', at, run
from deletions
on conflict (entity, id, changed_at_utc, deleted, fingerprint) do update set
	seen_at_utc = excluded.seen_at_utc
where excluded.seen_at_utc > recorded.seen_at_utc;
