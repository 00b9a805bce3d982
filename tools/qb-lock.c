/*
 * qb-lock - hold a lock on entities of a schema.
 *
 * In:   nothing; the lock is held until standard input ends.  Out: the line
 * "locked" once it is held.
 * Promise: only one process, on whatever machine, holds the lock on an entity
 * of a schema; it is released when the process ends, however it ends.
 */
#include "base/log.h"
#include "postgres/connect.h"
#include "stream/entity_list.h"
#include "stream/lines.h"

enum { MOST_TRIES = 6 };

static const char *schema;
static const char *unlisted;

static const struct option_row rows[] = {
	{ .name = "schema",
	  .argument = "NAME",
	  .preset = "raw",
	  .help = "the schema that is to be loaded",
	  .text = &schema },
	{ .name = "unlisted",
	  .argument = "NAMES",
	  .help = "entities that qb does not list, as QuickBooks spells them",
	  .text = &unlisted },
};

static const struct option_table options = {
	.tool = "qb-lock",
	.operands = "ENTITY...",
	.about = "Hold a lock on entities of a schema until standard input "
		 "ends.",
	.rows = rows,
	.count = LENGTH(rows),
	.also = &pg_options,
};

/*
 * The session idles for hours and must not be ended for that; one whose machine
 * is gone must be noticed within minutes.
 */
static const char session_sql[] =
	"select set_config(name, setting, false) from (values"
	" ('idle_session_timeout', '0'), ('tcp_keepalives_idle', '30'),"
	" ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3'))"
	" as wanted (name, setting) where name in"
	" (select s.name from pg_settings s)";

static const char lock_sql[] =
#include "sql/lock/lock.sql.h"
	;
static const char lock_holder_sql[] =
#include "sql/lock/lock_holder.sql.h"
	;

static bool
fail_taken(struct pg *pg, const struct entity *entity,
	   const struct sql_variable *with, size_t count, struct failure *why)
{
	struct pg_result answer = { 0 };

	if (pg_run(pg, lock_holder_sql, with, count, &answer, why)) {
		fail(why, FAILURE_LATER,
		     "another run is loading %s into schema %s%s%s",
		     entity->name, schema, answer.rows ? ": " : "",
		     answer.rows ? pg_text(&answer, 0, 0) : "");
		fail_next(why, "run the same command again when that run has "
			       "ended");
	}
	pg_result_free(&answer);
	return false;
}

static bool
try(struct pg *pg, const struct sql_variable *with, size_t count, bool *taken,
    struct failure *why)
{
	struct pg_result answer = { 0 };
	bool done = pg_run(pg, lock_sql, with, count, &answer, why);

	*taken = done && !strcmp(pg_text(&answer, 0, 0), "t");
	pg_result_free(&answer);
	return done;
}

/* The server may take a moment to notice that a killed process is gone. */
static bool
take(struct pg *pg, const struct entity *entity, struct failure *why)
{
	const struct sql_variable with[] = { { "schema", schema },
					     { "entity", entity->name } };
	const struct timespec a_while = { .tv_nsec = 200000000 };
	bool taken = false;

	for (int i = 0; i < MOST_TRIES; i++) {
		if (i)
			nanosleep(&a_while, NULL);
		if (!try(pg, with, LENGTH(with), &taken, why))
			return false;
		if (taken)
			return true;
	}
	return fail_taken(pg, entity, with, LENGTH(with), why);
}

static int
compare_names(const void *a, const void *b)
{
	const struct entity *const *one = a, *const *other = b;

	return strcmp((*one)->name, (*other)->name);
}

/* Always in the same order, so that of two processes that want the same
 * entities one gets all of them. */
static bool
take_all(struct pg *pg, struct entity_list *wanted, struct failure *why)
{
	if (!pg_run(pg, session_sql, NULL, 0, NULL, why))
		return false;
	qsort(wanted->at, wanted->count, sizeof(wanted->at[0]), compare_names);
	for (size_t i = 0; i < wanted->count; i++)
		if (!take(pg, wanted->at[i], why))
			return false;
	return true;
}

/* Scripts written for qb-alone, as the tool was called, may wait for "alone".
 */
static const char *
answer(void)
{
	return strcmp(program_invocation_short_name, "qb-alone") ? "locked\n"
								 : "alone\n";
}

static bool
hold(struct lines_out *out, struct failure *why)
{
	char bytes[4096];
	ssize_t n;

	if (!buf_printf(&out->pending, why, "%s", answer()) ||
	    !lines_flush(out, why))
		return false;
	do
		n = read(STDIN_FILENO, bytes, sizeof(bytes));
	while (n > 0 || (n < 0 && errno == EINTR));
	return n == 0 || fail_errno(why, "read");
}

int
main(int argc, char *argv[])
{
	struct failure why = { 0 };
	struct lines_out out;
	struct entity_list wanted;
	struct pg pg;
	int used;

	log_begin("qb-lock");
	lines_out_init(&out, STDOUT_FILENO);
	pg_init(&pg, "qb-lock");
	if (options_read(argc, argv, &options, &used, &why) &&
	    entity_list_read(argv + used, unlisted, &wanted, &why) &&
	    sql_template_check_schema(schema, &why) &&
	    options_require_pipe(&options, &why) && pg_connect(&pg, &why) &&
	    take_all(&pg, &wanted, &why) && hold(&out, &why))
		lines_finish(&out, &why);
	pg_free(&pg);
	lines_out_free(&out);
	return log_failure(&why);
}
