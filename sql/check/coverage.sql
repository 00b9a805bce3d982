-- The time ranges of an entity that the ledger covers, in order, in microseconds
-- since 1970; windows that overlap or touch are one range:
--	psql -v schema=raw -v realm=4620 -v entity=Invoice -v by=updated \
--		-v run= -v settle= -v provisional=f -v logged=f \
--		-f sql/check/coverage.sql
-- An empty run: any run.  A window that was fetched before its end does not count:
-- rows could be changed within it afterwards.  But a day, as-of or of a report, is that of
-- some zone: it may be over up to 14 hours before it is in UTC.
--
-- Windows by updated and by change cover the same time, whichever of them is asked for:
-- both have what was changed.  logged t: only those by change and by whole, which have
-- what was deleted, too.
--
-- With settle, an interval such as '15 min', what it takes to be covered for good: a
-- window counts up to that long before it was fetched, and a provisional one not at
-- all unless provisional is t; in whole seconds, or whole days by txn-date and as-of,
-- since nothing else can be asked for.  The time of its latest page is the right one,
-- although others were read before: rows come in the order of the time that the window
-- selects by, so those that may have appeared late are on the last pages; and the count
-- that the seal proves was taken after them.  (to_jsonb, since the ledger of an older
-- version does not have that column.)
select (extract(epoch from min(range_start_utc)) * 1000000)::bigint,
	(extract(epoch from max(covered_end_utc)) * 1000000)::bigint
from (
	select range_start_utc, covered_end_utc,
		count(*) filter (where apart) over (
			order by range_start_utc, covered_end_utc, seq) as island
	from (
		select seq, range_start_utc, covered_end_utc,
			range_start_utc > max(covered_end_utc) over (
				order by range_start_utc, covered_end_utc, seq
				rows between unbounded preceding
				and 1 preceding) as apart
		from (
			select seq, range_start_utc, case
				when :'settle' <> '' then least(range_end_utc,
					date_trunc(case when :'by' in ('txn-date', 'as-of')
						then 'day' else 'second' end,
					(coalesce(fetched_at_utc, loaded_at_utc)
						- nullif(:'settle', '')::interval)
						at time zone 'UTC')
					at time zone 'UTC')
				when range_end_utc - case
					when by in ('as-of', 'report')
					then interval '14 hours'
					else interval '0' end
					<= coalesce(fetched_at_utc, loaded_at_utc)
				then range_end_utc end as covered_end_utc
			from :"schema".qb_windows as w
			where realm_id = :'realm' and entity = :'entity'
				and (by = :'by' or (by in ('updated', 'change')
					and :'by' in ('updated', 'change')))
				and (:'logged' <> 't' or by in ('change', 'whole'))
				and :'run' in ('', run_id)
				and (:'settle' = '' or :'provisional' = 't'
					or rows > 0 or coalesce(
					to_jsonb(w) ->> 'provisional', 'false')
					= 'false')
		) as windows
		where covered_end_utc > range_start_utc
	) as counted
) as islands
group by island
order by 1;
