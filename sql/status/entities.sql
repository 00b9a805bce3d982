-- What the load log knows of each entity, in order of their names:
--	psql -v schema=raw -v realm=4620 -v settle='15 min' -f sql/status/entities.sql
-- The entity; in microseconds since 1970 until when it is covered without a gap from
-- its earliest window on, where it goes on after the first gap, when it was loaded
-- last, where its earliest window begins, and when deletions were looked for last
-- (qb-census); the rows of its table after that, deleted ones included; how many rows were
-- ever marked as deleted; of the last run its name, its windows and rows, and how many
-- of these were inserted, updated and marked as deleted; and whether all deletions since
-- the last census are known.
--
-- A window covers its range up to settle before it was fetched, as in
-- sql/check/coverage.sql.  Unlike there, a provisional window without rows covers that,
-- too: it proved that nothing had changed.  qb-pending leaves it to the next run only
-- because it has no file in the archive.  A window by change covers what one by updated
-- would; one by census says only what was deleted, and covers nothing.  One by whole has
-- what was changed at any time before its end, so it leaves no gap, and where there is
-- one the others do not count, which could not select all rows.  A report is of its
-- period, and those of other periods leave no gap either.
--
-- They are known of what is read whole, by day, or as a report; and where windows by change cover without a gap all that was read since:
-- one by updated does not see them.  A census is taken to have found what was deleted up
-- to settle before it was loaded, but not after the end of its range, up to which it was
-- known that no row is missing.
--
-- A provisional census found rows that the table lacks: until there is a later one that
-- did not, deletions are to be looked for as if that had never been done.  But not where
-- it only told again what the table had as deleted already.  Nor does a census count that
-- began later than what is covered: the rows before were not counted.
--
-- The ledger of an older version has no columns deleted and provisional: there the names
-- mean those of "missing".

-- To compile the plan would take longer than to run it.
select set_config('jit', 'off', true)			-- new in 11
where current_setting('jit', true) is not null;

with windows as (
	select w.*
	from (select 0::bigint as deleted, false as provisional) as missing
	cross join lateral (
		select seq, entity collate "C" as entity, by, run_id,
			loaded_at_utc, rows, inserted, updated, table_rows,
			deleted, provisional, range_start_utc as start_utc,
			least(range_end_utc, date_trunc('second',
				(coalesce(fetched_at_utc, loaded_at_utc)
					- :'settle'::interval) at time zone 'UTC')
				at time zone 'UTC') as end_utc
		from :"schema".qb_windows
		where realm_id = :'realm'
	) as w
), covered as (
	select entity, min(start_utc) as from_utc,
		max(end_utc) filter (where gaps = 0) as until_utc,
		min(start_utc) filter (where gaps = 1) as again_utc
	from (
		select entity, start_utc, end_utc,
			count(*) filter (where apart) over (partition by entity
				order by start_utc, end_utc, seq) as gaps
		from (
			select seq, entity, start_utc, end_utc,
				by in ('updated', 'change', 'as-of')
				and start_utc > max(end_utc) over (
					partition by entity
					order by start_utc, end_utc, seq
					rows between unbounded preceding
					and 1 preceding) as apart
			from windows
			where end_utc > start_utc
				and (by in ('whole', 'as-of', 'report')
					or by in ('updated', 'change')
					and entity not in (select entity
						from windows where by = 'whole'))
		) as neighbours
	) as stretches
	group by entity
), newest as (
	select entity, run_id, loaded_at_utc, table_rows
	from windows
	where seq in (select max(seq) from windows group by entity)
), totals as (
	select entity, sum(w.deleted) as marked,
		max(w.loaded_at_utc) filter (where is_census) as census_utc,
		max(w.end_utc) filter (where is_census) as census_end_utc,
		max(w.end_utc) filter (where by in ('updated', 'change')
			and w.end_utc > w.start_utc) as read_utc,
		bool_or(by in ('whole', 'as-of', 'report')) as is_told,
		count(*) filter (where of_run) as windows,
		sum(w.rows) filter (where of_run) as rows,
		sum(w.inserted) filter (where of_run) as inserted,
		sum(w.updated) filter (where of_run) as updated,
		sum(w.deleted) filter (where of_run) as deleted
	from (
		select windows.*, windows.run_id = newest.run_id as of_run,
			by = 'census' and not provisional
				and (start_utc <= from_utc) is not false
				and (seq < max(seq) filter (where by = 'census'
					and provisional
					and not (rows > 0 and deleted = 0))
					over (partition by entity))
					is not true as is_census
		from windows
		join newest using (entity)
		left join covered using (entity)
	) as w
	group by entity
), logged as (
	select entity, max(end_utc) as until_utc, bool_or(apart) as has_gap
	from (
		select entity, end_utc,
			start_utc > greatest(census_end_utc, max(end_utc) over (
				partition by entity
				order by start_utc, end_utc, seq
				rows between unbounded preceding
				and 1 preceding)) as apart
		from windows join totals using (entity)
		where by = 'change' and end_utc > start_utc
			and end_utc > census_end_utc
	) as neighbours
	group by entity
)
select entity, (extract(epoch from covered.until_utc) * 1000000)::bigint,
	(extract(epoch from again_utc) * 1000000)::bigint,
	(extract(epoch from loaded_at_utc) * 1000000)::bigint,
	(extract(epoch from from_utc) * 1000000)::bigint,
	(extract(epoch from census_utc) * 1000000)::bigint,
	table_rows, marked::bigint, run_id, windows, rows::bigint,
	inserted::bigint, updated::bigint, deleted::bigint,
	is_told or census_end_utc is not null and (read_utc is null
		or read_utc <= census_end_utc
		or (logged.until_utc >= read_utc and not has_gap) is true)
from newest
join totals using (entity)
left join covered using (entity)
left join logged using (entity)
order by entity;
