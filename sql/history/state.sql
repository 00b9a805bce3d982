-- Does the schema have the tables of the history (sql/schema/history.sql), and the
-- one of its settings?
select
	count(*) filter (where c.relname = 'qb_settings') = 1,
	count(*) = 4
from pg_class c
join pg_namespace s on s.oid = c.relnamespace
where s.nspname = :'schema' and c.relname in (
	'qb_settings', 'qb_history_since', 'qb_versions', 'qb_history');
