-- A schema of landing tables: psql -v schema=raw -f sql/schema/schema.sql
--
-- One company per schema, since ids are unique only within a company; and the
-- ledger of loaded windows, with a view of it.  Running it again changes nothing; in
-- a schema that an older version created it adds what is missing.
begin;
-- When two run it at the same time, the second waits and finds it done.
select pg_advisory_xact_lock(hashtextextended('qb schema ' || :'schema', 0));

-- Not CREATE SCHEMA IF NOT EXISTS: that needs the right to create it even where
-- it exists.
select set_config('qb.schema', :'schema', true);
do $$ begin
	if not exists (select from pg_namespace
			where nspname = current_setting('qb.schema')) then
		execute format('create schema %I', current_setting('qb.schema'));
	end if;
end $$;

-- The company: one row, written by the first load and never changed.
create table if not exists :"schema".qb_realm (
	only_one boolean primary key default true check (only_one),
	realm_id text not null,
	bound_at_utc timestamptz not null default now()
);

-- The ledger (load log): one row per committed window, written in the same transaction
-- as the window's rows, and never changed.  A row of a window that had no rows is deleted
-- when a later one says all that it said; sql/load/ledger.sql.
create table if not exists :"schema".qb_windows (
	seq bigint generated always as identity primary key,
	entity text not null,			-- as QuickBooks spells it: Invoice
	realm_id text not null,
	by text not null,			-- updated, created, txn-date, change, census,
						-- whole, as-of, report
	range_start_utc timestamptz not null,	-- half-open: [start, end)
	range_end_utc timestamptz not null,
	run_id text not null,
	fetched_at_utc timestamptz,		-- of the latest response; null: no rows
	count_before bigint,			-- by QuickBooks; null: not counted; by
						-- whole: rows that QuickBooks had
	count_after bigint,			-- by change, by whole: objects, if --jq
						-- dropped some
	pages bigint not null,
	rows bigint not null,			-- of the seal, the sum of:
	inserted bigint not null,
	updated bigint not null,
	unchanged bigint not null,
	stale bigint not null,			-- older than the stored row
	rejected bigint not null,		-- jsonb cannot hold them
	rows_left bigint not null,		-- had left the window when it was read,
						-- or are gone
	table_rows bigint not null,		-- of the whole table, after this window
	seal_sha256 text not null,
	archive_file text,
	loaded_at_utc timestamptz not null default clock_timestamp(),
	calls bigint,				-- to QuickBooks, those of the rows that
						-- it replaced, too; null: not known
	provisional boolean not null default false, -- no rows, and read too early:
						-- read again by the next run;
						-- by census: rows are missing
	deleted bigint not null default 0	-- marked: QuickBooks has them no more
);
create index if not exists qb_windows_entity
	on :"schema".qb_windows (entity, seq);

-- Whoever waits for a table like this makes all who read it wait, too.
set local lock_timeout = '5s';
alter table :"schema".qb_windows
	add column if not exists calls bigint,
	add column if not exists provisional boolean not null default false,
	add column if not exists deleted bigint not null default 0;

-- Those that may be replaced, which are few.
create index if not exists qb_windows_replaceable
	on :"schema".qb_windows (entity)
	where rows = 0 and (provisional or by = 'census');

-- The view qb_freshness, one row per entity in the load log: until when it is covered
-- without a gap, and when it was loaded last.  For dbt source freshness (qb-status(1),
-- DBT), and for whoever may not read the ledger.
--
-- covered_until_utc is what qb-status prints with its default --settle: a window covers
-- its range up to 15 minutes before it was fetched; sql/status/entities.sql says why.  Of
-- a report, which covers only its period, it is when it was read last, so that one of a
-- past period is not late for ever.  null: no window covers anything yet.  table_name is the rule by
-- which common/stream/entity.c names tables.  table_rows includes deleted rows.
create or replace view :"schema".qb_freshness as
with covering as (
	select seq, entity, by,
		case when by = 'report' then '-infinity' else range_start_utc end
			as start_utc,
		least(case when by = 'report' then 'infinity' else range_end_utc end,
			date_trunc('second',
				(coalesce(fetched_at_utc, loaded_at_utc)
					- interval '15 minutes') at time zone 'UTC')
				at time zone 'UTC') as end_utc
	from :"schema".qb_windows
	join :"schema".qb_realm using (realm_id)
	where by in ('updated', 'change', 'whole', 'as-of', 'report')
), covered as (
	select entity, max(end_utc) filter (where gaps = 0) as until_utc
	from (
		select entity, end_utc,
			count(*) filter (where apart) over (
				partition by entity collate "C"
				order by start_utc, end_utc, seq) as gaps
		from (
			select seq, entity, start_utc, end_utc,
				by <> 'whole' and start_utc > max(end_utc) over (
					partition by entity collate "C"
					order by start_utc, end_utc, seq
					rows between unbounded preceding
					and 1 preceding) as apart
			from covering
			where end_utc > start_utc
				and (by not in ('updated', 'change')
					or entity not in (select entity
						from covering where by = 'whole'))
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
	case when entity like 'report:%' then 'reports'
		when entity = 'Preferences' then singular
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
commit;
