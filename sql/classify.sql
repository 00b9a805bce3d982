-- Which rows of the window are wanted, a line each, in the order of their ids:
-- its n, its place, and
--	i	its id is not in the table
--	u	newer than the one that is
--	=	the same: nothing will be written
--	s	stale: older than the one in the table, or than another of the
--		same id in this window
-- In the order of newness that sql/merge.sql has, too.
copy (
	select k.n, k.place,
		case
		when k.superseded then 's'
		when stored.fetched_at_utc is null then 'i'
		when k.fingerprint = stored.fingerprint
			and k.updated_at_utc
				is not distinct from stored.updated_at_utc then '='
		when (coalesce(k.updated_at_utc, '-infinity'),
				k.fetched_at_utc, k.fingerprint)
			> (coalesce(stored.updated_at_utc, '-infinity'),
				stored.fetched_at_utc, stored.fingerprint) then 'u'
		else 's'
		end
	from (
		select *, id collate "C" as in_order, coalesce(id = lead(id) over (
			order by id collate "C",
				coalesce(updated_at_utc, '-infinity'),
				fetched_at_utc, fingerprint, n), false) as superseded
		from qb_keys
	) k
	left join :"schema".:"table" stored on stored.id = k.id
	order by k.in_order
) to stdout
