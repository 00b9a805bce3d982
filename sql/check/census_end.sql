-- Until when the last census of an entity told what was deleted, in microseconds since
-- 1970; one row, null if there was none:
--	psql -v schema=raw -v realm=4620 -v entity=Invoice -v settle='15 min' \
--		-f sql/check/census_end.sql
-- A census counts as in sql/status/entities.sql: none that found rows missing, nor one
-- before that, nor one of a part of what is covered.  (to_jsonb, since the ledger of an
-- older version does not have that column.)
with windows as (
	select seq, by, range_start_utc, range_end_utc, fetched_at_utc, loaded_at_utc,
		coalesce(to_jsonb(w) ->> 'provisional', 'false') = 'true' as provisional,
		rows > 0 and coalesce(to_jsonb(w) ->> 'deleted', '0') = '0' as told_again
	from :"schema".qb_windows as w
	where realm_id = :'realm' and entity = :'entity'
		and by in ('updated', 'change', 'census')
)
select (extract(epoch from max(least(range_end_utc, date_trunc('second',
	(coalesce(fetched_at_utc, loaded_at_utc) - :'settle'::interval)
		at time zone 'UTC') at time zone 'UTC'))) * 1000000)::bigint
from windows
where by = 'census' and not provisional
	and (range_start_utc <= (select min(range_start_utc) from windows
		where by <> 'census')) is not false
	and (seq < (select max(seq) from windows
		where by = 'census' and provisional and not told_again)) is not true;
