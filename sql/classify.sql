-- Which rows of the window are not in the table just so, a line each, in the
-- order of their ids: its n, its place, and
--	i	its id is not in the table
--	u	newer than the one that is
--	s	stale: older than the one in the table, or than another of the
--		same id in this window
-- All others are there already: nothing is written, and nothing is said.
-- In the order of newness that sql/merge.sql has, too.  To see which of several
-- is the newest all keys are put in order, so it is only done where an id may be
-- there twice (doubled = t).
--
-- Each key looks for its own row: sql/keys.sql leaves the planner no other join.
copy (
	with keyed as (
		select *, false as superseded
		from qb_keys
		where not :'doubled'
		union all
		select *, coalesce(id = lead(id) over (
			order by id collate "C",
				coalesce(updated_at_utc, '-infinity'),
				fetched_at_utc, fingerprint, n), false)
		from qb_keys
		where :'doubled'
	), told as materialized ( -- so that only these are put in order
		select k.n, k.place, k.id,
			case
			when k.superseded then 's'
			when stored.fetched_at_utc is null then 'i'
			when (coalesce(k.updated_at_utc, '-infinity'),
					k.fetched_at_utc, k.fingerprint)
				> (coalesce(stored.updated_at_utc, '-infinity'),
					stored.fetched_at_utc,
					stored.fingerprint) then 'u'
			else 's'
			end as verdict
		from keyed k
		left join :"schema".:"table" stored on stored.id = k.id
		where k.superseded
			or (k.fingerprint = stored.fingerprint
				and k.updated_at_utc is not distinct from
					stored.updated_at_utc) is not true
	)
	-- one line a key, also where the table has none that forbids two rows
	select distinct on (id collate "C", n) n, place, verdict
	from told
	order by id collate "C", n
) to stdout
