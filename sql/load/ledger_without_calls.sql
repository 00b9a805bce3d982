-- The same as ledger.sql, for a ledger that an older version created and whose owner
-- has not run sql/schema/schema.sql since: without the columns calls,
-- provisional and deleted.  It replaces none, since nothing says which are final.
select pg_advisory_xact_lock(
	hashtextextended('qb ledger ' || :'schema' || ' ' || :'entity', 0));

insert into :"schema".qb_windows (
	entity, realm_id, by, range_start_utc, range_end_utc, run_id,
	fetched_at_utc, count_before, count_after, pages, rows,
	inserted, updated, unchanged, stale, rejected, rows_left,
	table_rows, seal_sha256, archive_file)
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
		 order by seq desc limit 1) + :'inserted'::bigint,
		(select count(*) from :"schema".:"table")),
	:'sha256', nullif(:'archive', ''))
returning seq, table_rows,
	to_char(loaded_at_utc, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), null;
