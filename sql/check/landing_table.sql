-- Can the rows of a landing table that are marked as deleted be counted?
--	psql -v schema=raw -v table=invoices -f sql/check/landing_table.sql
-- Whether this role may read the table; and whether counting is cheap, because the
-- table has an index of these rows, or is small.  No row: there is no such table.
select has_table_privilege(c.oid, 'select'),
	pg_relation_size(c.oid) < 64 * 1024 * 1024
		or exists (select from pg_index i
			where i.indrelid = c.oid and i.indisvalid
				and pg_get_expr(i.indpred, i.indrelid)
					like '%deleted_at_utc IS NOT NULL%')
from pg_class c
join pg_namespace s on s.oid = c.relnamespace
where s.nspname = :'schema' and c.relname = :'table';
