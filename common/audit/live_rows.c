#include "audit/live_rows.h"
#include "base/clock.h"
#include "postgres/copy.h"

static const char live_rows_sql[] =
#include "sql/audit/live_rows.sql.h"
	;

static const char table_exists_sql[] =
	"select 1 where to_regclass(format('%I.%I', :'schema', :'table'))"
	" is not null";

static bool
table_exists(const struct ledger_query *l, const struct sql_variable *with,
	     size_t count, bool *exists, struct failure *why)
{
	struct pg_result answer = { 0 };
	bool done = pg_run(l->pg, table_exists_sql, with, count, &answer, why);

	*exists = done && answer.rows;
	pg_result_free(&answer);
	return done;
}

/* "1735689600000000<tab>979", as COPY writes it. */
static bool
take_line(struct slice line, struct known_rows *to, struct failure *why)
{
	const char *tab = memchr(line.at, '\t', line.len);
	char *end;

	errno = 0;
	int64_t created_us = strtoll(line.at, &end, 10);
	if (errno || !tab || end != tab)
		return fail(why, FAILURE_BUG,
			    "a line of live_rows.sql is invalid");
	struct slice id = { tab + 1, line.len - (size_t)(tab + 1 - line.at) };
	known_rows_add(to, created_us, id, true);
	return true;
}

static bool
copy_rows(const struct ledger_query *l, const struct sql_variable *with,
	  size_t count, struct known_rows *to, struct failure *why)
{
	enum pg_copy_out got;
	struct slice line;

	if (!pg_copy_out_begin(l->pg, live_rows_sql, with, count, why))
		return false;
	while ((got = pg_copy_out_next(l->pg, &line, why)) == PG_COPY_LINE)
		if (!take_line(line, to, why))
			return false;
	return got == PG_COPY_DONE;
}

bool
live_rows_read(const struct ledger_query *l, const struct entity *entity,
	       struct time_range range, struct known_rows *to,
	       struct failure *why)
{
	char start[CLOCK_TEXT], end[CLOCK_TEXT];
	const struct sql_variable with[] = { { "schema", l->schema },
					     { "table", entity->table },
					     { "start", start },
					     { "end", end } };
	bool exists;

	clock_format(range.start_us, start);
	clock_format(range.end_us, end);
	if (table_exists(l, with, LENGTH(with), &exists, why) &&
	    (!exists || copy_rows(l, with, LENGTH(with), to, why)))
		return true;
	return fail_in(why, "table %s.%s", l->schema, entity->table);
}
