#include "loaded.h"

static const char sql_covered[] =
#include "sql/covered.sql.h"
	;

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
