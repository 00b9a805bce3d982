-- How many rows of qb_stage the table has unchanged, whoever wrote them, or has
-- taken back.  Run when another loader wrote to the table between
-- sql/load/compare.sql and merge.sql.
select count(*)
from qb_stage s
join :"schema".:"table" t on t.id = s.id
where (t.fingerprint = s.fingerprint
		and (t.updated_at_utc is not distinct from s.updated_at_utc
			or not :'own_time'::boolean))
	or (t.fetched_at_utc = s.fetched_at_utc and t.run_id = s.run_id);
