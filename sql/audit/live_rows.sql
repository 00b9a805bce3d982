-- The rows of a landing table that were created in a range and are not marked as
-- deleted: when each was created, in microseconds since 1970, and its id; in the
-- order of these times:
--	psql -v schema=raw -v table=invoices -v start=2025-01-01 -v end=2026-01-01 \
--		-v changed= -f sql/audit/live_rows.sql
-- changed not empty: only those that were changed then or later.
copy (
	select (extract(epoch from at) * 1000000)::bigint, id
	from (
		select id, updated_at_utc,
			(payload #>> '{MetaData,CreateTime}')::timestamptz as at
		from :"schema".:"table"
		where deleted_at_utc is null
	) as live
	where at >= :'start'::timestamptz and at < :'end'::timestamptz
		and (:'changed' = '' or updated_at_utc
			>= nullif(:'changed', '')::timestamptz)
	order by at
) to stdout;
