-- Grant what a role needs to load into tables that it does not own:
--	psql -v schema=raw -v role=loader -f sql/schema/grants.sql
-- Includes tables that the user who runs this creates later.  Without the right to
-- delete from the ledger, no entry is replaced by a later one: qb-load(1).
begin;
select format('grant temporary on database %I to %I', current_database(),
	:'role') \gexec
grant usage on schema :"schema" to :"role";
grant select, insert, update on all tables in schema :"schema" to :"role";
revoke update on :"schema".qb_windows, :"schema".qb_realm from :"role";
alter default privileges in schema :"schema"
	grant select, insert, update on tables to :"role";
commit;
