-- The rows of a landing table that were changed since a time and are not deleted, with
-- the fingerprint of their payload, at most 1001 of them:
--	psql -v schema=raw -v table=invoices -v since=2025-01-01 \
--		-f sql/check/known_rows.sql
-- The primary key has both columns, so where the table was vacuumed it is not read.
select id, fingerprint
from :"schema".:"table" as t
where updated_at_utc >= :'since' and not exists (
	select from :"schema".:"table" as d
	where d.id = t.id and d.deleted_at_utc is not null)
limit 1001;
