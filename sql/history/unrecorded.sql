-- Which rows does the history not have yet?  The parameters are those of
-- sql/load/compare.sql, and so is the result: positions, from 0.  Stale rows among
-- them are sent to the server, to be recorded by sql/history/record.sql; so that
-- loading an archive again sends none.
with keys as (
	select
		generate_series(0, cardinality($1::text[]) - 1) as n,
		unnest($1::text[]) as id,
		unnest($2::timestamptz[]) as updated_at_utc,
		unnest($3::timestamptz[]) as fetched_at_utc,
		unnest($4::bigint[]) as fingerprint
)
select k.n
from keys k
where not exists (select from :"schema".qb_versions v
	where v.entity = :'entity' and v.id = k.id and not v.deleted
		and v.changed_at_utc = coalesce(k.updated_at_utc, '-infinity')
		and v.fingerprint = k.fingerprint
		and v.seen_at_utc >= k.fetched_at_utc);
