-- A window's keys, in a table that is temporary, so nobody else sees them and
-- they are not written to the log: only where the client cannot put them in
-- order, which sql/load/order.sql does.

-- A window of some ten thousand rows is put in order without a disk.
set local work_mem = '32MB';

create temporary table if not exists qb_keys (
	n bigint not null,			-- which row of the window, from 0
	place bigint not null,			-- where it waits at the client
	id text not null,
	updated_at_utc timestamptz,
	fetched_at_utc timestamptz not null,
	fingerprint bigint not null
) on commit delete rows;

-- Of another window of the same transaction.
delete from pg_temp.qb_keys;
