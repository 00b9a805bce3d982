-- Was a report read for exactly this period, so long after it that QuickBooks showed all
-- of it?
--	psql -v schema=raw -v realm=4620 -v entity=report:ProfitAndLoss -v run= \
--		-v settle='15 min' -v start=2025-01-01 -v end=2025-02-01 \
--		-f sql/check/report_read.sql
-- An empty run: any run.  Another period says nothing of this one: reports do not add up
-- (a balance sheet), and where they do, they are not cut.
select exists (
	select from :"schema".qb_windows as w
	where realm_id = :'realm' and entity = :'entity' and by = 'report'
		and range_start_utc = :'start' and range_end_utc = :'end'
		and :'run' in ('', run_id)
		and coalesce(fetched_at_utc, loaded_at_utc) - :'settle'::interval
			>= range_end_utc
		and (rows > 0 or coalesce(to_jsonb(w) ->> 'provisional', 'false')
			= 'false'));
