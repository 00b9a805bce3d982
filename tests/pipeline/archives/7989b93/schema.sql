-- A schema of landing tables: psql -v schema=raw -f sql/schema.sql
--
-- One company a schema (ids are unique within a company only), and the ledger
-- of the windows that were loaded.  Run again, it changes nothing.
begin;
-- Two that set up at once: the second waits, and finds it done.
select pg_advisory_xact_lock(hashtextextended('qb schema ' || :'schema', 0));

-- Only when it is not there: IF NOT EXISTS asks for the right to make it, too.
select set_config('qb.schema', :'schema', true);
do $$ begin
	if not exists (select from pg_namespace
			where nspname = current_setting('qb.schema')) then
		execute format('create schema %I', current_setting('qb.schema'));
	end if;
end $$;

-- The company; bound by the first load, one row for good.
create table if not exists :"schema".qb_realm (
	only_one boolean primary key default true check (only_one),
	realm_id text not null,
	bound_at_utc timestamptz not null default now()
);

-- The ledger: append-only, a row for each window that was committed, written
-- in the same transaction as the window's rows.
create table if not exists :"schema".qb_windows (
	seq bigint generated always as identity primary key,
	entity text not null,			-- as QuickBooks spells it: Invoice
	realm_id text not null,
	by text not null,			-- updated, created, txn-date
	range_start_utc timestamptz not null,	-- half-open: [start, end)
	range_end_utc timestamptz not null,
	run_id text not null,
	fetched_at_utc timestamptz,		-- of the latest page; null: no rows
	count_before bigint,			-- by the API; null: not asked
	count_after bigint,
	pages bigint not null,
	rows bigint not null,			-- those the seal covers, the sum of:
	inserted bigint not null,
	updated bigint not null,
	unchanged bigint not null,
	stale bigint not null,			-- older than what is stored
	rejected bigint not null,		-- jsonb cannot hold them
	rows_left bigint not null,		-- had left by the clean pass
	table_rows bigint not null,		-- in the table, this window included
	seal_sha256 text not null,
	archive_file text,
	loaded_at_utc timestamptz not null default clock_timestamp()
);
create index if not exists qb_windows_entity
	on :"schema".qb_windows (entity, seq);
commit;
