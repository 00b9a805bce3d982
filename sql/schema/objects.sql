-- Is the place there?  The schema, its ledger, the landing table, and a key that
-- refuses a second row of an id at once; whether the table's file is empty, so
-- that it holds no row.  Whether this user may make what is missing is seen by
-- trying.
select
	exists (select from pg_namespace where nspname = :'schema'),
	exists (select from pg_class c
		join pg_namespace s on s.oid = c.relnamespace
		where s.nspname = :'schema' and c.relname = 'qb_windows'),
	exists (select from pg_class c
		join pg_namespace s on s.oid = c.relnamespace
		where s.nspname = :'schema' and c.relname = :'table'),
	exists (select from pg_index i
		join pg_class c on c.oid = i.indrelid
		join pg_namespace s on s.oid = c.relnamespace
		join pg_attribute a on a.attrelid = c.oid and a.attname = 'id'
		where s.nspname = :'schema' and c.relname = :'table'
			and i.indisunique and i.indisvalid and i.indimmediate
			and i.indpred is null and i.indnkeyatts = 1
			and i.indkey[0] = a.attnum),
	-- the size takes a lock, so only that of the one table is asked
	coalesce((select c.relkind = 'r' and not c.relhassubclass
			and pg_relation_size(c.oid) = 0
		from pg_class c
		join pg_namespace s on s.oid = c.relnamespace
		where s.nspname = :'schema' and c.relname = :'table'), false);
