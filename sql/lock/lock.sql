-- Hold the right to read an entity into a schema, until the session ends:
--	psql -v schema=raw -v entity=Invoice -f sql/lock/lock.sql
-- Who has it already is told by sql/lock/holder.sql.
select pg_try_advisory_lock(
	hashtextextended('qb alone ' || :'schema' || ' ' || :'entity', 0));
