#include "load/row_compare.h"
#include "load/sender.h"
#include "postgres/copy_binary.h"

static const char keys_sql[] =
#include "sql/load/keys.sql.h"
	;
static const char order_sql[] =
#include "sql/load/order.sql.h"
	;
static const char lookup_sql[] =
#include "sql/load/plan_hints.sql.h"
	;
static const char classify_sql[] =
#include "sql/load/compare.sql.h"
	;

/* Asked at once, and bytes of their ids: so many that planning hardly counts,
 * so few that eight loaders have them in memory. */
enum { MOST_KEYS = 1000, MOST_BYTES = 16 * 1024 };

void
row_compare_init(struct row_compare *v)
{
	static const enum pg_array_type types[] = {
		PG_ARRAY_TEXT, PG_ARRAY_TIME, PG_ARRAY_TIME, PG_ARRAY_INT8
	};

	for (size_t i = 0; i < LENGTH(types); i++)
		pg_array_init(&v->keys[i], types[i]);
	v->first = 0;
}

void
row_compare_free(struct row_compare *v)
{
	for (size_t i = 0; i < LENGTH(v->keys); i++)
		pg_array_free(&v->keys[i]);
}

/* "17\t40960\tf" */
static bool
take_place(struct row_buffer *w, struct slice line, struct failure *why)
{
	char *end;
	/* libpq ends its lines with a NUL */
	int64_t n = strtoll(line.at, &end, 10);
	int64_t place = strtoll(end, &end, 10);

	if (end + 2 != line.at + line.len)
		return fail(why, FAILURE_BUG, "a place of no row");
	return row_buffer_add_ordered(w, n, place, end[1] == 't', why);
}

/* Where an id may stand twice. */
static bool
ask_order(struct pg *pg, struct row_buffer *w, struct failure *why)
{
	enum pg_copy_out got;
	struct slice line;

	if (!row_buffer_reset_order(w, why) ||
	    !pg_run(pg, keys_sql, NULL, 0, NULL, why) ||
	    !sender_send_keys(w, pg, why) ||
	    !pg_copy_out_begin(pg, order_sql, NULL, 0, why))
		return false;
	while ((got = pg_copy_out_next(pg, &line, why)) == PG_COPY_LINE)
		if (!take_place(w, line, why))
			return false;
	return got == PG_COPY_DONE;
}

/* What another row of the window is newer than is stale, whatever is stored. */
static void
take_verdict(struct row_buffer *w, int64_t n, char verdict,
	     struct ledger_entry *entry)
{
	if (w->older_count && bitset_test(&w->older, n))
		return;
	entry->inserted += verdict == 'i';
	entry->updated += verdict == 'u';
	entry->stale += verdict == 's';
	if (verdict != 's')
		row_buffer_select(w, verdict == 'i' ? &w->fresh : &w->changed,
				  n);
}

static void
clear(struct row_compare *v)
{
	v->first += v->keys[0].count;
	for (size_t i = 0; i < LENGTH(v->keys); i++)
		pg_array_clear(&v->keys[i]);
}

static bool
ask_some(struct row_compare *v, struct pg *pg, struct row_buffer *w,
	 const struct sql_variable *with, size_t count,
	 struct ledger_entry *entry, struct failure *why)
{
	struct pg_result answer;

	if (!v->keys[0].count)
		return true;
	bool done = pg_run_with_arrays(pg, classify_sql, with, count, v->keys,
				       LENGTH(v->keys), &answer, why);
	for (int i = 0; done && i < answer.rows; i++)
		take_verdict(w, v->first + pg_integer(&answer, i, 0),
			     *pg_text(&answer, i, 1), entry);
	pg_result_free(&answer);
	clear(v);
	return done;
}

static bool
add(struct row_compare *v, struct slice key, struct failure *why)
{
	const char *at = copy_binary_field_of(key, LOAD_ROW_KEY_ID).at;

	for (size_t i = 0; i < LENGTH(v->keys); i++) {
		struct slice field = copy_binary_field_at(at);

		if (!pg_array_add(&v->keys[i], field, why))
			return false;
		at += field.len;
	}
	return true;
}

static bool
is_full(const struct row_compare *v)
{
	return v->keys[0].count == MOST_KEYS ||
	       v->keys[0].bytes.len > MOST_BYTES;
}

bool
row_compare_run(struct row_compare *v, struct pg *pg, struct row_buffer *w,
		const struct sql_variable *with, size_t count,
		struct ledger_entry *entry, struct failure *why)
{
	enum spool_got got;
	struct slice key;

	if ((w->doubled && !row_buffer_is_ordered(w) &&
	     !ask_order(pg, w, why)) ||
	    !pg_run(pg, lookup_sql, NULL, 0, NULL, why) ||
	    !spool_rewind(&w->keys, why))
		return false;
	entry->stale = w->older_count;
	clear(v);
	v->first = 0;
	while ((got = spool_next(&w->keys, &key, why)) == SPOOL_RECORD)
		if (!add(v, key, why) ||
		    (is_full(v) &&
		     !ask_some(v, pg, w, with, count, entry, why)))
			return false;
	if (got != SPOOL_END || !ask_some(v, pg, w, with, count, entry, why))
		return false;
	entry->unchanged = w->rows.records - entry->inserted - entry->updated -
			   entry->stale;
	return true;
}
