#include "status/loaded_company.h"

static const char landing_table_sql[] =
#include "sql/check/landing_table.sql.h"
	;
static const char company_sql[] =
#include "sql/status/company.sql.h"
	;

bool
loaded_company_read(const struct ledger_query *l,
		    char name[LOADED_COMPANY_NAME], struct failure *why)
{
	const struct sql_variable with[] = { { "schema", l->schema },
					     { "realm", l->realm },
					     { "table", "company_infos" } };
	struct pg_result answer = { 0 };

	*name = '\0';
	if (!l->exists)
		return true;
	bool done = pg_run(l->pg, landing_table_sql, with, LENGTH(with),
			   &answer, why);
	bool readable =
		done && answer.rows && !strcmp(pg_text(&answer, 0, 0), "t");
	pg_result_free(&answer);
	if (!readable)
		return done;
	done = pg_run(l->pg, company_sql, with, LENGTH(with), &answer, why);
	if (done && answer.rows)
		snprintf(name, LOADED_COMPANY_NAME, "%s",
			 pg_text(&answer, 0, 0));
	pg_result_free(&answer);
	return done || fail_in(why, "table %s.company_infos", l->schema);
}
