-- Have the planner choose a nested loop for sql/load/compare.sql.  Once the table
-- has been analyzed it prefers joins that read all of the table for each window.
set local enable_hashjoin = off;
set local enable_mergejoin = off;
select set_config('enable_memoize', 'off', true)	-- new in 14
where current_setting('enable_memoize', true) is not null;
