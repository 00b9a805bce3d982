-- What a loader needs that owns nothing:
--	psql -v schema=raw -v role=loader -f sql/schema/grants.sql
-- Tables made later by the user who runs this are granted too.
begin;
select format('grant temporary on database %I to %I', current_database(),
	:'role') \gexec
grant usage on schema :"schema" to :"role";
grant select, insert, update on all tables in schema :"schema" to :"role";
revoke update on :"schema".qb_windows, :"schema".qb_realm from :"role";
alter default privileges in schema :"schema"
	grant select, insert, update on tables to :"role";
commit;
