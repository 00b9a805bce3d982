-- A window's keys, inside its own transaction; temporary, so nobody else sees
-- them, and they are not written to the log.

-- A window of some ten thousand rows is put in order without a disk.
set local work_mem = '32MB';
-- Once the table has been analyzed other joins are planned, which read all of it
-- for each window.
set local enable_hashjoin = off;
set local enable_mergejoin = off;
select set_config('enable_memoize', 'off', true)	-- before 14 there is none
where current_setting('enable_memoize', true) is not null;

-- Each row's key and how new it is: enough to know whether it is wanted.
create temporary table if not exists qb_keys (
	n bigint not null,			-- which row of the window, from 0
	place bigint not null,			-- where it waits at the client
	id text not null,
	updated_at_utc timestamptz,
	fetched_at_utc timestamptz not null,
	fingerprint bigint not null
) on commit delete rows;
