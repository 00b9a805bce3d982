-- What is there: the schema, its ledger, the landing table, a unique index on id
-- that is checked immediately; whether the table's file has no bytes, so that it has
-- no row; which columns a ledger has that older versions did not create: 0 none, 1
-- calls and provisional, 2 deleted too (a table of that name without seal_sha256 is
-- none of ours, and lacks nothing); and the index of deleted rows.
-- Whether this user may create what is missing shows when it tries.
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
		where s.nspname = :'schema' and c.relname = :'table'), false),
	(select case
			when not coalesce(bool_or(a.attname = 'seal_sha256'), false) then 2
			when not array_agg(a.attname::text) @> '{calls, provisional}' then 0
			when not bool_or(a.attname = 'deleted') then 1
			else 2 end
		from pg_attribute a
		join pg_class c on c.oid = a.attrelid
		join pg_namespace s on s.oid = c.relnamespace
		where s.nspname = :'schema' and c.relname = 'qb_windows'
			and not a.attisdropped),
	-- this takes a lock, too
	(select coalesce(bool_or(pg_get_expr(i.indpred, i.indrelid)
				= '(deleted_at_utc IS NOT NULL)'), false)
		from pg_index i
		join pg_class c on c.oid = i.indrelid
		join pg_namespace s on s.oid = c.relnamespace
		join pg_attribute a on a.attrelid = c.oid and a.attname = 'id'
		where s.nspname = :'schema' and c.relname = :'table'
			and i.indisvalid and i.indkey[0] = a.attnum);
