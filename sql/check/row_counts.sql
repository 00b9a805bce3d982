-- How many rows a landing table has, and how many of them lie in a time range:
--	psql -v schema=raw -v table=invoices -v by=updated \
--		-v start=2025-01-01 -v end=2026-01-01 -f sql/check/row_counts.sql
select count(*),
	count(*) filter (
		where deleted_at_utc is null
			and at >= :'start'::timestamptz
			and at < :'end'::timestamptz)
from (
	select deleted_at_utc, case :'by'
		when 'updated' then updated_at_utc
		when 'created' then
			(payload #>> '{MetaData,CreateTime}')::timestamptz
		when 'txn-date' then
			(payload ->> 'TxnDate')::timestamp at time zone 'UTC'
		end as at
	from :"schema".:"table"
) as stored;
