-- The rows of a landing table that are marked as deleted since a time, at most 1001 of
-- them, by the index of deleted rows:
--	psql -v schema=raw -v table=invoices -v since=2025-01-01 \
--		-f sql/check/known_gone.sql
select id
from :"schema".:"table"
where deleted_at_utc >= :'since'
limit 1001;
