-- A temporary table for the keys of a window.  Used only where the client cannot
-- sort the rows itself, because an id may occur twice or there are too many;
-- sql/load/sort_keys.sql does it then.

-- enough to sort a window of some ten thousand rows in memory
set local work_mem = '32MB';

create temporary table if not exists qb_keys (
	n bigint not null,			-- which row of the window, from 0
	spool_offset bigint not null,		-- where the client has buffered it
	id text not null,
	updated_at_utc timestamptz,
	fetched_at_utc timestamptz not null,
	fingerprint bigint not null
) on commit delete rows;

-- keys of the previous window of this transaction
delete from pg_temp.qb_keys;
