-- The rows of a window, sorted by id, one line per row: its n, its spool_offset,
-- and whether another row of the same id in this window is newer.  Newer is as
-- in sql/load/merge.sql.
copy (
	select n, spool_offset, coalesce(id = lead(id) over newness, false)
	from qb_keys
	window newness as (order by id collate "C",
		coalesce(updated_at_utc, '-infinity'), fetched_at_utc,
		fingerprint, n)
	order by id collate "C", n
) to stdout
