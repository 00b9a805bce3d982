-- The history of an entity begins, unless it has begun already.
insert into :"schema".qb_history_since (entity, table_name)
select :'entity', :'table'
where not exists (select from :"schema".qb_history_since
	where entity = :'entity')
on conflict do nothing;
