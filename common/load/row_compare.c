#include "load/row_compare.h"
#include "load/sender.h"
#include "postgres/copy_binary.h"

static const char keys_table_sql[] =
#include "sql/load/keys_table.sql.h"
	;
static const char sort_keys_sql[] =
#include "sql/load/sort_keys.sql.h"
	;
static const char plan_hints_sql[] =
#include "sql/load/plan_hints.sql.h"
	;
static const char compare_sql[] =
#include "sql/load/compare.sql.h"
	;
static const char unrecorded_sql[] =
#include "sql/history/unrecorded.sql.h"
	;

/* Of one statement, and bytes of ids: enough that planning hardly counts, and
 * few enough for the memory of eight loaders. */
enum { MOST_KEYS = 1000, MOST_BYTES = 16 * 1024 };

void
row_compare_init(struct row_compare *c)
{
	static const enum pg_array_type types[] = {
		PG_ARRAY_TEXT, PG_ARRAY_TIME, PG_ARRAY_TIME, PG_ARRAY_INT8
	};

	for (size_t i = 0; i < LENGTH(types); i++)
		pg_array_init(&c->keys[i], types[i]);
	bitset_init(&c->stale);
	c->first = 0;
}

void
row_compare_free(struct row_compare *c)
{
	for (size_t i = 0; i < LENGTH(c->keys); i++)
		pg_array_free(&c->keys[i]);
	bitset_free(&c->stale);
}

/* "17\t40960\tf" */
static bool
read_position(struct row_buffer *rb, struct slice line, struct failure *why)
{
	char *end;
	/* libpq terminates its lines with a NUL */
	int64_t n = strtoll(line.at, &end, 10);
	int64_t offset = strtoll(end, &end, 10);

	if (end + 2 != line.at + line.len)
		return fail(why, FAILURE_BUG,
			    "a line of sort_keys.sql is invalid");
	return row_buffer_add_ordered(rb, n, offset, end[1] == 't', why);
}

/* Where an id may occur twice: let the server sort the rows. */
static bool
fetch_order(struct pg *pg, struct row_buffer *rb, struct failure *why)
{
	enum pg_copy_out got;
	struct slice line;

	if (!row_buffer_reset_order(rb, why) ||
	    !pg_run(pg, keys_table_sql, NULL, 0, NULL, why) ||
	    !sender_send_keys(rb, pg, why) ||
	    !pg_copy_out_begin(pg, sort_keys_sql, NULL, 0, why))
		return false;
	while ((got = pg_copy_out_next(pg, &line, why)) == PG_COPY_LINE)
		if (!read_position(rb, line, why))
			return false;
	return got == PG_COPY_DONE;
}

static bool
is_superseded(const struct row_buffer *rb, int64_t n)
{
	return rb->superseded_count && bitset_test(&rb->superseded, n);
}

/* The n-th key of the chunk.  A row that is superseded by another of its window
 * is stale, whatever the table has; it has been counted. */
static void
take_result(struct row_compare *c, struct row_buffer *rb, int64_t n,
	    char result, struct ledger_entry *entry)
{
	if (is_superseded(rb, c->first + n))
		return;
	entry->inserted += result == 'i';
	entry->updated += result == 'u';
	entry->stale += result == 's';
	if (result == 's')
		bitset_set(&c->stale, n);
	else
		row_buffer_select(
			rb, result == 'i' ? &rb->to_insert : &rb->to_update,
			c->first + n);
}

/* The stale rows of the chunk that the history does not have yet. */
static bool
select_stale(struct row_compare *c, struct pg *pg, struct row_buffer *rb,
	     const struct sql_variable *with, size_t count, struct failure *why)
{
	struct pg_result answer;
	bool done = pg_run_with_arrays(pg, unrecorded_sql, with, count, c->keys,
				       LENGTH(c->keys), &answer, why);

	for (int i = 0; done && i < answer.rows; i++) {
		int64_t n = pg_integer(&answer, i, 0);

		if (bitset_test(&c->stale, n) ||
		    is_superseded(rb, c->first + n))
			row_buffer_select(rb, &rb->stale, c->first + n);
	}
	pg_result_free(&answer);
	return done;
}

static void
clear_keys(struct row_compare *c)
{
	c->first += c->keys[0].count;
	for (size_t i = 0; i < LENGTH(c->keys); i++)
		pg_array_clear(&c->keys[i]);
}

static bool
compare_chunk(struct row_compare *c, struct pg *pg, struct row_buffer *rb,
	      const struct sql_variable *with, size_t count,
	      struct ledger_entry *entry, struct failure *why)
{
	struct pg_result answer;
	int64_t stale = entry->stale;

	if (!c->keys[0].count)
		return true;
	if (!bitset_clear(&c->stale, c->keys[0].count, why))
		return false;
	bool done = pg_run_with_arrays(pg, compare_sql, with, count, c->keys,
				       LENGTH(c->keys), &answer, why);
	for (int i = 0; done && i < answer.rows; i++)
		take_result(c, rb, pg_integer(&answer, i, 0),
			    *pg_text(&answer, i, 1), entry);
	pg_result_free(&answer);
	if (done && c->keep_stale &&
	    (entry->stale > stale || rb->superseded_count))
		done = select_stale(c, pg, rb, with, count, why);
	clear_keys(c);
	return done;
}

static bool
add_key(struct row_compare *c, struct slice key, struct failure *why)
{
	const char *at = copy_binary_field_of(key, LOAD_ROW_KEY_ID).at;

	for (size_t i = 0; i < LENGTH(c->keys); i++) {
		struct slice field = copy_binary_field_at(at);

		if (!pg_array_add(&c->keys[i], field, why))
			return false;
		at += field.len;
	}
	return true;
}

static bool
is_full(const struct row_compare *c)
{
	return c->keys[0].count == MOST_KEYS ||
	       c->keys[0].bytes.len > MOST_BYTES;
}

bool
row_compare_run(struct row_compare *c, struct pg *pg, struct row_buffer *rb,
		const struct sql_variable *with, size_t count,
		struct ledger_entry *entry, struct failure *why)
{
	enum spool_got got;
	struct slice key;

	if ((rb->may_repeat && !row_buffer_is_ordered(rb) &&
	     !fetch_order(pg, rb, why)) ||
	    !pg_run(pg, plan_hints_sql, NULL, 0, NULL, why) ||
	    !spool_rewind(&rb->keys, why))
		return false;
	entry->stale = rb->superseded_count;
	clear_keys(c);
	c->first = 0;
	while ((got = spool_next(&rb->keys, &key, why)) == SPOOL_RECORD)
		if (!add_key(c, key, why) ||
		    (is_full(c) &&
		     !compare_chunk(c, pg, rb, with, count, entry, why)))
			return false;
	if (got != SPOOL_END ||
	    !compare_chunk(c, pg, rb, with, count, entry, why))
		return false;
	entry->unchanged = rb->rows.records - entry->inserted - entry->updated -
			   entry->stale;
	return true;
}
