-- How sql/load/compare.sql finds the rows that are there.  Once the table has been
-- analyzed other joins are planned, which read all of it for each window.
set local enable_hashjoin = off;
set local enable_mergejoin = off;
select set_config('enable_memoize', 'off', true)	-- before 14 there is none
where current_setting('enable_memoize', true) is not null;
