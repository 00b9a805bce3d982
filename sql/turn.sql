-- Who writes into a landing table, asked before its rows are classified: many
-- side by side (alone = f), or one (alone = t).
--
-- Side by side no two wait for each other in a circle: each inserts what is new
-- to it in the order of the ids (sql/insert.sql), only then changes what was
-- there, in that order too (sql/merge.sql), and only then takes the ledger's
-- lock.  Two that insert the same id: the second waits for the first to commit,
-- is refused, and comes again, alone; it finds the row there then.
select case when :'alone'::boolean
	then pg_advisory_xact_lock(key)
	else pg_advisory_xact_lock_shared(key) end
from hashtextextended('qb rows ' || :'schema' || ' ' || :'table', 0) as key;
