#include "check/ledger_query.h"

static const char coverage_sql[] =
#include "sql/check/coverage.sql.h"
	;

static const char census_end_sql[] =
#include "sql/check/census_end.sql.h"
	;

static const char report_read_sql[] =
#include "sql/check/report_read.sql.h"
	;

static const char ledger_windows_sql[] =
#include "sql/check/ledger_windows.sql.h"
	;

static const char ledger_exists_sql[] =
	"select to_regclass(format('%I.qb_realm', :'schema')) is not null"
	" and to_regclass(format('%I.qb_windows', :'schema')) is not null";
static const char realm_sql[] = "select realm_id from :\"schema\".qb_realm";

static bool
query_text(struct ledger_query *l, const char *sql, char *text, size_t room,
	   struct failure *why)
{
	struct sql_variable with[] = { { "schema", l->schema } };
	struct pg_result answer = { 0 };
	bool done = pg_run(l->pg, sql, with, LENGTH(with), &answer, why);

	if (done)
		snprintf(text, room, "%s",
			 answer.rows ? pg_text(&answer, 0, 0) : "");
	pg_result_free(&answer);
	return done;
}

bool
ledger_query_open(struct ledger_query *l, struct pg *pg, const char *schema,
		  const char *realm, struct failure *why)
{
	char text[32];

	/* otherwise there would be no such schema, and nothing loaded */
	if (!sql_template_check_schema(schema, why))
		return false;
	*l = (struct ledger_query){ .pg = pg, .schema = schema };
	if (!query_text(l, ledger_exists_sql, text, sizeof(text), why))
		return fail_in(why, "schema %s", schema);
	if (strcmp(text, "t"))
		return true;
	if (!query_text(l, realm_sql, l->realm, sizeof(l->realm), why))
		return fail_in(why, "schema %s", schema);
	l->exists = l->realm[0];
	if (!l->exists || !realm || !*realm || !strcmp(realm, l->realm))
		return true;
	fail(why, FAILURE_REFUSED,
	     "schema %s belongs to the company %s, and QBO_REALM_ID is %s",
	     schema, l->realm, realm);
	return fail_next(why,
			 "give this company a schema of its own: "
			 "--schema=%s_other",
			 schema);
}

/* Which windows count. */
enum which {
	FINAL,
	PROVISIONAL, /* these, too */
	LOGGED,      /* of those by change and by whole, these, too */
};

static bool
read_coverage(const struct ledger_query *l, const struct entity *entity,
	      enum window_by by, const char *run, const char *settle,
	      enum which which, struct time_ranges *to, struct failure *why)
{
	struct sql_variable with[] = {
		{ "schema", l->schema },
		{ "realm", l->realm },
		{ "entity", entity->name },
		{ "by", window_by_name(by) },
		{ "run", run },
		{ "settle", settle },
		{ "provisional", which != FINAL ? "t" : "f" },
		{ "logged", which == LOGGED ? "t" : "f" }
	};
	struct pg_result answer = { 0 };

	if (!l->exists)
		return true;
	bool done =
		pg_run(l->pg, coverage_sql, with, LENGTH(with), &answer, why);
	for (int i = 0; done && i < answer.rows; i++)
		time_ranges_add(
			to, (struct time_range){ pg_integer(&answer, i, 0),
						 pg_integer(&answer, i, 1) });
	pg_result_free(&answer);
	return done || fail_in(why, "schema %s", l->schema);
}

bool
ledger_query_coverage(const struct ledger_query *l, const struct entity *entity,
		      enum window_by by, const char *run,
		      struct time_ranges *to, struct failure *why)
{
	return read_coverage(l, entity, by, run, "", FINAL, to, why);
}

bool
ledger_query_settled(const struct ledger_query *l, const struct entity *entity,
		     enum window_by by, const char *run, int64_t settle_ms,
		     struct time_ranges *to, struct failure *why)
{
	char settle[32];

	snprintf(settle, sizeof(settle), "%" PRId64 " ms", settle_ms);
	return read_coverage(l, entity, by, run, settle, FINAL, to, why);
}

bool
ledger_query_proven(const struct ledger_query *l, const struct entity *entity,
		    enum window_by by, int64_t settle_ms,
		    struct time_ranges *to, struct failure *why)
{
	char settle[32];

	snprintf(settle, sizeof(settle), "%" PRId64 " ms", settle_ms);
	return read_coverage(l, entity, by, "", settle, PROVISIONAL, to, why);
}

bool
ledger_query_logged(const struct ledger_query *l, const struct entity *entity,
		    enum window_by by, const char *run, int64_t settle_ms,
		    struct time_ranges *to, struct failure *why)
{
	char settle[32];

	snprintf(settle, sizeof(settle), "%" PRId64 " ms", settle_ms);
	return read_coverage(l, entity, by, run, settle, LOGGED, to, why);
}

bool
ledger_query_report_read(const struct ledger_query *l,
			 const struct window *window, const char *run,
			 int64_t settle_ms, bool *read, struct failure *why)
{
	char start[CLOCK_TEXT], end[CLOCK_TEXT], settle[32];
	struct sql_variable with[] = { { "schema", l->schema },
				       { "realm", l->realm },
				       { "entity", window->entity->name },
				       { "run", run },
				       { "settle", settle },
				       { "start", start },
				       { "end", end } };
	struct pg_result answer = { 0 };

	*read = false;
	if (!l->exists)
		return true;
	clock_format(window->start_us, start);
	clock_format(window->end_us, end);
	snprintf(settle, sizeof(settle), "%" PRId64 " ms", settle_ms);
	bool done = pg_run(l->pg, report_read_sql, with, LENGTH(with), &answer,
			   why);
	*read = done && !strcmp(pg_text(&answer, 0, 0), "t");
	pg_result_free(&answer);
	return done || fail_in(why, "schema %s", l->schema);
}

bool
ledger_query_census_end(const struct ledger_query *l,
			const struct entity *entity, int64_t settle_ms,
			int64_t *end_us, struct failure *why)
{
	char settle[32];
	struct sql_variable with[] = { { "schema", l->schema },
				       { "realm", l->realm },
				       { "entity", entity->name },
				       { "settle", settle } };
	struct pg_result answer = { 0 };

	*end_us = INT64_MIN;
	if (!l->exists)
		return true;
	snprintf(settle, sizeof(settle), "%" PRId64 " ms", settle_ms);
	bool done =
		pg_run(l->pg, census_end_sql, with, LENGTH(with), &answer, why);
	if (done && *pg_text(&answer, 0, 0))
		*end_us = pg_integer(&answer, 0, 0);
	pg_result_free(&answer);
	return done || fail_in(why, "schema %s", l->schema);
}

bool
ledger_windows_read(const struct ledger_query *l, const struct proof *proof,
		    const char *run, bool archived, struct ledger_windows *to,
		    struct failure *why)
{
	char start[CLOCK_TEXT], end[CLOCK_TEXT];
	struct sql_variable with[] = { { "schema", l->schema },
				       { "realm", l->realm },
				       { "entity", proof->entity->name },
				       { "by", window_by_name(proof->by) },
				       { "run", run },
				       { "archived", archived ? "yes" : "" },
				       { "start", start },
				       { "end", end } };

	*to = (struct ledger_windows){ 0 };
	if (!l->exists)
		return true;
	clock_format(proof->range.start_us, start);
	clock_format(proof->range.end_us, end);
	if (!pg_run(l->pg, ledger_windows_sql, with, LENGTH(with), &to->answer,
		    why))
		return fail_in(why, "schema %s", l->schema);
	to->count = (size_t)to->answer.rows; /* not negative */
	to->ranges = base_realloc(NULL, (to->count + 1) * sizeof(*to->ranges));
	for (int i = 0; i < to->answer.rows; i++)
		to->ranges[i] =
			(struct time_range){ pg_integer(&to->answer, i, 0),
					     pg_integer(&to->answer, i, 1) };
	return true;
}

void
ledger_windows_free(struct ledger_windows *windows)
{
	pg_result_free(&windows->answer);
	free(windows->ranges);
	*windows = (struct ledger_windows){ 0 };
}

void
ledger_window_at(const struct ledger_windows *windows, size_t i,
		 struct ledger_window *to)
{
	const struct pg_result *a = &windows->answer;
	int row = (int)i; /* below pg_result.rows, an int */

	to->range = windows->ranges[i];
	to->totals = (struct proof_totals){
		.windows = 1,
		.rows = pg_integer(a, row, 2),
		.inserted = pg_integer(a, row, 3),
		.updated = pg_integer(a, row, 4),
		.unchanged = pg_integer(a, row, 5),
		.stale = pg_integer(a, row, 6),
		.rejected = pg_integer(a, row, 7),
		.deleted = pg_integer(a, row, 11),
		.dropped = pg_integer(a, row, 8),
	};
	to->sha256 = pg_text(a, row, 9);
	to->file = pg_text(a, row, 10);
}
