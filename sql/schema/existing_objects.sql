-- What is there: the schema, its ledger, the landing table, a unique index on id
-- that is checked immediately; and whether the table's file has no bytes, so that
-- it has no row.  Whether this user may create what is missing shows when it tries.
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
	-- asking for the size takes a lock, so only for this one table
	coalesce((select c.relkind = 'r' and not c.relhassubclass
			and pg_relation_size(c.oid) = 0
		from pg_class c
		join pg_namespace s on s.oid = c.relnamespace
		where s.nspname = :'schema' and c.relname = :'table'), false);
