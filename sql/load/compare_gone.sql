-- Compare gone lines with the landing table: $1 are the ids, $2 QuickBooks' time
-- in the response that said so, $3 when each was deleted.  Returns how many
--	make a row, which the table does not have
--	mark a row as deleted, or as deleted at another time
--	are unchanged: the row is already deleted, at this time
--	are stale: the row was fetched later, or is deleted by a later line
-- and whether sql/load/gone.sql has anything to write.
with lines as (
	select id, at, deleted,
		row_number() over newest > 1 as superseded,
		first_value(deleted) over newest as last_deleted
	from unnest($1::text[], $2::timestamptz[], $3::timestamptz[])
		as line (id, at, deleted)
	window newest as (partition by id order by at desc, deleted desc)
), results as (
	select stored.fetched_at_utc < l.at as later,
		case
		when l.superseded then case when l.deleted = l.last_deleted
			then 'unchanged' else 'stale' end
		when stored.fetched_at_utc is null then 'make'
		when l.deleted = stored.deleted_at_utc then 'unchanged'
		when (l.at, l.deleted) >= (stored.fetched_at_utc,
			coalesce(stored.deleted_at_utc, '-infinity')) then 'mark'
		else 'stale'
		end as result
	from lines l
	left join :"schema".:"table" stored on stored.id = l.id
)
select
	count(*) filter (where result = 'make'),
	count(*) filter (where result = 'mark'),
	count(*) filter (where result = 'unchanged'),
	count(*) filter (where result = 'stale'),
	coalesce(bool_or(result in ('make', 'mark') or later), false)
from results;
