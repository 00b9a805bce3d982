-- Rows of qb_stage that stand in the table just so, whoever put them there:
-- asked when another loader was there between classify.sql and merge.sql.
select count(*)
from qb_stage s
join :"schema".:"table" t on t.id = s.id
where t.fingerprint = s.fingerprint
	and t.updated_at_utc is not distinct from s.updated_at_utc;
