-- The windows in the ledger that overlap a time range, ordered by start; of windows
-- with the same start and end the one loaded last:
--	psql -v schema=raw -v realm=4620 -v entity=Invoice -v by=updated \
--		-v run= -v archived= -v start=2025-01-01 -v end=2026-01-01 \
--		-f sql/check/ledger_windows.sql
-- Windows by updated and by change are one.  An empty run: any run.  archived not empty:
-- only windows with a file, and those that need none, because there were no rows.  Rows
-- that were fetched and are not in the window were dropped by qb-stamp --jq.
select distinct on (range_start_utc, range_end_utc)
	(extract(epoch from range_start_utc) * 1000000)::bigint,
	(extract(epoch from range_end_utc) * 1000000)::bigint,
	rows, inserted, updated, unchanged, stale, rejected,
	greatest(coalesce(count_after + rows_left, rows) - rows, 0),
	seal_sha256, archive_file,
	coalesce((to_jsonb(w) ->> 'deleted')::bigint, 0)
from :"schema".qb_windows as w
where realm_id = :'realm' and entity = :'entity'
	and (by = :'by' or (by in ('updated', 'change')
		and :'by' in ('updated', 'change')))
	and :'run' in ('', run_id)
	and (:'archived' = '' or archive_file is not null
		or (rows = 0 and coalesce(count_after + rows_left, 0) = 0))
	and range_end_utc - case when by in ('as-of', 'report')
			then interval '14 hours' else interval '0' end
		<= coalesce(fetched_at_utc, loaded_at_utc)	-- as in coverage.sql
	and range_start_utc < :'end'::timestamptz
	and range_end_utc > :'start'::timestamptz
order by range_start_utc, range_end_utc, seq desc;
