-- Write the window's entry into the ledger, the last statement before commit.
--
-- From here to commit only one loader per entity, so that each sees the entry
-- before its own: table_rows is computed from that, and the table is counted only
-- when there is none; of the table of all reports those of the entity, by their ids.
select pg_advisory_xact_lock(
	hashtextextended('qb ledger ' || :'schema' || ' ' || :'entity', 0));

-- What it replaces: an entry of a window without rows that was read too early to be
-- final, or of a census that found nothing, whose range this one contains and which is
-- not younger.  It says nothing that this one does not say, and the calls that it took
-- are added to those of this one; so entries grow with what changes, not with runs.
-- Only for a role that may delete them; 1000 at a time.
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
		(select count(*) from :"schema".:"table"
		 where :'by' <> 'report'
			or split_part(id, '?', 1) = split_part(:'entity', ':', 2)
			and coalesce(substring(id
				from 'accounting_method=([A-Za-z]+)'), '')
				= split_part(:'entity', ':', 3))),
	:'sha256', nullif(:'archive', ''),
	coalesce(nullif(:'calls', '')::bigint
		+ (select coalesce(sum(calls), 0) from replaced)::bigint,
		(select sum(calls) from replaced)::bigint),
	:'provisional', :'deleted')
returning seq, table_rows,
	to_char(loaded_at_utc, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
	(select string_agg(seq::text, ',') from replaced);
