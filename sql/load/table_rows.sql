-- How many rows a landing table has:
--	psql -v schema=raw -v table=invoices -v entity=Invoice -v by=updated \
--		-f sql/load/table_rows.sql
-- Of the table of all reports those of the entity, by their ids, as in
-- sql/load/ledger.sql: "ProfitAndLoss?accounting_method=Cash&...".
select count(*)
from :"schema".:"table"
where :'by' <> 'report'
	or split_part(id, '?', 1) = split_part(:'entity', ':', 2)
	and coalesce(substring(id from 'accounting_method=([A-Za-z]+)'), '')
		= split_part(:'entity', ':', 3);
