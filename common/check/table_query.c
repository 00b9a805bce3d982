#include "check/table_query.h"
#include "postgres/arrays.h"
#include "postgres/copy_binary.h"

static const char ledger_entries_sql[] =
#include "sql/check/ledger_entries.sql.h"
	;

static const char stored_rows_sql[] =
#include "sql/check/stored_rows.sql.h"
	;

static const char table_exists_sql[] =
	"select 1 where to_regclass(format('%I.%I', :'schema', :'table'))"
	" is not null";

/* Otherwise a loader could move rows between the two statements. */
static const char snapshot_sql[] =
	"set transaction isolation level repeatable read, read only";

enum { MOST_FIELD_BYTES = 64, VARIABLES = 5 };

static void
take_entries(const struct pg_result *answer, struct provenance *to)
{
	struct provenance_entry *entries = base_realloc(
		NULL, ((size_t)answer->rows + 1) * sizeof(*entries));

	for (int i = 0; i < answer->rows; i++) {
		struct provenance_entry *e = &entries[i];

		e->range.start_us = pg_integer(answer, i, 0);
		e->range.end_us = pg_integer(answer, i, 1);
		e->same_by = pg_integer(answer, i, 2);
		e->read_us = pg_integer(answer, i, 3);
		e->written = pg_integer(answer, i, 4);
		e->updated = pg_integer(answer, i, 5);
		e->kept = pg_integer(answer, i, 6);
		/* ranks, from 0 */
		e->window = (size_t)pg_integer(answer, i, 7);
		e->group = (size_t)pg_integer(answer, i, 8);
		if (e->window >= to->window_count)
			to->window_count = e->window + 1;
		if (e->group >= to->group_count)
			to->group_count = e->group + 1;
	}
	to->entries = entries;
	to->entry_count = (size_t)answer->rows; /* not negative */
	size_t bytes = (to->group_count + 1) * sizeof(*to->groups);
	to->groups = base_realloc(NULL, bytes);
	memset(to->groups, 0, bytes);
}

static void
find_bounds(const struct proof *proof, const struct provenance *p,
	    struct table_counts *to)
{
	table_counts_add_bound(to, proof->range.start_us);
	table_counts_add_bound(to, proof->range.end_us);
	for (size_t i = 0; i < p->entry_count; i++) {
		if (!p->entries[i].same_by)
			continue;
		table_counts_add_bound(to, p->entries[i].range.start_us);
		table_counts_add_bound(to, p->entries[i].range.end_us);
	}
	table_counts_sort(to);
}

static bool
write_bounds(const struct table_counts *counts, struct pg_array *to,
	     struct failure *why)
{
	struct buf field;
	bool done = true;

	buf_init(&field, MOST_FIELD_BYTES);
	for (size_t i = 0; done && i < counts->bound_count; i++) {
		buf_clear(&field);
		done = copy_binary_time(&field, counts->bounds[i], why) &&
		       pg_array_add(to, buf_slice(&field), why);
	}
	buf_free(&field);
	return done;
}

static void
take_rows(const struct pg_result *answer, struct provenance *provenance,
	  struct table_counts *counts)
{
	for (int i = 0; i < answer->rows; i++) {
		int64_t no = pg_integer(answer, i, 0);
		int64_t rows = pg_integer(answer, i, 2);

		table_counts_add(counts, pg_integer(answer, i, 1), rows,
				 pg_integer(answer, i, 3));
		if (no < 0 || (size_t)no >= provenance->group_count)
			continue;
		struct provenance_group *group = &provenance->groups[no];
		group->rows += rows;
		group->older += pg_integer(answer, i, 4);
		group->younger += pg_integer(answer, i, 5);
	}
	table_counts_sum(counts);
}

static bool
read_rows(const struct ledger_query *l, const struct sql_variable *with,
	  struct provenance *provenance, struct table_counts *counts,
	  struct failure *why)
{
	struct pg_result answer = { 0 };
	struct pg_array bounds;
	bool exists = false;

	pg_array_init(&bounds, PG_ARRAY_TIME);
	bool done =
		pg_run(l->pg, table_exists_sql, with, VARIABLES, &answer, why);
	if (done)
		exists = answer.rows;
	pg_result_free(&answer);
	if (done && exists) {
		done = write_bounds(counts, &bounds, why) &&
		       pg_run_with_arrays(l->pg, stored_rows_sql, with,
					  VARIABLES, &bounds, 1, &answer, why);
		if (done)
			take_rows(&answer, provenance, counts);
		pg_result_free(&answer);
	}
	pg_array_free(&bounds);
	return done || fail_in(why, "table %s.%s", l->schema, with[1].value);
}

static bool
read_entries(const struct ledger_query *l, const struct sql_variable *with,
	     struct provenance *to, struct failure *why)
{
	struct pg_result answer = { 0 };
	bool done = pg_run(l->pg, ledger_entries_sql, with, VARIABLES, &answer,
			   why);

	if (done)
		take_entries(&answer, to);
	pg_result_free(&answer);
	return done || fail_in(why, "schema %s", l->schema);
}

bool
table_query_read(const struct ledger_query *l, struct proof *proof,
		 struct provenance *provenance, struct table_counts *counts,
		 struct failure *why)
{
	const struct sql_variable with[VARIABLES] = {
		{ "schema", l->schema },
		{ "table", proof->entity->table },
		{ "realm", l->realm },
		{ "entity", proof->entity->name },
		{ "by", window_by_name(proof->by) }
	};
	bool done = true;

	if (!l->exists) {
		find_bounds(proof, provenance, counts);
		return true;
	}
	done = pg_begin(l->pg, why) &&
	       pg_run(l->pg, snapshot_sql, NULL, 0, NULL, why) &&
	       read_entries(l, with, provenance, why);
	if (done) {
		find_bounds(proof, provenance, counts);
		done = read_rows(l, with, provenance, counts, why);
	}
	pg_rollback(l->pg);
	if (!done)
		return false;
	proof->in_range = proof->by == WINDOW_BY_WHOLE
				  ? counts->live
				  : table_counts_live(counts, proof->range);
	proof->in_table = counts->rows;
	proof->outside = counts->live - proof->in_range;
	return true;
}
