-- Was anything of an entity ever loaded, however it was read?
--	psql -v schema=raw -v realm=4620 -v entity=Invoice -f sql/check/loaded_before.sql
select exists (
	select from :"schema".qb_windows
	where realm_id = :'realm' and entity = :'entity' and rows > 0
);
