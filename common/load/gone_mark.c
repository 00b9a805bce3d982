#include "load/gone_mark.h"
#include "postgres/copy_binary.h"

static const char plan_hints_sql[] =
#include "sql/load/plan_hints.sql.h"
	;
static const char compare_gone_sql[] =
#include "sql/load/compare_gone.sql.h"
	;
static const char gone_sql[] =
#include "sql/load/gone.sql.h"
	;

/* Of one statement, as in load/row_compare.c. */
enum {
	MOST_LINES = 1000,
	MOST_BYTES = 16 * 1024,
	MOST_VARIABLES = 10,
	/* the first fields: parameters of sql/load/compare_gone.sql */
	COMPARED_FIELDS = GONE_DELETED + 1,
};

/* The results of sql/load/compare_gone.sql. */
enum { MADE, MARKED, UNCHANGED, STALE, ANY_TO_WRITE };

void
gone_mark_init(struct gone_mark *m)
{
	static const enum pg_array_type types[GONE_FIELDS] = {
		[GONE_ID] = PG_ARRAY_TEXT,
		[GONE_AT] = PG_ARRAY_TIME,
		[GONE_DELETED] = PG_ARRAY_TIME,
		[GONE_INGESTED] = PG_ARRAY_TIME,
		[GONE_RUN] = PG_ARRAY_TEXT,
		[GONE_FINGERPRINT] = PG_ARRAY_INT8,
	};

	for (size_t i = 0; i < GONE_FIELDS; i++)
		pg_array_init(&m->fields[i], types[i]);
}

void
gone_mark_free(struct gone_mark *m)
{
	for (size_t i = 0; i < GONE_FIELDS; i++)
		pg_array_free(&m->fields[i]);
}

static void
clear_fields(struct gone_mark *m)
{
	for (size_t i = 0; i < GONE_FIELDS; i++)
		pg_array_clear(&m->fields[i]);
}

static bool
add_line(struct gone_mark *m, struct slice line, struct failure *why)
{
	const char *at = copy_binary_field_of(line, GONE_ID).at;

	for (size_t i = 0; i < GONE_FIELDS; i++) {
		struct slice field = copy_binary_field_at(at);

		if (!pg_array_add(&m->fields[i], field, why))
			return false;
		at += field.len;
	}
	return true;
}

static bool
is_full(const struct gone_mark *m)
{
	return m->fields[GONE_ID].count == MOST_LINES ||
	       m->fields[GONE_ID].bytes.len > MOST_BYTES;
}

static bool
compare_lines(struct gone_mark *m, struct pg *pg, struct ledger_entry *entry,
	      const struct sql_variable *with, size_t count, bool *any_to_write,
	      struct failure *why)
{
	struct pg_result answer;
	bool done =
		pg_run_with_arrays(pg, compare_gone_sql, with, count, m->fields,
				   COMPARED_FIELDS, &answer, why);

	if (done) {
		int64_t made = pg_integer(&answer, 0, MADE);

		entry->made += made;
		entry->deleted += made + pg_integer(&answer, 0, MARKED);
		entry->unchanged += pg_integer(&answer, 0, UNCHANGED);
		entry->stale += pg_integer(&answer, 0, STALE);
		*any_to_write = *pg_text(&answer, 0, ANY_TO_WRITE) == 't';
	}
	pg_result_free(&answer);
	return done;
}

static bool
write_lines(struct gone_mark *m, struct pg *pg, const struct sql_variable *with,
	    size_t count, struct failure *why)
{
	struct pg_result answer;
	bool done = pg_run_with_arrays(pg, gone_sql, with, count, m->fields,
				       GONE_FIELDS, &answer, why);

	pg_result_free(&answer);
	return done;
}

static bool
mark_lines(struct gone_mark *m, struct pg *pg, struct ledger_entry *entry,
	   const struct sql_variable *with, size_t count, bool dry_run,
	   struct failure *why)
{
	bool any_to_write = false;

	if (!m->fields[GONE_ID].count)
		return true;
	if (!compare_lines(m, pg, entry, with, count, &any_to_write, why) ||
	    (m->keep_history &&
	     !history_record_gone(pg, m->fields, with, count, why)) ||
	    (any_to_write && !dry_run && !write_lines(m, pg, with, count, why)))
		return false;
	clear_fields(m);
	return true;
}

static bool
mark_all(struct gone_mark *m, struct pg *pg, struct batch *b,
	 const struct sql_variable *with, size_t count, bool dry_run,
	 struct failure *why)
{
	enum spool_got got;
	struct slice line;

	clear_fields(m);
	if (!pg_run(pg, plan_hints_sql, NULL, 0, NULL, why) ||
	    !spool_rewind(&b->gone.lines, why))
		return false;
	while ((got = spool_next(&b->gone.lines, &line, why)) == SPOOL_RECORD)
		if (!add_line(m, line, why) ||
		    (is_full(m) &&
		     !mark_lines(m, pg, &b->entry, with, count, dry_run, why)))
			return false;
	return got == SPOOL_END &&
	       mark_lines(m, pg, &b->entry, with, count, dry_run, why);
}

bool
gone_mark_run(struct gone_mark *m, struct pg *pg, struct batch *b,
	      const struct sql_variable *with, size_t count, bool dry_run,
	      struct failure *why)
{
	struct sql_variable all[MOST_VARIABLES];
	char start[CLOCK_TEXT], end[CLOCK_TEXT], realm[ROW_BUFFER_REALM];

	if (count + 3 > MOST_VARIABLES)
		BUG("more variables than MOST_VARIABLES");
	memcpy(all, with, count * sizeof(*with));
	clock_format(b->window.start_us, start);
	clock_format(b->window.end_us, end);
	snprintf(realm, sizeof(realm), "%.*s", SLICE_SHOWN(b->seal.realm));
	all[count++] = (struct sql_variable){ "start", start };
	all[count++] = (struct sql_variable){ "end", end };
	all[count++] = (struct sql_variable){ "realm", realm };
	return mark_all(m, pg, b, all, count, dry_run, why);
}
