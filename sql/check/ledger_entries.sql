-- The load log of an entity, the entry written last first:
--	psql -v schema=raw -v realm=4620 -v entity=Invoice -v by=updated \
--		-f sql/check/ledger_entries.sql
-- The range, in microseconds since 1970; whether it was read by that time of a row
-- (updated and change are one);
-- when it was read; how many rows it wrote, how many of these replaced others or
-- (gone lines) marked them, and
-- how many were in the table afterwards and as new as those that it read (of a window
-- by change those that it wrote: an unchanged one may be a gone line, whose row is as
-- old as it was; none of one that no time of its rows selects); a number for its window,
-- and one for its window and run, by which sql/check/stored_rows.sql refers to it.
select (extract(epoch from range_start_utc) * 1000000)::bigint,
	(extract(epoch from range_end_utc) * 1000000)::bigint,
	(by = :'by' or (by in ('updated', 'change')
		and :'by' in ('updated', 'change')))::integer,
	(extract(epoch from coalesce(fetched_at_utc, loaded_at_utc))
		* 1000000)::bigint,
	inserted + updated,
	updated + coalesce((to_jsonb(w) ->> 'deleted')::bigint, 0),
	case when by in ('whole', 'report') then 0
		else inserted + updated
			+ case when by = 'change' then 0 else unchanged end end,
	dense_rank() over (order by range_start_utc, range_end_utc) - 1,
	dense_rank() over (
		order by range_start_utc, range_end_utc, run_id) - 1
from :"schema".qb_windows as w
where realm_id = :'realm' and entity = :'entity'
order by seq desc;
