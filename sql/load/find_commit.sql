-- The connection broke during COMMIT: is the window in the ledger?  Its transaction
-- held this lock until it ended, so the answer is final.
--
-- The entry of a window without rows may have been replaced since (replaceable t:
-- sql/load/ledger.sql); by one that contains it, and so says that it was loaded.
set local lock_timeout = '5s';
select pg_advisory_xact_lock(
	hashtextextended('qb ledger ' || :'schema' || ' ' || :'entity', 0));

select 1 from :"schema".qb_windows
where seq = :'seq' and seal_sha256 = :'sha256' and run_id = :'run'
	and to_char(loaded_at_utc, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
		= :'loaded_at'
union all
(select 1 from :"schema".qb_windows
where :'replaceable' = 't' and entity = :'entity' and seq > :'seq'
	and (by = :'by' or (by in ('updated', 'change')
		and :'by' in ('updated', 'change')))
	and range_start_utc <= :'start' and range_end_utc >= :'end'
limit 1);
