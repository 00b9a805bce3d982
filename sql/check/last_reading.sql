-- The last reading of an entity that is read whole: how many rows QuickBooks had, when
-- that was, in microseconds since 1970, and how many of the rows that came could not be
-- loaded, or were dropped by qb-stamp --jq:
--	psql -v schema=raw -v realm=4620 -v entity=TaxCode -v run= \
--		-f sql/check/last_reading.sql
-- An empty run: of any run.  No row: there is none.
select count_before,
	(extract(epoch from coalesce(fetched_at_utc, loaded_at_utc))
		* 1000000)::bigint,
	rejected, greatest(coalesce(count_after + rows_left, rows) - rows, 0)
from :"schema".qb_windows
where realm_id = :'realm' and entity = :'entity' and by = 'whole'
	and :'run' in ('', run_id) and count_before is not null
order by coalesce(fetched_at_utc, loaded_at_utc) desc, seq desc
limit 1;
