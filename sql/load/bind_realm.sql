-- Bind the schema to its company; where it is bound already, nothing changes.
-- Two first loads at once: the second waits here for the first to commit.
insert into :"schema".qb_realm (realm_id)
select :'realm'
where not exists (select from :"schema".qb_realm)
on conflict do nothing;

select realm_id from :"schema".qb_realm;
