-- Which of some rows are not in the table just so: $1 are their ids, $2 when each
-- was updated, $3 when it was fetched, $4 the fingerprint of its payload.  Answers
-- which, from 0, and
--	i	its id is not in the table
--	u	newer than the one that is
--	s	stale: older than the one in the table
-- All others are there already: nothing is written, and nothing is said.
-- In the order of newness that sql/load/merge.sql has, too.
--
-- Each key looks for its own row: sql/load/plan_hints.sql leaves the planner no other join.
with keys as (
	select
		generate_series(0, cardinality($1::text[]) - 1) as n,
		unnest($1::text[]) as id,
		unnest($2::timestamptz[]) as updated_at_utc,
		unnest($3::timestamptz[]) as fetched_at_utc,
		unnest($4::bigint[]) as fingerprint
)
-- one answer a key, also where the table has none that forbids two rows
select distinct on (k.n) k.n,
	case
	when stored.fetched_at_utc is null then 'i'
	when (coalesce(k.updated_at_utc, '-infinity'), k.fetched_at_utc,
			k.fingerprint)
		> (coalesce(stored.updated_at_utc, '-infinity'),
			stored.fetched_at_utc, stored.fingerprint) then 'u'
	else 's'
	end
from keys k
left join :"schema".:"table" stored on stored.id = k.id
where (k.fingerprint = stored.fingerprint
	and k.updated_at_utc is not distinct from stored.updated_at_utc) is not true
order by k.n;
