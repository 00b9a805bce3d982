-- Was something of an entity that is read whole loaded without an archive, while others
-- of its windows have a file, and has no later reading one?
--	psql -v schema=raw -v realm=4620 -v entity=TaxCode \
--		-f sql/check/unarchived_whole.sql
-- The first archived reading after it is to bring all rows again, so it has them all.
select exists (select from :"schema".qb_windows
		where realm_id = :'realm' and entity = :'entity'
			and archive_file is not null)
	and exists (select from :"schema".qb_windows as w
		where realm_id = :'realm' and entity = :'entity'
			and archive_file is null and rows > 0
			and not exists (select from :"schema".qb_windows
				where realm_id = :'realm' and entity = :'entity'
					and by = 'whole' and rows > 0
					and archive_file is not null
					and coalesce(fetched_at_utc, loaded_at_utc)
						> coalesce(w.fetched_at_utc,
							w.loaded_at_utc)));
