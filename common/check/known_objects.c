#include "check/known_objects.h"
#include "json/json.h"

static const char landing_table_sql[] =
#include "sql/check/landing_table.sql.h"
	;
static const char known_gone_sql[] =
#include "sql/check/known_gone.sql.h"
	;
static const char quick_scan_sql[] =
#include "sql/check/quick_scan.sql.h"
	;
static const char known_rows_sql[] =
#include "sql/check/known_rows.sql.h"
	;
static const char unarchived_sql[] =
#include "sql/check/unarchived.sql.h"
	;
static const char known_whole_sql[] =
#include "sql/check/known_whole.sql.h"
	;
static const char unarchived_whole_sql[] =
#include "sql/check/unarchived_whole.sql.h"
	;

/* One kind of objects: whether they can be read cheaply, reading them, and how
 * one is written. */
struct kind {
	const char *is_cheap, *read;
	char open, close;
	bool (*write)(const struct pg_result *answer, int i, struct buf *to,
		      struct failure *why);
};

static bool
is_cheap(const struct ledger_query *l, const char *sql,
	 const struct sql_variable *with, size_t count, bool *cheap,
	 struct failure *why)
{
	struct pg_result answer = { 0 };
	bool done = pg_run(l->pg, sql, with, count, &answer, why);

	*cheap = done && answer.rows && !strcmp(pg_text(&answer, 0, 0), "t") &&
		 !strcmp(pg_text(&answer, 0, 1), "t");
	pg_result_free(&answer);
	return done;
}

/* Then it is to be read once more, so that the archive gets it. */
static bool
is_unarchived(const struct ledger_query *l, const char *sql,
	      const struct sql_variable *with, size_t count, bool *unarchived,
	      struct failure *why)
{
	struct pg_result answer = { 0 };
	bool done = pg_run(l->pg, sql, with, count, &answer, why);

	*unarchived = done && !strcmp(pg_text(&answer, 0, 0), "t");
	pg_result_free(&answer);
	return done;
}

static bool
write_id(const struct pg_result *answer, int i, struct buf *to,
	 struct failure *why)
{
	return json_quote(slice_of(pg_text(answer, i, 0)), to, why);
}

static bool
write_row(const struct pg_result *answer, int i, struct buf *to,
	  struct failure *why)
{
	return write_id(answer, i, to, why) &&
	       buf_printf(to, why, ":%s", pg_text(answer, i, 1));
}

static bool
write_all(const struct kind *kind, const struct pg_result *answer,
	  struct buf *to, struct failure *why)
{
	if (!answer->rows || answer->rows > KNOWN_OBJECTS_MOST)
		return true;
	for (int i = 0; i < answer->rows; i++)
		if (!buf_printf(to, why, "%c", i ? ',' : kind->open) ||
		    !kind->write(answer, i, to, why))
			return false;
	return buf_printf(to, why, "%c", kind->close);
}

static bool
write_kind(const struct ledger_query *l, const struct kind *kind,
	   const struct entity *entity, int64_t since_us, int64_t asked_us,
	   struct buf *to, struct failure *why)
{
	char since[CLOCK_TEXT], asked[CLOCK_TEXT];
	struct sql_variable with[] = {
		{ "schema", l->schema },    { "realm", l->realm },
		{ "entity", entity->name }, { "table", entity->table },
		{ "since", since },         { "asked", asked }
	};
	struct pg_result answer = { 0 };
	bool cheap, unarchived;

	if (!l->exists)
		return true;
	clock_format(since_us, since);
	clock_format(asked_us, asked);
	if (!is_cheap(l, kind->is_cheap, with, LENGTH(with), &cheap, why) ||
	    !is_unarchived(l, unarchived_sql, with, LENGTH(with), &unarchived,
			   why))
		return false;
	if (!cheap || unarchived)
		return true;
	bool done =
		pg_run(l->pg, kind->read, with, LENGTH(with), &answer, why) &&
		write_all(kind, &answer, to, why);
	pg_result_free(&answer);
	return done || fail_in(why, "table %s.%s", l->schema, entity->table);
}

bool
known_gone_write(const struct ledger_query *l, const struct entity *entity,
		 int64_t since_us, int64_t asked_us, struct buf *to,
		 struct failure *why)
{
	static const struct kind gone = { landing_table_sql, known_gone_sql,
					  '[', ']', write_id };

	return write_kind(l, &gone, entity, since_us, asked_us, to, why);
}

bool
known_rows_write(const struct ledger_query *l, const struct entity *entity,
		 int64_t since_us, int64_t asked_us, struct buf *to,
		 struct failure *why)
{
	static const struct kind rows = { quick_scan_sql, known_rows_sql, '{',
					  '}', write_row };

	return write_kind(l, &rows, entity, since_us, asked_us, to, why);
}

enum table_is { TABLE_MISSING, TABLE_UNREADABLE, TABLE_READABLE };

static bool
find_table(const struct ledger_query *l, const struct sql_variable *with,
	   size_t count, enum table_is *is, struct failure *why)
{
	struct pg_result answer = { 0 };
	bool done = pg_run(l->pg, landing_table_sql, with, count, &answer, why);

	*is = !done || !answer.rows                 ? TABLE_MISSING
	      : strcmp(pg_text(&answer, 0, 0), "t") ? TABLE_UNREADABLE
						    : TABLE_READABLE;
	pg_result_free(&answer);
	return done;
}

static bool
write_whole(const struct pg_result *answer, bool again, struct buf *to,
	    struct failure *why)
{
	if (answer->rows > KNOWN_WHOLE_MOST)
		return true;
	if (!buf_printf(to, why, "{"))
		return false;
	for (int i = 0; i < answer->rows; i++)
		if ((i && !buf_printf(to, why, ",")) ||
		    !write_id(answer, i, to, why) ||
		    !buf_printf(to, why, ":%s",
				again ? "null" : pg_text(answer, i, 1)))
			return false;
	return buf_printf(to, why, "}");
}

bool
known_whole_write(const struct ledger_query *l, const struct entity *entity,
		  bool again, struct buf *to, struct failure *why)
{
	struct sql_variable with[] = { { "schema", l->schema },
				       { "realm", l->realm },
				       { "entity", entity->name },
				       { "table", entity->table } };
	struct pg_result answer = { 0 };
	enum table_is table = TABLE_MISSING;
	bool unarchived;

	if (l->exists && !find_table(l, with, LENGTH(with), &table, why))
		return false;
	if (table == TABLE_UNREADABLE)
		return true;
	if (table == TABLE_MISSING)
		return buf_printf(to, why, "{}");
	bool done = is_unarchived(l, unarchived_whole_sql, with, LENGTH(with),
				  &unarchived, why) &&
		    pg_run(l->pg, known_whole_sql, with, LENGTH(with), &answer,
			   why) &&
		    write_whole(&answer, again || unarchived, to, why);
	pg_result_free(&answer);
	return done || fail_in(why, "table %s.%s", l->schema, entity->table);
}
