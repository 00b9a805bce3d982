-- When a window of what changed was last read, in microseconds since 1970; null if
-- none was:
--	psql -v schema=raw -v realm=4620 -v entity=Invoice -f sql/audit/last_read.sql
select (extract(epoch from max(coalesce(fetched_at_utc, loaded_at_utc)))
	* 1000000)::bigint
from :"schema".qb_windows
where realm_id = :'realm' and entity = :'entity' and by in ('updated', 'change');
