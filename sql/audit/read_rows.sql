-- The rows of a landing table that a reading of some ranges should have brought, and
-- that are not marked as deleted: when each was created, in microseconds since 1970
-- (or, where that is not known, another time of it), and its id:
--	psql -v schema=raw -v table=invoices -v by=updated -v before= \
--		-v starts='{2025-01-01}' -v ends='{2026-01-01}' \
--		-f sql/audit/read_rows.sql
-- The n-th range is from the n-th of starts to before the n-th of ends, of the time
-- that by names; by whole all rows lie in it.  before not empty: only rows that were fetched before that.
copy (
	select (extract(epoch from coalesce(created_utc, at, fetched_at_utc))
		* 1000000)::bigint, id
	from (
		select id, fetched_at_utc, created_utc, case :'by'
			when 'updated' then updated_at_utc
			when 'created' then created_utc
			when 'txn-date' then (payload ->> 'TxnDate')::timestamp
				at time zone 'UTC'
			end as at
		from (
			select id, fetched_at_utc, updated_at_utc, payload,
				(payload #>> '{MetaData,CreateTime}')::timestamptz
					as created_utc
			from :"schema".:"table"
			where deleted_at_utc is null
		) as created
	) as live
	where (:'before' = '' or fetched_at_utc
			< nullif(:'before', '')::timestamptz)
		and (:'by' = 'whole' or exists (
			select from unnest(:'starts'::timestamptz[],
				:'ends'::timestamptz[]) as ranges (start_utc, end_utc)
			where at >= start_utc and at < end_utc))
) to stdout;
