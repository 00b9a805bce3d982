-- The rows of a landing table, by the window and run that wrote them and by the piece
-- of time that they lie in.  $1 are the bounds of the pieces in ascending order; a
-- row is in piece n if it lies between the n-th bound and the next, and in piece 0
-- if it has no time.  All in one pass over the table.
--
-- The number of the window and run, -1 if the load log has none, is that of
-- sql/check/ledger_entries.sql.  By whole no row has a time; a report has that of its
-- period, and of the table of all reports only those of the entity are counted, which
-- their ids name: "ProfitAndLoss?accounting_method=Cash&...".  Then how many rows there
-- are, how many of them are not marked as deleted, how many lie before their window, and
-- how many do not lie before the end of their window.
with windows as (
	select distinct range_start_utc, range_end_utc, run_id,
		dense_rank() over (
			order by range_start_utc, range_end_utc, run_id) - 1 as no
	from :"schema".qb_windows
	where realm_id = :'realm' and entity = :'entity'
), stored as (
	select extract_window_start_utc, extract_window_end_utc, run_id,
		coalesce(width_bucket(at, $1::timestamptz[]), 0) as piece,
		count(*) as rows,
		count(*) filter (where deleted_at_utc is null) as live,
		count(*) filter (where at < extract_window_start_utc) as older,
		count(*) filter (
			where (at < extract_window_end_utc) is not true) as younger
	from (
		select extract_window_start_utc, extract_window_end_utc, run_id,
			deleted_at_utc, case :'by'
			when 'updated' then updated_at_utc
			when 'change' then updated_at_utc
			when 'created' then
				(payload #>> '{MetaData,CreateTime}')::timestamptz
			when 'txn-date' then
				(payload ->> 'TxnDate')::timestamp
					at time zone 'UTC'
			when 'as-of' then
				(payload ->> 'AsOfDate')::timestamp
					at time zone 'UTC'
			when 'report' then extract_window_start_utc
			end as at
		from :"schema".:"table"
		where :'by' <> 'report'
			or split_part(id, '?', 1) = split_part(:'entity', ':', 2)
			and coalesce(substring(id
				from 'accounting_method=([A-Za-z]+)'), '')
				= split_part(:'entity', ':', 3)
	) as landed
	group by 1, 2, 3, 4
)
select coalesce(no, -1), piece, rows, live, older, younger
from stored
left join windows on range_start_utc = extract_window_start_utc
	and range_end_utc = extract_window_end_utc
	and windows.run_id = stored.run_id
