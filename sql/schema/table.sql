-- A landing table: psql -v schema=raw -v table=invoices -f sql/schema/table.sql
-- The columns are named again, in order, in sql/load/staging_table.sql, insert.sql
-- and merge.sql, and written by common/load/row.c.
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
	deleted_at_utc timestamptz,
	run_id text not null,
	fingerprint bigint not null,		-- XXH3-64 of the payload's bytes
	-- The index includes what sql/load/compare.sql reads: once the table has
	-- been vacuumed, a load in which all rows are unchanged does not read the
	-- table itself.
	primary key (id) include (updated_at_utc, fetched_at_utc, fingerprint)
);

-- lz4, where the server has it: as small as pglz, and 1.6 times faster.
select set_config('qb.landing', format('%I.%I', :'schema', :'table'), false);
do $$
begin
	execute 'alter table ' || current_setting('qb.landing')
		|| ' alter payload set compression lz4';
exception when feature_not_supported or syntax_error then -- before 14
	null;
end
$$;
commit;
