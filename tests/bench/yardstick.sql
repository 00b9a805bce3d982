-- What an expert would write with psql alone, and what qb-load is held against:
-- ready-made binary rows (ready.py) into a temporary stage, then a plain upsert.
--	psql -v rows="'rows.bin'" -v also= -f tests/bench/yardstick.sql
-- into yard.landing.  No seals, no digests, no ledger.
--
-- LIKE leaves the payload's lz4 behind, so the stage packs with pglz, and the
-- table keeps that; also='including compression' is for who knows that.
begin;
create temporary table stage (like yard.landing :also)
	on commit drop;
\set copy '\\copy stage from ' :rows ' (format binary)'
:copy
insert into yard.landing select * from stage
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
	deleted_at_utc = excluded.deleted_at_utc,
	run_id = excluded.run_id,
	fingerprint = excluded.fingerprint;
commit;
