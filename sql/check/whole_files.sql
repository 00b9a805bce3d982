-- The windows of an entity that is read whole which together have all its rows: from
-- the last archived reading on that brought all of them, or all there are; in the order
-- in which they were read:
--	psql -v schema=raw -v realm=4620 -v entity=TaxCode -v run= \
--		-f sql/check/whole_files.sql
-- The range, in microseconds since 1970; the rows and the SHA-256 of the seal; the file,
-- null if it was not archived.  An empty run: of any run.  count_before is how many rows
-- QuickBooks had; those that were known did not come.
with entries as (
	select seq, by, range_start_utc, range_end_utc, rows, rows_left,
		count_before, seal_sha256, archive_file,
		coalesce(fetched_at_utc, loaded_at_utc) as read_utc
	from :"schema".qb_windows
	where realm_id = :'realm' and entity = :'entity'
		and :'run' in ('', run_id)
		and by <> 'census' and (rows > 0 or archive_file is not null)
)
select (extract(epoch from range_start_utc) * 1000000)::bigint,
	(extract(epoch from range_end_utc) * 1000000)::bigint,
	rows, seal_sha256, archive_file
from entries
where read_utc >= coalesce((select max(read_utc) from entries
		where by = 'whole' and archive_file is not null
			and rows - rows_left >= count_before), '-infinity')
order by read_utc, seq;
