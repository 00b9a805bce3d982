#include "audit/live_rows.h"
#include "base/clock.h"
#include "postgres/copy.h"

/* Of 28 bytes each: a million windows that do not touch. */
enum { MOST_BOUNDS = 32 * 1024 * 1024 };

static const char live_rows_sql[] =
#include "sql/audit/live_rows.sql.h"
	;

static const char read_rows_sql[] =
#include "sql/audit/read_rows.sql.h"
	;

static const char deleted_rows_sql[] =
#include "sql/audit/deleted_rows.sql.h"
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

/* What becomes of the lines of a statement. */
struct taker {
	bool (*take)(const struct taker *t, struct slice line,
		     struct failure *why);
	struct known_rows *to;        /* of live rows */
	struct census_output *output; /* of deleted ones */
	struct id_set *came;
};

/* Cut off what precedes the next tab. */
static struct slice
cut_field(struct slice *line)
{
	const char *tab = line->len ? memchr(line->at, '\t', line->len) : NULL;
	struct slice field = *line;

	if (!tab) {
		*line = (struct slice){ 0 };
		return field;
	}
	field.len = (size_t)(tab - line->at);
	line->at = tab + 1;
	line->len -= field.len + 1;
	return field;
}

static bool
cut_time(struct slice *line, int64_t *at_us, struct failure *why)
{
	struct slice field = cut_field(line);
	char *end;

	errno = 0;
	*at_us = strtoll(field.at, &end, 10);
	return (!errno && line->len && end == field.at + field.len) ||
	       fail(why, FAILURE_BUG, "a row of sql/audit is invalid");
}

/* "1735689600000000<tab>979", as COPY writes it. */
static bool
take_live(const struct taker *t, struct slice line, struct failure *why)
{
	int64_t created_us;

	if (!cut_time(&line, &created_us, why))
		return false;
	known_rows_add(t->to, created_us, line, KNOWN_IN_TABLE);
	return true;
}

/* "1735689600000000<tab>AT<tab>DELETED<tab>979" */
static bool
take_deleted(const struct taker *t, struct slice line, struct failure *why)
{
	int64_t created_us;

	if (!cut_time(&line, &created_us, why))
		return false;
	struct slice at = cut_field(&line), deleted = cut_field(&line);
	if (id_set_mark(t->came, line, 1) != ID_SET_NEW)
		return true;
	return census_output_add(t->output, created_us, line, at, deleted, why);
}

static bool
copy_rows(const struct ledger_query *l, const char *sql,
	  const struct sql_variable *with, size_t count, const struct taker *to,
	  struct failure *why)
{
	enum pg_copy_out got;
	struct slice line;

	if (!pg_copy_out_begin(l->pg, sql, with, count, why))
		return false;
	while ((got = pg_copy_out_next(l->pg, &line, why)) == PG_COPY_LINE)
		if (!to->take(to, line, why))
			return false;
	return got == PG_COPY_DONE;
}

/* No table has no rows. */
static bool
read_table(const struct ledger_query *l, const struct entity *entity,
	   const char *sql, const struct sql_variable *with, size_t count,
	   const struct taker *to, struct failure *why)
{
	bool exists;

	if (table_exists(l, with, count, &exists, why) &&
	    (!exists || copy_rows(l, sql, with, count, to, why)))
		return true;
	return fail_in(why, "table %s.%s", l->schema, entity->table);
}

bool
live_rows_read(const struct ledger_query *l, const struct entity *entity,
	       struct time_range range, int64_t changed_from_us,
	       struct known_rows *to, struct failure *why)
{
	char start[CLOCK_TEXT], end[CLOCK_TEXT], changed[CLOCK_TEXT] = "";
	const struct sql_variable with[] = { { "schema", l->schema },
					     { "table", entity->table },
					     { "start", start },
					     { "end", end },
					     { "changed", changed } };
	const struct taker taker = { .take = take_live, .to = to };

	clock_format(range.start_us, start);
	clock_format(range.end_us, end);
	if (changed_from_us)
		clock_format(changed_from_us, changed);
	return read_table(l, entity, live_rows_sql, with, LENGTH(with), &taker,
			  why);
}

/* --- those of a reading --------------------------------------------------- */

/* Arrays of the starts and ends, as PostgreSQL reads them. */
static bool
write_bounds(const struct time_ranges *ranges, bool ends, struct buf *to,
	     struct failure *why)
{
	char at[CLOCK_TEXT];

	for (size_t i = 0; i < ranges->count; i++) {
		clock_format(ends ? ranges->ranges[i].end_us
				  : ranges->ranges[i].start_us,
			     at);
		if (!buf_printf(to, why, "%s%s", i ? "," : "{", at))
			return false;
	}
	return buf_printf(to, why, "}");
}

static bool
read_ranges(const struct ledger_query *l, const struct entity *entity,
	    const char *sql, enum window_by by,
	    const struct time_ranges *ranges, int64_t before_us,
	    const struct taker *to, struct failure *why)
{
	char before[CLOCK_TEXT] = "";
	struct buf starts, ends;

	buf_init(&starts, MOST_BOUNDS);
	buf_init(&ends, MOST_BOUNDS);
	if (before_us)
		clock_format(before_us, before);
	bool done = write_bounds(ranges, false, &starts, why) &&
		    write_bounds(ranges, true, &ends, why);
	const struct sql_variable with[] = {
		{ "schema", l->schema },      { "table", entity->table },
		{ "by", window_by_name(by) }, { "before", before },
		{ "starts", starts.at },      { "ends", ends.at },
	};
	done = done && read_table(l, entity, sql, with, LENGTH(with), to, why);
	buf_free(&ends);
	buf_free(&starts);
	return done;
}

bool
live_rows_read_in(const struct ledger_query *l, const struct entity *entity,
		  enum window_by by, const struct time_ranges *ranges,
		  int64_t before_us, struct known_rows *to, struct failure *why)
{
	const struct taker taker = { .take = take_live, .to = to };

	return read_ranges(l, entity, read_rows_sql, by, ranges, before_us,
			   &taker, why);
}

bool
live_rows_tell_deleted(const struct ledger_query *l,
		       const struct entity *entity, enum window_by by,
		       const struct time_ranges *ranges, struct id_set *came,
		       struct census_output *output, struct failure *why)
{
	const struct taker taker = { .take = take_deleted,
				     .output = output,
				     .came = came };

	return read_ranges(l, entity, deleted_rows_sql, by, ranges, 0, &taker,
			   why);
}
