#include "check/last_reading.h"

static const char last_reading_sql[] =
#include "sql/check/last_reading.sql.h"
	;

static const char whole_files_sql[] =
#include "sql/check/whole_files.sql.h"
	;

static bool
query(const struct ledger_query *l, const char *sql, const struct proof *proof,
      const char *run, struct pg_result *answer, struct failure *why)
{
	const struct sql_variable with[] = { { "schema", l->schema },
					     { "realm", l->realm },
					     { "entity", proof->entity->name },
					     { "run", run } };

	*answer = (struct pg_result){ 0 };
	if (!l->exists)
		return true;
	return pg_run(l->pg, sql, with, LENGTH(with), answer, why) ||
	       fail_in(why, "schema %s", l->schema);
}

static void
take(const struct pg_result *answer, struct proof_whole *to)
{
	if (!answer->rows)
		return;
	*to = (struct proof_whole){ .rows = pg_integer(answer, 0, 0),
				    .at_us = pg_integer(answer, 0, 1),
				    .rejected = pg_integer(answer, 0, 2),
				    .dropped = pg_integer(answer, 0, 3) };
}

static void
begin_cover_with_range(struct proof *p)
{
	struct time_ranges *covered = &p->covered;
	struct time_range all = { p->range.start_us, INT64_MIN };

	if (covered->count)
		all.end_us = covered->ranges[covered->count - 1].end_us;
	if (all.end_us <= all.start_us)
		return;
	time_ranges_free(covered);
	time_ranges_add(covered, all);
}

bool
last_reading_read(const struct ledger_query *l, struct proof *proof,
		  const char *run, struct failure *why)
{
	struct pg_result answer;

	if (proof->by != WINDOW_BY_WHOLE)
		return true;
	bool done = query(l, last_reading_sql, proof, run, &answer, why);
	if (done)
		take(&answer, &proof->whole);
	pg_result_free(&answer);
	begin_cover_with_range(proof);
	return done;
}

bool
whole_files_read(const struct ledger_query *l, const struct proof *proof,
		 const char *run, struct pg_result *answer, struct failure *why)
{
	return query(l, whole_files_sql, proof, run, answer, why);
}

void
whole_files_at(const struct pg_result *answer, int i,
	       struct archived_window *to)
{
	*to = (struct archived_window){
		.range = { pg_integer(answer, i, 0), pg_integer(answer, i, 1) },
		.rows = pg_integer(answer, i, 2),
		.sha256 = pg_text(answer, i, 3),
		.file = pg_text(answer, i, 4),
	};
}
