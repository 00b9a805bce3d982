-- Lock an entity of a schema, until the session ends:
--	psql -v schema=raw -v entity=Invoice -f sql/lock/lock.sql
-- If another session has the lock, sql/lock/lock_holder.sql tells which.
select pg_try_advisory_lock(
	hashtextextended('qb alone ' || :'schema' || ' ' || :'entity', 0));
