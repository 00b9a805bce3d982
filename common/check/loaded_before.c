#include "check/loaded_before.h"

static const char loaded_before_sql[] =
#include "sql/check/loaded_before.sql.h"
	;

static const char table_exists_sql[] =
	"select to_regclass(format('%I.%I', :'schema', :'table')) is not null";

static const char has_rows_sql[] =
	"select exists (select from :\"schema\".:\"table\""
	" where realm_id = :'realm')";

static bool
ask(const struct ledger_query *l, const char *sql, const struct proof *proof,
    bool *yes, struct failure *why)
{
	const struct sql_variable with[] = {
		{ "schema", l->schema },
		{ "realm", l->realm },
		{ "entity", proof->entity->name },
		{ "table", proof->entity->table },
	};
	struct pg_result answer = { 0 };
	bool done = pg_run(l->pg, sql, with, LENGTH(with), &answer, why);

	if (done)
		*yes = !strcmp(pg_text(&answer, 0, 0), "t");
	pg_result_free(&answer);
	return done || fail_in(why, "schema %s", l->schema);
}

bool
loaded_before_read(const struct ledger_query *l, struct proof *proof,
		   struct failure *why)
{
	bool *before = &proof->loaded_before, exists = false;

	if (!l->exists)
		return true;
	if (!ask(l, loaded_before_sql, proof, before, why))
		return false;
	if (*before || proof->entity->shape == SHAPE_REPORT)
		return true;
	return ask(l, table_exists_sql, proof, &exists, why) &&
	       (!exists || ask(l, has_rows_sql, proof, before, why));
}
