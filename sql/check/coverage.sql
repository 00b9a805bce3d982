-- The time ranges of an entity that the ledger covers, in order, in microseconds
-- since 1970; windows that overlap or touch are one range:
--	psql -v schema=raw -v realm=4620 -v entity=Invoice -v by=updated \
--		-v run= -f sql/check/coverage.sql
-- An empty run: any run.  A window that was fetched before its end does not count:
-- rows could be changed within it afterwards.
select (extract(epoch from min(range_start_utc)) * 1000000)::bigint,
	(extract(epoch from max(range_end_utc)) * 1000000)::bigint
from (
	select range_start_utc, range_end_utc,
		count(*) filter (where apart) over (
			order by range_start_utc, range_end_utc, seq) as island
	from (
		select seq, range_start_utc, range_end_utc,
			range_start_utc > max(range_end_utc) over (
				order by range_start_utc, range_end_utc, seq
				rows between unbounded preceding
				and 1 preceding) as apart
		from :"schema".qb_windows
		where realm_id = :'realm' and entity = :'entity'
			and by = :'by' and :'run' in ('', run_id)
			and range_end_utc
				<= coalesce(fetched_at_utc, loaded_at_utc)
	) as windows
) as islands
group by island
order by 1;
