-- Is the place there?  The schema, its ledger, the landing table; and whether
-- this user may make what is missing is seen by trying.
select
	exists (select from pg_namespace where nspname = :'schema'),
	exists (select from pg_class c
		join pg_namespace s on s.oid = c.relnamespace
		where s.nspname = :'schema' and c.relname = 'qb_windows'),
	exists (select from pg_class c
		join pg_namespace s on s.oid = c.relnamespace
		where s.nspname = :'schema' and c.relname = :'table');
