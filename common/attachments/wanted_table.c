#include "attachments/wanted_table.h"
#include "postgres/copy.h"

static const char files_sql[] =
#include "sql/attachments/files.sql.h"
	;
static const char exists_sql[] =
	"select to_regclass(format('%I.attachables', :'schema')) is not null";

static bool
has_table(const struct ledger_query *l, const struct sql_variable *with,
	  bool *has, struct failure *why)
{
	struct pg_result answer = { 0 };
	bool done = pg_run(l->pg, exists_sql, with, 1, &answer, why);

	*has = done && !strcmp(pg_text(&answer, 0, 0), "t");
	pg_result_free(&answer);
	return done;
}

/* "12\t4711\t1735689600000000" */
static bool
take_line(struct wanted *to, struct slice line, struct failure *why)
{
	struct attachment a = { .text[ATTACHMENT_NAME] = SLICE("a file"),
				.updated_us = INT64_MIN };
	const char *tab = memchr(line.at, '\t', line.len);
	char *end;

	if (!tab)
		return fail(why, FAILURE_BUG, "a line of files.sql is invalid");
	a.text[ATTACHMENT_ID] =
		(struct slice){ line.at, (size_t)(tab - line.at) };
	/* libpq terminates its lines with a NUL */
	a.size = strtoll(tab + 1, &end, 10);
	if (*end == '\t' && end[1])
		a.updated_us = strtoll(end + 1, NULL, 10);
	return wanted_add(to, &a, why);
}

static bool
read_lines(struct wanted *to, const struct ledger_query *l,
	   const struct sql_variable *with, struct failure *why)
{
	enum pg_copy_out got;
	struct slice line;

	if (!pg_copy_out_begin(l->pg, files_sql, with, 1, why))
		return false;
	while ((got = pg_copy_out_next(l->pg, &line, why)) == PG_COPY_LINE)
		if (!take_line(to, line, why))
			return false;
	return got == PG_COPY_DONE;
}

bool
wanted_read_table(struct wanted *to, const struct ledger_query *l,
		  struct failure *why)
{
	const struct sql_variable with = { "schema", l->schema };
	bool has = false;

	return ((!l->exists || has_table(l, &with, &has, why)) &&
		(!has || read_lines(to, l, &with, why))) ||
	       fail_in(why, "table %s.attachables", l->schema);
}
