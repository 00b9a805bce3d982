-- Was something of an entity that is read whole loaded without an archive, while others
-- of its windows have a file, and has no later reading that brought all rows one?
--	psql -v schema=raw -v realm=4620 -v entity=TaxCode \
--		-f sql/check/unarchived_whole.sql
-- count_before is how many rows QuickBooks had; those that were known did not come.
select exists (select from :"schema".qb_windows
		where realm_id = :'realm' and entity = :'entity'
			and archive_file is not null)
	and exists (select from :"schema".qb_windows as w
		where realm_id = :'realm' and entity = :'entity'
			and archive_file is null and rows > 0
			and not exists (select from :"schema".qb_windows
				where realm_id = :'realm' and entity = :'entity'
					and by = 'whole' and archive_file is not null
					and rows - rows_left >= count_before
					and coalesce(fetched_at_utc, loaded_at_utc)
						> coalesce(w.fetched_at_utc,
							w.loaded_at_utc)));
