-- Was something of an entity loaded that is not in the archive, where others of its
-- windows are, over a time after :asked or since then?
--	psql -v schema=raw -v realm=4620 -v entity=Invoice -v asked=2025-01-01 \
--		-f sql/check/unarchived.sql
select exists (select from :"schema".qb_windows
		where realm_id = :'realm' and entity = :'entity'
			and archive_file is not null)
	and exists (select from :"schema".qb_windows
		where realm_id = :'realm' and entity = :'entity'
			and archive_file is null and rows > 0
			and greatest(range_end_utc, loaded_at_utc) > :'asked');
