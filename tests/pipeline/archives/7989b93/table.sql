-- A landing table: psql -v schema=raw -v table=invoices -f sql/table.sql
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
	fetched_at_utc timestamptz not null,	-- QuickBooks' clock on the page
	deleted_at_utc timestamptz,
	run_id text not null,
	fingerprint bigint not null,		-- XXH3-64 of the payload's bytes
	-- What sql/classify.sql asks of a row stands in the index, too: once the
	-- table has been vacuumed a load that finds all there just so reads no
	-- row of it.
	primary key (id) include (updated_at_utc, fetched_at_utc, fingerprint)
);

-- lz4 packs as tightly as pglz and 1.6 times faster, where the server has it.
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
