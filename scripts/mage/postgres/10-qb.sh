#!/bin/bash
# 10-qb.sh - create the roles, the schema raw and its tables.  The PostgreSQL
# image runs it when its volume is empty; it can be run again at any time.
#
# Each role has only the rights it needs: qb_loader writes rows and the ledger,
# qb_reader reads (pgAdmin uses it), mage owns Mage's own database.
set -eu
export PGOPTIONS='-c client_min_messages=warning'

database=${POSTGRES_DB:-qbo}
as() {	# as DATABASE: SQL on standard input
	psql -X -q -P pager=off -v ON_ERROR_STOP=1 -U "${POSTGRES_USER:-postgres}" -d "$@"
}

as "$database" <<'END'
\set loader `cat /run/qb/loader`
\set reader `cat /run/qb/reader`
\set database `cat /run/qb/database`
select format('create role %I login', name)
from unnest(array['qb_loader', 'qb_reader', 'mage']) name
where not exists (select from pg_roles where rolname = name) \gexec
alter role qb_loader password :'loader';
alter role qb_reader password :'reader';
alter role mage password :'database';
select 'create database mage owner mage'
where not exists (select from pg_database where datname = 'mage') \gexec
revoke connect on database mage from public;
revoke all on schema public from public;
END

as "$database" -v schema=raw -f /qb/sql/schema/schema.sql
for table in customers invoices items; do
	as "$database" -v schema=raw -v "table=$table" -f /qb/sql/schema/table.sql >/dev/null
done
as "$database" -v schema=raw -v role=qb_loader -f /qb/sql/schema/grants.sql
as "$database" <<'END'
grant usage on schema raw to qb_reader;
grant select on all tables in schema raw to qb_reader;
alter default privileges in schema raw grant select on tables to qb_reader;
END
