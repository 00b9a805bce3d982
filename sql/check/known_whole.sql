-- The rows of a landing table that are not deleted, with the fingerprint of their
-- payload, at most 10001 of them:
--	psql -v schema=raw -v table=tax_codes -f sql/check/known_whole.sql
select id, fingerprint
from :"schema".:"table"
where deleted_at_utc is null
limit 10001;
