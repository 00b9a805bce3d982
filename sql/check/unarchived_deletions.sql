-- How many rows of a landing table were marked as deleted by a window that was not
-- archived, so that a replay of the archive makes them live again; and when the first
-- and the last of them was deleted, in microseconds since 1970:
--	psql -v schema=raw -v table=invoices -v realm=4620 -v entity=Invoice \
--		-v by=updated -v run= -v start=2025-01-01 -v end=2026-01-01 \
--		-f sql/check/unarchived_deletions.sql
-- An empty run: by any run.  Of the rows that lie in the range by the time that by
-- names, and of those that were deleted in it; by whole all.
--
-- Whatever a reading reads again, qb-census tells the deleted rows of once more
-- (sql/audit/deleted_rows.sql): so a row is archived if a later run read a range in
-- which it lies, and archived a window by census that begins and ends where it may hold
-- it.  (to_jsonb, since the ledger of an older version does not have these columns.)
with entries as (
	select seq, run_id, by, range_start_utc, range_end_utc, rows, archive_file,
		coalesce((to_jsonb(w) ->> 'deleted')::bigint, 0) as deleted,
		coalesce((to_jsonb(w) ->> 'provisional')::boolean, false)
			as provisional
	from :"schema".qb_windows as w
	where realm_id = :'realm' and entity = :'entity'
), marked as (
	select run_id, max(seq) as seq
	from entries
	where by in ('census', 'change', 'whole') and deleted > 0
		and archive_file is null and :'run' in ('', run_id)
	group by run_id
), told as (
	select run_id, range_start_utc as created_from_utc,
		range_end_utc as created_until_utc, seq
	from entries
	where by = 'census' and provisional and rows > 0
		and archive_file is not null
), read as (
	-- windows that touch are one
	select run_id, by, min(seq) as first_seq, max(seq) as last_seq,
		min(range_start_utc) as start_utc, max(range_end_utc) as end_utc
	from (
		select *, count(*) filter (where apart) over (
			partition by run_id, by
			order by range_start_utc, range_end_utc, seq) as island
		from (
			select *, range_start_utc > max(range_end_utc) over (
				partition by run_id, by
				order by range_start_utc, range_end_utc, seq
				rows between unbounded preceding
				and 1 preceding) as apart
			from entries
			where by in ('updated', 'created', 'txn-date', 'whole')
				and run_id in (select run_id from told)
		) as neighbours
	) as stretches
	group by run_id, by, island
), archived as (
	select by, start_utc, end_utc, first_seq, created_from_utc,
		created_until_utc
	from read join told using (run_id)
	where last_seq < seq
), deletions as (
	select run_id, seq, deleted_at_utc, created_utc,
		(payload ->> 'TxnDate')::timestamp at time zone 'UTC' as dated_utc,
		case when page_size = 0 and updated_at_utc is null
			then deleted_at_utc else updated_at_utc end as updated_utc
	from (
		select *, (payload #>> '{MetaData,CreateTime}')::timestamptz
			as created_utc
		from :"schema".:"table"
		where deleted_at_utc is not null
	) as deleted
	join marked using (run_id)
)
select count(*), (extract(epoch from min(deleted_at_utc)) * 1000000)::bigint,
	(extract(epoch from max(deleted_at_utc)) * 1000000)::bigint
from deletions as d
where (:'by' = 'whole'
	or case :'by' when 'created' then created_utc when 'txn-date' then dated_utc
		else updated_utc end >= :'start'::timestamptz
	and case :'by' when 'created' then created_utc when 'txn-date' then dated_utc
		else updated_utc end < :'end'::timestamptz
	or deleted_at_utc >= :'start'::timestamptz
		and deleted_at_utc < :'end'::timestamptz)
	and not exists (
		select from archived as a
		where a.first_seq > d.seq
			and coalesce(created_utc, deleted_at_utc)
				>= created_from_utc
			and coalesce(created_utc, deleted_at_utc)
				< created_until_utc
			and (case a.by when 'created' then created_utc
				when 'txn-date' then dated_utc
				else updated_utc end >= start_utc
			and case a.by when 'created' then created_utc
				when 'txn-date' then dated_utc
				else updated_utc end < end_utc
			or a.by = 'whole'
			or a.by = 'updated' and deleted_at_utc >= start_utc
				and deleted_at_utc < end_utc));
