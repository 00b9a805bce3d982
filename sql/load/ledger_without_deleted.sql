-- The same as ledger.sql, for a ledger that an older version created and whose owner
-- has not run sql/schema/schema.sql since: without the column deleted.
select pg_advisory_xact_lock(
	hashtextextended('qb ledger ' || :'schema' || ' ' || :'entity', 0));

with replaced as (
	select seq, calls
	from :"schema".qb_windows
	where entity = :'entity' and realm_id = :'realm' and rows = 0
		and (by = :'by' or (by in ('updated', 'change')
			and :'by' in ('updated', 'change')))
		and (provisional or by = 'census')	-- as the index has it
		and not (provisional and by = 'census')
		and range_start_utc >= :'start' and range_end_utc <= :'end'
		and coalesce(fetched_at_utc, loaded_at_utc) <= coalesce(
			nullif(:'fetched_at', '')::timestamptz,
			clock_timestamp())
		and (select has_table_privilege(
			to_regclass(format('%I.qb_windows', :'schema')),
			'delete'))
	order by seq
	limit 1000
)
insert into :"schema".qb_windows (
	entity, realm_id, by, range_start_utc, range_end_utc, run_id,
	fetched_at_utc, count_before, count_after, pages, rows,
	inserted, updated, unchanged, stale, rejected, rows_left,
	table_rows, seal_sha256, archive_file, calls, provisional)
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
	:'sha256', nullif(:'archive', ''),
	coalesce(nullif(:'calls', '')::bigint
		+ (select coalesce(sum(calls), 0) from replaced)::bigint,
		(select sum(calls) from replaced)::bigint),
	:'provisional')
returning seq, table_rows,
	to_char(loaded_at_utc, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
	(select string_agg(seq::text, ',') from replaced);
