-- Record what a staging table is about to replace, and what it brings: into
-- qb_versions, before sql/load/merge.sql merges it; and rows that are stale.  What is
-- recorded already is not written again, except that it was seen later.
--
-- Needs the exclusive lock of sql/load/write_lock.sql: two loaders that record the same
-- rows could deadlock.

-- The rows of the table, of which each may be a version, a deletion or both.  When the
-- version of a deleted row was seen is not known any more; sql/load/gone.sql makes
-- rows with page_size 0, which are none.
insert into :"schema".qb_versions as recorded (
	entity, id, deleted, changed_at_utc, fingerprint, seen_at_utc, payload,
	ingested_at_utc, extract_window_start_utc, extract_window_end_utc,
	page_number, page_size, request_payload, realm_id, fetched_at_utc, run_id)
select
	:'entity', id, false, coalesce(updated_at_utc, '-infinity'), fingerprint,
	case when deleted_at_utc is null then fetched_at_utc else '-infinity' end,
	payload, ingested_at_utc, extract_window_start_utc, extract_window_end_utc,
	page_number, page_size, request_payload, realm_id, fetched_at_utc, run_id
from :"schema".:"table"
where id in (select id from pg_temp.:"stage") and page_size > 0
union all
select
	:'entity', id, true, deleted_at_utc, 0, fetched_at_utc,
	null, ingested_at_utc, null, null,
	null, null, null, realm_id, fetched_at_utc, run_id
from :"schema".:"table"
where id in (select id from pg_temp.:"stage") and deleted_at_utc is not null
on conflict (entity, id, changed_at_utc, deleted, fingerprint) do update set
	seen_at_utc = excluded.seen_at_utc
where excluded.seen_at_utc > recorded.seen_at_utc;

-- The rows of the staging table; stale ones may be there twice.
insert into :"schema".qb_versions as recorded (
	entity, id, deleted, changed_at_utc, fingerprint, seen_at_utc, payload,
	ingested_at_utc, extract_window_start_utc, extract_window_end_utc,
	page_number, page_size, request_payload, realm_id, fetched_at_utc, run_id)
select distinct on (id, updated_at_utc, fingerprint)
	:'entity', id, false, coalesce(updated_at_utc, '-infinity'), fingerprint,
	fetched_at_utc,
	payload, ingested_at_utc, extract_window_start_utc, extract_window_end_utc,
	page_number, page_size, request_payload, realm_id, fetched_at_utc, run_id
from pg_temp.:"stage"
order by id, updated_at_utc, fingerprint, fetched_at_utc desc
on conflict (entity, id, changed_at_utc, deleted, fingerprint) do update set
	seen_at_utc = excluded.seen_at_utc
where excluded.seen_at_utc > recorded.seen_at_utc;
