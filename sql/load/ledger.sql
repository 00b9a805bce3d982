-- Write the window's entry into the ledger, the last statement before commit.
--
-- From here to commit only one loader per entity, so that each sees the entry
-- before its own: table_rows is computed from that, and the table is counted only
-- when there is none.
select pg_advisory_xact_lock(
	hashtextextended('qb ledger ' || :'schema' || ' ' || :'entity', 0));

insert into :"schema".qb_windows (
	entity, realm_id, by, range_start_utc, range_end_utc, run_id,
	fetched_at_utc, count_before, count_after, pages, rows,
	inserted, updated, unchanged, stale, rejected, rows_left,
	table_rows, seal_sha256, archive_file, calls, provisional, deleted)
values (
	:'entity', :'realm', :'by', :'start', :'end', :'run',
	nullif(:'fetched_at', '')::timestamptz,
	nullif(:'count_before', '')::bigint,
	nullif(:'count_after', '')::bigint,
	:'pages', :'rows',
	:'inserted', :'updated', :'unchanged', :'stale', :'rejected', :'left',
	coalesce(
		(select table_rows from :"schema".qb_windows
		 where entity = :'entity'
		 order by seq desc limit 1) + :'added'::bigint,
		(select count(*) from :"schema".:"table")),
	:'sha256', nullif(:'archive', ''), nullif(:'calls', '')::bigint,
	:'provisional', :'deleted')
returning seq, table_rows,
	to_char(loaded_at_utc, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
