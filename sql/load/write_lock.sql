-- Who writes into a landing table, asked before its rows are classified: many
-- side by side, or one: because it must (alone = t), or because nobody else is
-- there (only = t: in a first load, by the only loader of its process).  Answers
-- whether it is one.
--
-- Side by side no two wait for each other in a circle: each inserts what is new
-- to it in the order of the ids (sql/load/insert.sql), only then changes what was
-- there, in that order too (sql/load/merge.sql), and only then takes the ledger's
-- lock.  Two that insert the same id: the second waits for the first to commit,
-- is refused, and comes again, alone; it finds the row there then.  One that has
-- the table to itself may insert in any order.
select case
	when :'alone'::boolean then pg_advisory_xact_lock(key) is not null
	when :'only'::boolean and pg_try_advisory_xact_lock(key) then true
	else pg_advisory_xact_lock_shared(key) is null end
from hashtextextended('qb rows ' || :'schema' || ' ' || :'table', 0) as key;
