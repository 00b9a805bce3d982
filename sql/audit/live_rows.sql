-- The rows of a landing table that were created in a range and are not marked as
-- deleted: when each was created, in microseconds since 1970, and its id; in the
-- order of these times:
--	psql -v schema=raw -v table=invoices -v start=2025-01-01 -v end=2026-01-01 \
--		-f sql/audit/live_rows.sql
copy (
	select (extract(epoch from at) * 1000000)::bigint, id
	from (
		select id, (payload #>> '{MetaData,CreateTime}')::timestamptz as at
		from :"schema".:"table"
		where deleted_at_utc is null
	) as live
	where at >= :'start'::timestamptz and at < :'end'::timestamptz
	order by at
) to stdout;
