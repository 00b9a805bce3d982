#include "loaded.h"

static const char sql_covered[] =
#include "sql/covered.sql.h"
	;

static const char sql_loaded[] =
#include "sql/loaded.sql.h"
	;

static const char sql_landed[] =
#include "sql/landed.sql.h"
	;

static const char sql_table[] =
	"select to_regclass(format('%I.%I', :'schema', :'table')) is not null";
static const char sql_there[] =
	"select to_regclass(format('%I.qb_realm', :'schema')) is not null"
	" and to_regclass(format('%I.qb_windows', :'schema')) is not null";
static const char sql_realm[] = "select realm_id from :\"schema\".qb_realm";

static bool
ask_one(struct loaded *l, const char *sql, char *text, size_t room,
	struct failure *why)
{
	struct statement_value with[] = { { "schema", l->schema } };
	struct pg_answer answer = { 0 };
	bool done = pg_run(l->pg, sql, with, LENGTH(with), &answer, why);

	if (done)
		snprintf(text, room, "%s",
			 answer.rows ? pg_text(&answer, 0, 0) : "");
	pg_answer_free(&answer);
	return done;
}

bool
loaded_open(struct loaded *l, struct pg *pg, const char *schema,
	    const char *realm, struct failure *why)
{
	char text[32];

	/* else it would count as nothing loaded */
	if (!statement_want_schema(schema, why))
		return false;
	*l = (struct loaded){ .pg = pg, .schema = schema };
	if (!ask_one(l, sql_there, text, sizeof(text), why))
		return fail_in(why, "schema %s", schema);
	if (strcmp(text, "t"))
		return true;
	if (!ask_one(l, sql_realm, l->realm, sizeof(l->realm), why))
		return fail_in(why, "schema %s", schema);
	l->there = l->realm[0];
	if (!l->there || !realm || !*realm || !strcmp(realm, l->realm))
		return true;
	fail(why, FAILURE_REFUSED,
	     "schema %s belongs to the company %s, and QBO_REALM_ID is %s",
	     schema, l->realm, realm);
	return fail_next(why,
			 "give this company a schema of its own: "
			 "--schema=%s_other",
			 schema);
}

bool
loaded_cover(const struct loaded *l, const struct entity *entity,
	     enum window_by by, const char *run, struct cover *to,
	     struct failure *why)
{
	struct statement_value with[] = { { "schema", l->schema },
					  { "realm", l->realm },
					  { "entity", entity->name },
					  { "by", window_by_name(by) },
					  { "run", run } };
	struct pg_answer answer = { 0 };

	if (!l->there)
		return true;
	bool done =
		pg_run(l->pg, sql_covered, with, LENGTH(with), &answer, why);
	for (int i = 0; done && i < answer.rows; i++)
		cover_add(to,
			  (struct cover_range){ pg_integer(&answer, i, 0),
						pg_integer(&answer, i, 1) });
	pg_answer_free(&answer);
	return done || fail_in(why, "schema %s", l->schema);
}

bool
loaded_windows_read(const struct loaded *l, const struct proof *of,
		    const char *run, bool archived, struct loaded_windows *to,
		    struct failure *why)
{
	char start[CLOCK_SPELLED], end[CLOCK_SPELLED];
	struct statement_value with[] = { { "schema", l->schema },
					  { "realm", l->realm },
					  { "entity", of->entity->name },
					  { "by", window_by_name(of->by) },
					  { "run", run },
					  { "archived", archived ? "yes" : "" },
					  { "start", start },
					  { "end", end } };

	*to = (struct loaded_windows){ 0 };
	if (!l->there)
		return true;
	clock_spell(of->range.start_us, start);
	clock_spell(of->range.end_us, end);
	if (!pg_run(l->pg, sql_loaded, with, LENGTH(with), &to->answer, why))
		return fail_in(why, "schema %s", l->schema);
	to->count = (size_t)to->answer.rows; /* never negative */
	to->ranges = base_realloc(NULL, (to->count + 1) * sizeof(*to->ranges));
	for (int i = 0; i < to->answer.rows; i++)
		to->ranges[i] =
			(struct cover_range){ pg_integer(&to->answer, i, 0),
					      pg_integer(&to->answer, i, 1) };
	return true;
}

void
loaded_windows_free(struct loaded_windows *windows)
{
	pg_answer_free(&windows->answer);
	free(windows->ranges);
	*windows = (struct loaded_windows){ 0 };
}

void
loaded_window_at(const struct loaded_windows *windows, size_t i,
		 struct loaded_window *to)
{
	const struct pg_answer *a = &windows->answer;
	int row = (int)i; /* as many as pg_answer.rows, an int */

	to->range = windows->ranges[i];
	to->totals = (struct proof_totals){
		.windows = 1,
		.rows = pg_integer(a, row, 2),
		.inserted = pg_integer(a, row, 3),
		.updated = pg_integer(a, row, 4),
		.unchanged = pg_integer(a, row, 5),
		.stale = pg_integer(a, row, 6),
		.rejected = pg_integer(a, row, 7),
		.dropped = pg_integer(a, row, 8),
	};
	to->sha256 = pg_text(a, row, 9);
	to->file = pg_text(a, row, 10);
}

bool
loaded_count(const struct loaded *l, struct proof *of, struct failure *why)
{
	char start[CLOCK_SPELLED], end[CLOCK_SPELLED];
	struct statement_value with[] = { { "schema", l->schema },
					  { "table", of->entity->table },
					  { "by", window_by_name(of->by) },
					  { "start", start },
					  { "end", end } };
	struct pg_answer answer = { 0 };
	bool done, there;

	clock_spell(of->range.start_us, start);
	clock_spell(of->range.end_us, end);
	done = pg_run(l->pg, sql_table, with, 2, &answer, why);
	there = done && !strcmp(pg_text(&answer, 0, 0), "t");
	pg_answer_free(&answer);
	if (there) {
		done = pg_run(l->pg, sql_landed, with, LENGTH(with), &answer,
			      why);
		if (done) {
			of->in_table = pg_integer(&answer, 0, 0);
			of->in_range = pg_integer(&answer, 0, 1);
		}
		pg_answer_free(&answer);
	}
	return done ||
	       fail_in(why, "table %s.%s", l->schema, of->entity->table);
}
