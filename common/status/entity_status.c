#include "status/entity_status.h"

static const char entities_sql[] =
#include "sql/status/entities.sql.h"
	;
static const char landing_table_sql[] =
#include "sql/check/landing_table.sql.h"
	;
static const char deleted_rows_sql[] =
#include "sql/status/deleted_rows.sql.h"
	;

/* qb-sync reads every 7 days what QuickBooks' log of changes leaves out; and a
 * day for that run. */
static const int64_t unlogged_us = 8 * CLOCK_DAY;

static int64_t
time_or_never(const struct pg_result *answer, int row, int column)
{
	return pg_null(answer, row, column) ? STATUS_NEVER
					    : pg_integer(answer, row, column);
}

/* What is not listed has been loaded as the common shape. */
static const struct entity *
find_entity(const char *name)
{
	const struct entity *found = entity_find(slice_of(name));
	struct failure unused;

	return found ? found : entity_unlisted(slice_of(name), &unused);
}

static void
take_row(const struct pg_result *answer, int row, struct entity_status *to)
{
	const char *name = pg_text(answer, row, 0);
	const struct entity *known = find_entity(name);

	*to = (struct entity_status){
		.entity = name,
		.table = known ? known->table : NULL,
		.unlogged = known && known->unlogged,
		.unlisted = known && known->unlisted,
		.report = known && known->shape == SHAPE_REPORT,
		.covered_us = time_or_never(answer, row, 1),
		.again_us = time_or_never(answer, row, 2),
		.loaded_us = pg_integer(answer, row, 3),
		.from_us = time_or_never(answer, row, 4),
		.census_us = time_or_never(answer, row, 5),
		.table_rows = pg_integer(answer, row, 6),
		.ever_marked = pg_integer(answer, row, 7),
		.deleted = -1,
		.run = { .id = pg_text(answer, row, 8),
			 .windows = pg_integer(answer, row, 9),
			 .rows = pg_integer(answer, row, 10),
			 .inserted = pg_integer(answer, row, 11),
			 .updated = pg_integer(answer, row, 12),
			 .deleted = pg_integer(answer, row, 13) },
		.deletions_known = !strcmp(pg_text(answer, row, 14), "t"),
	};
}

static bool
is_true(const struct pg_result *answer, int column)
{
	return answer->rows && !strcmp(pg_text(answer, 0, column), "t");
}

/*
 * A table of millions of rows that an older version created has no index of
 * those marked as deleted.  It is not read where the ledger says that there is
 * none.
 */
static bool
count_deleted(const struct ledger_query *l, struct entity_status *e,
	      struct failure *why)
{
	struct sql_variable with[] = { { "schema", l->schema },
				       { "table", e->table } };
	struct pg_result table = { 0 }, count = { 0 };

	if (!e->table)
		return true;
	bool done = pg_run(l->pg, landing_table_sql, with, LENGTH(with), &table,
			   why);
	bool allowed = done && is_true(&table, 0);
	bool cheap = done && is_true(&table, 1);
	pg_result_free(&table);
	if (!allowed)
		return done;
	if (!cheap && !e->ever_marked) {
		e->deleted = 0;
		return true;
	}
	done = pg_run(l->pg, deleted_rows_sql, with, LENGTH(with), &count, why);
	if (done)
		e->deleted = pg_integer(&count, 0, 0);
	pg_result_free(&count);
	return done || fail_in(why, "table %s.%s", l->schema, e->table);
}

bool
entity_statuses_read(struct entity_statuses *to, const struct ledger_query *l,
		     int64_t settle_ms, struct failure *why)
{
	char settle[32];
	struct sql_variable with[] = { { "schema", l->schema },
				       { "realm", l->realm },
				       { "settle", settle } };

	*to = (struct entity_statuses){ 0 };
	if (!l->exists)
		return true;
	snprintf(settle, sizeof(settle), "%" PRId64 " ms", settle_ms);
	if (!pg_run(l->pg, entities_sql, with, LENGTH(with), &to->answer, why))
		return fail_in(why, "schema %s", l->schema);
	to->count = (size_t)to->answer.rows; /* not negative */
	to->at = base_realloc(NULL, (to->count + 1) * sizeof(*to->at));
	for (int i = 0; i < to->answer.rows; i++) {
		take_row(&to->answer, i, &to->at[i]);
		if (!count_deleted(l, &to->at[i], why))
			return false;
	}
	return true;
}

void
entity_statuses_free(struct entity_statuses *s)
{
	pg_result_free(&s->answer);
	free(s->at);
	*s = (struct entity_statuses){ 0 };
}

void
entity_statuses_judge(struct entity_statuses *s, int64_t now_us,
		      int64_t max_age_us)
{
	for (size_t i = 0; i < s->count; i++) {
		struct entity_status *e = &s->at[i];

		int64_t most_us = e->unlogged && max_age_us < unlogged_us
					  ? unlogged_us
					  : max_age_us;

		e->late = !e->report && (e->covered_us == STATUS_NEVER ||
					 now_us - e->covered_us > most_us);
	}
}

int64_t
entity_status_live(const struct entity_status *e)
{
	if (e->deleted < 0)
		return -1;
	return e->table_rows > e->deleted ? e->table_rows - e->deleted : 0;
}
