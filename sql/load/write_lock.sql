-- Lock the landing table for writing, until commit: shared, or exclusive.  It is
-- exclusive if it has to be (exclusive = t), or if no other loader is writing
-- (sole = t: in a first load, by the only loader of its process).  Returns whether
-- it is exclusive.
--
-- Loaders that share the lock cannot deadlock: each first inserts new rows in the
-- order of the ids (sql/load/insert.sql), then updates rows in that order
-- (sql/load/merge.sql), then takes the ledger's lock.  Where two insert the same
-- id, the second waits until the first has committed, fails, and tries again with
-- the lock exclusive; it finds the row then.  With an exclusive lock rows may be
-- inserted in any order, and rows be marked as deleted that are not in the order of
-- those that were updated before (sql/load/gone.sql), or be recorded in the history
-- (sql/history/record.sql).
select case
	when :'exclusive'::boolean then pg_advisory_xact_lock(key) is not null
	when :'sole'::boolean and pg_try_advisory_xact_lock(key) then true
	else pg_advisory_xact_lock_shared(key) is null end
from hashtextextended('qb rows ' || :'schema' || ' ' || :'table', 0) as key;
