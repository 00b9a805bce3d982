-- The history of a schema's landing tables: psql -v schema=raw -f sql/schema/history.sql
-- After sql/schema/schema.sql.  qb-load --history runs it where it may; running it
-- again changes nothing.  It does not switch the history on: the row that
-- sql/history/switch_on.sql writes does.
begin;
select pg_advisory_xact_lock(hashtextextended('qb schema ' || :'schema', 0));

-- Settings of the schema that all loads follow.
create table if not exists :"schema".qb_settings (
	name text primary key,			-- history
	value text not null,			-- on
	set_at_utc timestamptz not null default now()
);

-- Since when the history of each entity is recorded.
create table if not exists :"schema".qb_history_since (
	entity text primary key,		-- as QuickBooks spells it: Invoice
	table_name text not null,
	since_utc timestamptz not null default clock_timestamp()
);

-- What is known of objects that have more than one version, or were deleted: each
-- version, the one in the landing table included, and each deletion.  A set: rows are
-- added, in any order, and from when to when each stood follows from all of them
-- together (the view qb_history).  So the order of loads cannot matter.
create table if not exists :"schema".qb_versions (
	entity text not null,
	id text not null,
	deleted boolean not null,		-- a deletion, not a version
	changed_at_utc timestamptz not null,	-- LastUpdatedTime, or -infinity for
						-- none; or when it was deleted
	fingerprint bigint not null,		-- of the payload; 0: a deletion
	seen_at_utc timestamptz not null,	-- when QuickBooks last said so, as far
						-- as it was recorded
	-- as in the landing table, by the load that recorded it first
	payload jsonb,
	ingested_at_utc timestamptz not null,
	extract_window_start_utc timestamptz,
	extract_window_end_utc timestamptz,
	page_number integer,
	page_size integer,
	request_payload jsonb,
	realm_id text not null,
	fetched_at_utc timestamptz not null,
	run_id text not null,
	primary key (entity, id, changed_at_utc, deleted, fingerprint)
);

select set_config('qb.versions', format('%I.qb_versions', :'schema'), true);
do $$
begin
	if 'l' = (select to_jsonb(a) ->> 'attcompression' from pg_attribute a
			where attrelid = current_setting('qb.versions')::regclass
				and attname = 'payload') then
		return;
	end if;
	execute 'alter table ' || current_setting('qb.versions')
		|| ' alter payload set compression lz4';
exception when feature_not_supported or syntax_error then -- before 14
	null;
end
$$;

-- The versions and deletions of qb_versions in the order in which they stood, each
-- [from_utc, until_utc); until_utc is null for what stands.
--
-- A version stands from its LastUpdatedTime on.  Of several with the same one, and of
-- those that have none, it is known only when they were fetched first.  A deletion
-- stands from when the object was deleted, but not before a version that had been
-- fetched when QuickBooks said so.  It is left out if QuickBooks returned the object
-- later, not changed since: then it was never deleted.
create or replace view :"schema".qb_history as
with placed as (
	select *, case when deleted
		then greatest(changed_at_utc, max(changed_at_utc)
			filter (where not deleted) over (
				partition by entity, id order by seen_at_utc))
		else changed_at_utc end as at_utc
	from :"schema".qb_versions
), compared as (
	select *, max(seen_at_utc) filter (where not deleted) over (
			partition by entity, id
			order by at_utc, deleted) as alive_at_utc,
		row_number() over (
			partition by entity, id, at_utc, deleted
			order by seen_at_utc, fingerprint) as nth
	from placed
), begun as (
	select *, case when deleted or (nth = 1 and at_utc > '-infinity')
		then at_utc else fetched_at_utc end as began_utc
	from compared
	where (deleted and alive_at_utc > seen_at_utc) is not true
)
select
	entity,
	id,
	payload ->> 'SyncToken' as sync_token,
	payload,
	-- never later than what follows
	min(began_utc) over (
		partition by entity, id
		order by at_utc, deleted, seen_at_utc, fingerprint
		rows between current row and unbounded following) as from_utc,
	min(began_utc) over (
		partition by entity, id
		order by at_utc, deleted, seen_at_utc, fingerprint
		rows between 1 following and unbounded following) as until_utc,
	deleted,
	case when not deleted then nullif(changed_at_utc, '-infinity') end
		as updated_at_utc,
	case when deleted then seen_at_utc else fetched_at_utc end
		as fetched_at_utc,
	ingested_at_utc,
	extract_window_start_utc,
	extract_window_end_utc,
	page_number,
	page_size,
	request_payload,
	realm_id,
	run_id,
	case when not deleted then fingerprint end as fingerprint
from begun;

-- A landing table as it stood at a time, by the times of QuickBooks; it has the
-- columns of the table.  The entity is as QuickBooks spells it, or the table's name; of
-- the table of all reports, one of them, such as report:ProfitAndLoss:Cash.
--
-- Rows of the table that have no other version are not in qb_versions; nor is what was
-- written while the history was off.  Such a row stands from its LastUpdatedTime on,
-- and is newer than what the history has of that id.
create or replace function :"schema".qb_as_of(entity text, at timestamptz)
returns table (
	id text,
	payload jsonb,
	ingested_at_utc timestamptz,
	extract_window_start_utc timestamptz,
	extract_window_end_utc timestamptz,
	page_number integer,
	page_size integer,
	request_payload jsonb,
	realm_id text,
	updated_at_utc timestamptz,
	fetched_at_utc timestamptz,
	deleted_at_utc timestamptz,
	run_id text,
	fingerprint bigint
)
language plpgsql stable
set search_path = :"schema", pg_temp
as $$
#variable_conflict use_column
declare
	since qb_history_since;
	-- rows of which qb_versions does not have what they say
	unrecorded constant text := '
		from %1$I as t
		where not exists (select from qb_versions v
			where v.entity = $1 and v.id = t.id
				and v.deleted = (t.deleted_at_utc is not null)
				and v.changed_at_utc = coalesce(t.deleted_at_utc,
					t.updated_at_utc, ''-infinity'')
				and (v.deleted or v.fingerprint = t.fingerprint))
			and ($1 not like ''report:%%'' or
				split_part(t.id, ''?'', 1) = split_part($1, '':'', 2)
				and coalesce(substring(t.id from
					''accounting_method=([A-Za-z]+)''), '''')
					= split_part($1, '':'', 3))';
begin
	if (select count(*) > 1 from qb_history_since s
			where s.table_name = lower($1)) then
		raise exception 'the table % has rows of more than one entity', $1
			using hint = 'Name the entity, such as ' || (
				select min(s.entity) from qb_history_since s
				where s.table_name = lower($1)) || '.';
	end if;
	select s.* into since from qb_history_since s
	where lower($1) in (lower(s.entity), s.table_name);
	if not found then
		raise exception 'there is no history of % in schema %', $1,
				current_schema()
			using hint = 'It begins with the first load of the entity '
				'by qb-load --history.';
	end if;
	if at < since.since_utc then
		raise warning 'the history of % began at %', since.entity,
				since.since_utc
			using detail = 'Versions that were replaced and rows that '
				'were deleted before are missing, unless they were '
				'loaded again from an archive.';
	end if;
	return query execute format('
		select t.id, t.payload, t.ingested_at_utc,
			t.extract_window_start_utc, t.extract_window_end_utc,
			t.page_number, t.page_size, t.request_payload, t.realm_id,
			t.updated_at_utc, t.fetched_at_utc, null::timestamptz,
			t.run_id, t.fingerprint' || unrecorded || '
			and t.page_size > 0
			and coalesce(t.updated_at_utc, t.fetched_at_utc) <= $2
			and (t.deleted_at_utc > $2) is not false
		union all
		select h.id, h.payload, h.ingested_at_utc,
			h.extract_window_start_utc, h.extract_window_end_utc,
			h.page_number, h.page_size, h.request_payload, h.realm_id,
			h.updated_at_utc, h.fetched_at_utc, null::timestamptz,
			h.run_id, h.fingerprint
		from qb_history h
		where h.entity = $1 and not h.deleted and h.from_utc <= $2
			and (h.until_utc > $2) is not false
			and not exists (select' || unrecorded || '
				and t.id = h.id
				and (t.deleted_at_utc <= $2 or coalesce(
					t.updated_at_utc, t.fetched_at_utc) <= $2))',
		since.table_name)
	using since.entity, at;
end
$$;
commit;
