-- The rows of a landing table that are marked as deleted, and that a reading of some
-- ranges concerns: when each was created, in microseconds since 1970 (or, where that is
-- not known, when it was deleted), when it was found to be gone, when it was deleted, and
-- its id:
--	psql -v schema=raw -v table=invoices -v by=updated \
--		-v starts='{2025-01-01}' -v ends='{2026-01-01}' \
--		-f sql/audit/deleted_rows.sql
-- The n-th range is from the n-th of starts to before the n-th of ends.  A row lies in
-- it by the time that by names; by updated also if it was deleted in it, which was its
-- last change; and so does one that was never seen, of which there is no other time; by
-- whole all do.
copy (
	select (extract(epoch from coalesce(created_utc, deleted_at_utc))
			* 1000000)::bigint,
		to_char(fetched_at_utc at time zone 'UTC',
			'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
		to_char(deleted_at_utc at time zone 'UTC',
			'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
		id
	from (
		select id, fetched_at_utc, deleted_at_utc, created_utc, case
			when page_size = 0 and updated_at_utc is null
				then deleted_at_utc
			when :'by' = 'updated' then updated_at_utc
			when :'by' = 'created' then created_utc
			when :'by' = 'txn-date' then
				(payload ->> 'TxnDate')::timestamp
					at time zone 'UTC'
			end as at
		from (
			select *, (payload #>> '{MetaData,CreateTime}')::timestamptz
				as created_utc
			from :"schema".:"table"
			where deleted_at_utc is not null
		) as created
	) as deleted
	where :'by' = 'whole' or exists (
		select from unnest(:'starts'::timestamptz[], :'ends'::timestamptz[])
			as ranges (start_utc, end_utc)
		where (at >= start_utc and at < end_utc)
			or (:'by' = 'updated' and deleted_at_utc >= start_utc
				and deleted_at_utc < end_utc))
) to stdout;
