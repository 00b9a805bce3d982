-- Compare rows with the landing table: $1 are their ids, $2 LastUpdatedTime, $3
-- when each was fetched, $4 the fingerprint of its payload.  Returns the row's
-- position in these arrays, from 0, and
--	i	insert: the table has no row of this id
--	u	update: newer than the row in the table, or that row is deleted and
--		this one takes it back
--	s	stale: older than the row in the table
-- Unchanged rows are not returned.  Newer is as in sql/load/merge.sql.  own_time is
-- f where LastUpdatedTime may be the time of the response: stream/fingerprint.h.
--
-- The joins are nested loops over the primary key, and over the index of deleted
-- rows, which are few: sql/load/plan_hints.sql.
with keys as (
	select
		generate_series(0, cardinality($1::text[]) - 1) as n,
		unnest($1::text[]) as id,
		unnest($2::timestamptz[]) as updated_at_utc,
		unnest($3::timestamptz[]) as fetched_at_utc,
		unnest($4::bigint[]) as fingerprint
)
-- one result per key, also where the table has no unique key
select distinct on (k.n) k.n,
	case
	when stored.fetched_at_utc is null then 'i'
	when (coalesce(k.updated_at_utc, '-infinity'), k.fetched_at_utc,
			k.fingerprint)
		> (coalesce(stored.updated_at_utc, '-infinity'),
			stored.fetched_at_utc, stored.fingerprint) then 'u'
	when k.fetched_at_utc > gone.fetched_at_utc or gone.page_size = 0
		then 'u'
	else 's'
	end
from keys k
left join :"schema".:"table" stored on stored.id = k.id
-- lateral, with a limit: looked up by id, however many rows are deleted
left join lateral (
	select fetched_at_utc, page_size from :"schema".:"table" deleted
	where deleted.id = stored.id and deleted.deleted_at_utc is not null
	limit 1
) gone on true
where (k.fingerprint = stored.fingerprint
	and (k.updated_at_utc is not distinct from stored.updated_at_utc
		or not :'own_time'::boolean)
	and (k.fetched_at_utc > gone.fetched_at_utc) is not true) is not true
order by k.n;
