#include "check/unarchived.h"

static const char unarchived_deletions_sql[] =
#include "sql/check/unarchived_deletions.sql.h"
	;

/* The results of the statement. */
enum { COUNT, FIRST, LAST };

static void
tell(const struct pg_result *answer, struct proof *proof)
{
	int64_t count = pg_integer(answer, 0, COUNT);
	char first[CLOCK_TEXT], last[CLOCK_TEXT];

	if (!count)
		return;
	clock_format(pg_integer(answer, 0, FIRST), first);
	clock_format(pg_integer(answer, 0, LAST), last);
	proof_add_finding(proof, FAILURE_LATER,
			  "not archived: %" PRId64 " deletion%s, %s to %s",
			  count, count == 1 ? "" : "s", first, last);
}

bool
unarchived_check(const struct ledger_query *l, struct proof *proof,
		 const char *run, struct failure *why)
{
	char start[CLOCK_TEXT], end[CLOCK_TEXT];
	const struct sql_variable with[] = {
		{ "schema", l->schema },
		{ "table", proof->entity->table },
		{ "realm", l->realm },
		{ "entity", proof->entity->name },
		{ "by", window_by_name(proof->by) },
		{ "run", run },
		{ "start", start },
		{ "end", end },
	};
	struct pg_result answer = { 0 };

	if (!l->exists || !proof->in_table)
		return true;
	clock_format(proof->range.start_us, start);
	clock_format(proof->range.end_us, end);
	bool done = pg_run(l->pg, unarchived_deletions_sql, with, LENGTH(with),
			   &answer, why);
	if (done)
		tell(&answer, proof);
	pg_result_free(&answer);
	return done ||
	       fail_in(why, "table %s.%s", l->schema, proof->entity->table);
}
