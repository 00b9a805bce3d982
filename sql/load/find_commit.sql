-- The connection broke during COMMIT: is the window in the ledger?  Its transaction
-- held this lock until it ended, so the answer is final.
set local lock_timeout = '5s';
select pg_advisory_xact_lock(
	hashtextextended('qb ledger ' || :'schema' || ' ' || :'entity', 0));

select 1 from :"schema".qb_windows
where seq = :'seq' and seal_sha256 = :'sha256' and run_id = :'run'
	and to_char(loaded_at_utc, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
		= :'loaded_at';
