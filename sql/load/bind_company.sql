-- Bind the schema to a company, unless it is bound already; returns its company.
-- Of two first loads at the same time the second waits here for the first.
insert into :"schema".qb_realm (realm_id)
select :'realm'
where not exists (select from :"schema".qb_realm)
on conflict do nothing;

select realm_id from :"schema".qb_realm;
