-- The view qb_freshness: psql -v schema=raw -f sql/schema/freshness.sql
--
-- One row per entity in the load log: until when it is covered without a gap, and when
-- it was loaded last.  For dbt source freshness (qb-status(1), DBT), and for whoever
-- may not read the ledger.  Running it again changes nothing; it needs no column that a
-- ledger of an older version lacks.
--
-- covered_until_utc is what qb-status prints with its default --settle: a window covers
-- its range up to 15 minutes before it was fetched; sql/status/entities.sql says why.
-- null: no window by updated or change covers anything yet.  table_name is the rule by
-- which common/stream/entity.c names tables.  table_rows includes deleted rows.
create or replace view :"schema".qb_freshness as
with covering as (
	select seq, entity, range_start_utc as start_utc,
		least(range_end_utc, date_trunc('second',
			(coalesce(fetched_at_utc, loaded_at_utc)
				- interval '15 minutes') at time zone 'UTC')
			at time zone 'UTC') as end_utc
	from :"schema".qb_windows
	join :"schema".qb_realm using (realm_id)
	where by in ('updated', 'change')
), covered as (
	select entity, max(end_utc) filter (where gaps = 0) as until_utc
	from (
		select entity, end_utc,
			count(*) filter (where apart) over (
				partition by entity collate "C"
				order by start_utc, end_utc, seq) as gaps
		from (
			select seq, entity, start_utc, end_utc,
				start_utc > max(end_utc) over (
					partition by entity collate "C"
					order by start_utc, end_utc, seq
					rows between unbounded preceding
					and 1 preceding) as apart
			from covering
			where end_utc > start_utc
		) as neighbours
	) as stretches
	group by entity
), newest as (
	select w.entity, w.realm_id, w.run_id, w.table_rows, last.loaded_at_utc
	from (
		select max(seq) as seq, max(loaded_at_utc) as loaded_at_utc
		from :"schema".qb_windows
		join :"schema".qb_realm using (realm_id)
		group by entity
	) as last
	join :"schema".qb_windows as w using (seq)
), named as (
	select newest.*, lower(regexp_replace(entity, '([a-z])([A-Z])', '\1_\2',
		'g')) as singular
	from newest
)
select entity,
	case when entity = 'Preferences' then singular
		when singular ~ '[^aeiou]y$'
			then regexp_replace(singular, 'y$', 'ies')
		when singular like '%s' then singular || 'es'
		else singular || 's' end as table_name,
	until_utc as covered_until_utc,
	loaded_at_utc as last_loaded_at_utc,
	run_id as last_run_id,
	table_rows,
	realm_id
from named
left join covered using (entity);
