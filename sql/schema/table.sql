-- A landing table: psql -v schema=raw -v table=invoices -f sql/schema/table.sql
-- The columns are named again, in order, in sql/load/staging_table.sql, insert.sql
-- and merge.sql, and written by common/load/row.c.  Running it again changes
-- nothing; a table that an older version created gets the index that it lacks.
begin;
select pg_advisory_xact_lock(hashtextextended('qb schema ' || :'schema', 0));

create table if not exists :"schema".:"table" (
	id text not null,
	payload jsonb not null,			-- QuickBooks' own object
	ingested_at_utc timestamptz not null,
	extract_window_start_utc timestamptz not null,
	extract_window_end_utc timestamptz not null,
	page_number integer not null,
	page_size integer not null,
	request_payload jsonb not null,
	realm_id text not null,
	updated_at_utc timestamptz,		-- MetaData.LastUpdatedTime
	fetched_at_utc timestamptz not null,	-- time in QuickBooks' response
	deleted_at_utc timestamptz,		-- null: QuickBooks has it
	run_id text not null,
	fingerprint bigint not null,		-- XXH3-64 of the payload's bytes
	-- The index includes what sql/load/compare.sql reads: once the table has
	-- been vacuumed, a load in which all rows are unchanged does not read the
	-- table itself.
	primary key (id) include (updated_at_utc, fetched_at_utc, fingerprint)
);

-- Whoever waits for a table like this makes all who read it wait, too.
set local lock_timeout = '5s';

-- lz4, where the server has it: as small as pglz, and 1.6 times faster.
select set_config('qb.landing', format('%I.%I', :'schema', :'table'), false);
do $$
begin
	-- it locks the table, also where it changes nothing
	if 'l' = (select to_jsonb(a) ->> 'attcompression' from pg_attribute a
			where attrelid = current_setting('qb.landing')::regclass
				and attname = 'payload') then
		return;
	end if;
	execute 'alter table ' || current_setting('qb.landing')
		|| ' alter payload set compression lz4';
exception when feature_not_supported or syntax_error then -- before 14
	null;
end
$$;

-- The deleted rows, which are few: sql/load/compare.sql looks for them there, so
-- that it need not read the table.
do $$
declare
	landing regclass := current_setting('qb.landing');
begin
	if exists (select from pg_index i
			join pg_attribute a on a.attrelid = i.indrelid
				and a.attname = 'id'
			where i.indrelid = landing and i.indisvalid
				and i.indkey[0] = a.attnum
				and pg_get_expr(i.indpred, i.indrelid)
					= '(deleted_at_utc IS NOT NULL)') then
		return;
	end if;
	execute format('create index on %s (id) where deleted_at_utc is not null',
		landing);
end
$$;
commit;
