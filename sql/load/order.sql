-- The rows of a window in the order of their ids, a line each: its n, its place,
-- and whether another of the same id in this window is newer, in the order of
-- newness that sql/load/merge.sql has.
copy (
	select n, place, coalesce(id = lead(id) over newness, false)
	from qb_keys
	window newness as (order by id collate "C",
		coalesce(updated_at_utc, '-infinity'), fetched_at_utc,
		fingerprint, n)
	order by id collate "C", n
) to stdout
