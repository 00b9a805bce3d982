-- The rows of a landing table that are marked as deleted:
--	psql -v schema=raw -v table=invoices -f sql/status/deleted_rows.sql
select count(*)
from :"schema".:"table"
where deleted_at_utc is not null;
