#include "load/history.h"
#include "load/schema.h"

static const char state_sql[] =
#include "sql/history/state.sql.h"
	;
static const char is_on_sql[] =
#include "sql/history/is_on.sql.h"
	;
static const char tables_sql[] =
#include "sql/schema/history.sql.h"
	;
static const char switch_on_sql[] =
#include "sql/history/switch_on.sql.h"
	;
static const char begin_sql[] =
#include "sql/history/begin.sql.h"
	;
static const char record_sql[] =
#include "sql/history/record.sql.h"
	;
static const char record_gone_sql[] =
#include "sql/history/record_gone.sql.h"
	;

enum {
	MOST_VARIABLES = 8,
	/* the first fields of a gone line: parameters of record_gone.sql */
	RECORDED_FIELDS = 5,
};

static bool
find_tables(struct pg *pg, const struct sql_variable *with, size_t count,
	    bool *settings, bool *all, struct failure *why)
{
	struct pg_result answer;
	bool done = pg_run(pg, state_sql, with, count, &answer, why);

	if (done) {
		*settings = *pg_text(&answer, 0, 0) == 't';
		*all = *pg_text(&answer, 0, 1) == 't';
	}
	pg_result_free(&answer);
	return done;
}

static bool
read_setting(struct history *h, struct pg *pg, const struct sql_variable *with,
	     size_t count, struct failure *why)
{
	struct pg_result answer;
	bool done = pg_run(pg, is_on_sql, with, count, &answer, why);

	h->on = done && pg_integer(&answer, 0, 0);
	pg_result_free(&answer);
	return done;
}

static bool
create_tables(struct pg *pg, const struct sql_variable *with, size_t count,
	      const char *schema, struct failure *why)
{
	if (pg_run(pg, tables_sql, with, count, NULL, why))
		return true;
	pg_rollback(pg);
	fail_in(why,
		"the tables of the history are missing in schema %s, and "
		"cannot be created",
		schema);
	if (!pg_permission_denied(pg))
		return false;
	return fail_next(
		why,
		"have the owner of the schema run, in the folder sql/schema of "
		"the source or share/qb/sql/schema of the installation: psql "
		"-v schema=%s -f history.sql; psql -v schema=%s -v role=%s "
		"-f grants.sql",
		schema, schema, pg_user(pg));
}

static bool
learn(struct history *h, struct pg *pg, const struct sql_variable *with,
      size_t count, struct failure *why)
{
	const char *schema = with[0].value;
	bool settings, all;

	h->on = false;
	if (!find_tables(pg, with, count, &settings, &all, why))
		return false;
	if (settings && !read_setting(h, pg, with, count, why))
		return load_schema_explain(pg, schema, why);
	if ((h->on || h->wanted) && !all &&
	    !create_tables(pg, with, count, schema, why))
		return false;
	if (h->wanted && !h->on &&
	    !pg_run(pg, switch_on_sql, with, count, NULL, why))
		return load_schema_explain(pg, schema, why);
	h->on |= h->wanted;
	return h->known = true;
}

bool
history_prepare(struct history *h, struct pg *pg, const struct entity *entity,
		const char *schema, struct failure *why)
{
	const struct sql_variable with[] = { { "schema", schema },
					     { "table", entity->table },
					     { "entity", entity->name } };

	if (!h->known && !learn(h, pg, with, LENGTH(with), why))
		return false;
	if (!h->on || h->begun == entity)
		return true;
	if (!pg_run(pg, begin_sql, with, LENGTH(with), NULL, why))
		return load_schema_explain(pg, schema, why);
	h->begun = entity;
	return true;
}

void
history_forget(struct history *h)
{
	h->known = false;
	h->begun = NULL;
}

bool
history_record(struct pg *pg, const char *stage,
	       const struct sql_variable *with, size_t count,
	       struct failure *why)
{
	struct sql_variable all[MOST_VARIABLES];

	if (count + 1 > MOST_VARIABLES)
		BUG("more variables than MOST_VARIABLES");
	all[0] = (struct sql_variable){ "stage", stage };
	memcpy(all + 1, with, count * sizeof(*with));
	return pg_run(pg, record_sql, all, count + 1, NULL, why);
}

bool
history_record_gone(struct pg *pg, const struct pg_array *fields,
		    const struct sql_variable *with, size_t count,
		    struct failure *why)
{
	struct pg_result answer;
	bool done = pg_run_with_arrays(pg, record_gone_sql, with, count, fields,
				       RECORDED_FIELDS, &answer, why);

	pg_result_free(&answer);
	return done;
}
