-- Which session has the lock of sql/lock/lock.sql?  Leaves out what this role may
-- not see of other sessions.
select format('server process %s of user %s', a.pid, a.usename)
	|| coalesce(' from ' || host(a.client_addr), '')
	|| coalesce(' since ' || to_char(a.backend_start at time zone 'UTC',
		'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '')
from pg_locks l
join pg_stat_activity a using (pid)
where l.locktype = 'advisory' and l.granted and l.objsubid = 1
	and l.database = (
		select oid from pg_database where datname = current_database())
	and (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended(
		'qb alone ' || :'schema' || ' ' || :'entity', 0);
