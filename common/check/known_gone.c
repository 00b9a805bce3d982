#include "check/known_gone.h"
#include "json/json.h"

static const char landing_table_sql[] =
#include "sql/check/landing_table.sql.h"
	;
static const char known_gone_sql[] =
#include "sql/check/known_gone.sql.h"
	;

static bool
is_cheap(const struct ledger_query *l, const struct sql_variable *with,
	 size_t count, bool *cheap, struct failure *why)
{
	struct pg_result answer = { 0 };
	bool done = pg_run(l->pg, landing_table_sql, with, count, &answer, why);

	*cheap = done && answer.rows && !strcmp(pg_text(&answer, 0, 0), "t") &&
		 !strcmp(pg_text(&answer, 0, 1), "t");
	pg_result_free(&answer);
	return done;
}

static bool
write_ids(const struct pg_result *answer, struct buf *to, struct failure *why)
{
	if (!answer->rows || answer->rows > KNOWN_GONE_MOST)
		return true;
	for (int i = 0; i < answer->rows; i++)
		if (!buf_printf(to, why, i ? "," : "[") ||
		    !json_quote(slice_of(pg_text(answer, i, 0)), to, why))
			return false;
	return buf_printf(to, why, "]");
}

bool
known_gone_write(const struct ledger_query *l, const struct entity *entity,
		 int64_t since_us, struct buf *to, struct failure *why)
{
	char since[CLOCK_TEXT];
	struct sql_variable with[] = { { "schema", l->schema },
				       { "table", entity->table },
				       { "since", since } };
	struct pg_result answer = { 0 };
	bool cheap;

	if (!l->exists)
		return true;
	clock_format(since_us, since);
	if (!is_cheap(l, with, LENGTH(with), &cheap, why))
		return false;
	if (!cheap)
		return true;
	bool done = pg_run(l->pg, known_gone_sql, with, LENGTH(with), &answer,
			   why) &&
		    write_ids(&answer, to, why);
	pg_result_free(&answer);
	return done || fail_in(why, "table %s.%s", l->schema, entity->table);
}
