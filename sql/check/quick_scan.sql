-- Can the rows of a landing table that were changed since a time be found quickly?
--	psql -v schema=raw -v table=invoices -f sql/check/quick_scan.sql
-- Whether this role may read the table; and whether it is small, or its primary key has
-- what is needed, is not large, and was vacuumed.  No row: there is no such table.
select has_table_privilege(c.oid, 'select'),
	pg_relation_size(c.oid) < 64 * 1024 * 1024
		or c.relallvisible >= 0.95 * c.relpages
			and exists (select from pg_index i
				where i.indrelid = c.oid and i.indisprimary
					and i.indnatts > i.indnkeyatts
					and pg_relation_size(i.indexrelid)
						< 256 * 1024 * 1024)
from pg_class c
join pg_namespace s on s.oid = c.relnamespace
where s.nspname = :'schema' and c.relname = :'table';
