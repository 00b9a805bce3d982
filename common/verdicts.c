#include "verdicts.h"
#include "copyrow.h"
#include "outgoing.h"

static const char keys_sql[] =
#include "sql/keys.sql.h"
	;
static const char order_sql[] =
#include "sql/order.sql.h"
	;
static const char lookup_sql[] =
#include "sql/lookup.sql.h"
	;
static const char classify_sql[] =
#include "sql/classify.sql.h"
	;

/* Asked at once, and bytes of their ids: so many that planning hardly counts,
 * so few that eight loaders have them in memory. */
enum { MOST_KEYS = 1000, MOST_BYTES = 16 * 1024 };

void
verdicts_init(struct verdicts *v)
{
	static const enum pgarray_type types[] = { PGARRAY_TEXT, PGARRAY_TIME,
						   PGARRAY_TIME, PGARRAY_INT8 };

	for (size_t i = 0; i < LENGTH(types); i++)
		pgarray_init(&v->keys[i], types[i]);
	v->first = 0;
}

void
verdicts_free(struct verdicts *v)
{
	for (size_t i = 0; i < LENGTH(v->keys); i++)
		pgarray_free(&v->keys[i]);
}

/* "17\t40960\tf" */
static bool
take_place(struct waiting *w, struct slice line, struct failure *why)
{
	char *end;
	/* libpq ends its lines with a NUL */
	int64_t n = strtoll(line.at, &end, 10);
	int64_t place = strtoll(end, &end, 10);

	if (end + 2 != line.at + line.len)
		return fail(why, FAILURE_BUG, "a place of no row");
	return waiting_order(w, n, place, end[1] == 't', why);
}

/* Where an id may stand twice. */
static bool
ask_order(struct pg *pg, struct waiting *w, struct failure *why)
{
	enum pg_got got;
	struct slice line;

	if (!waiting_unorder(w, why) ||
	    !pg_run(pg, keys_sql, NULL, 0, NULL, why) ||
	    !outgoing_keys(w, pg, why) ||
	    !pg_read_begin(pg, order_sql, NULL, 0, why))
		return false;
	while ((got = pg_read_next(pg, &line, why)) == PG_LINE)
		if (!take_place(w, line, why))
			return false;
	return got == PG_DONE;
}

/* What another row of the window is newer than is stale, whatever is stored. */
static void
take_verdict(struct waiting *w, int64_t n, char verdict,
	     struct ledger_entry *entry)
{
	if (w->older_count && bits_is_on(&w->older, n))
		return;
	entry->inserted += verdict == 'i';
	entry->updated += verdict == 'u';
	entry->stale += verdict == 's';
	if (verdict != 's')
		waiting_want(w, verdict == 'i' ? &w->fresh : &w->changed, n);
}

static void
clear(struct verdicts *v)
{
	v->first += v->keys[0].count;
	for (size_t i = 0; i < LENGTH(v->keys); i++)
		pgarray_clear(&v->keys[i]);
}

static bool
ask_some(struct verdicts *v, struct pg *pg, struct waiting *w,
	 const struct statement_value *with, size_t count,
	 struct ledger_entry *entry, struct failure *why)
{
	struct pg_answer answer;

	if (!v->keys[0].count)
		return true;
	bool done = pg_ask(pg, classify_sql, with, count, v->keys,
			   LENGTH(v->keys), &answer, why);
	for (int i = 0; done && i < answer.rows; i++)
		take_verdict(w, v->first + pg_integer(&answer, i, 0),
			     *pg_text(&answer, i, 1), entry);
	pg_answer_free(&answer);
	clear(v);
	return done;
}

static bool
add(struct verdicts *v, struct slice key, struct failure *why)
{
	const char *at = copyrow_field_of(key, LANDROW_KEY_ID).at;

	for (size_t i = 0; i < LENGTH(v->keys); i++) {
		struct slice field = copyrow_field_at(at);

		if (!pgarray_add(&v->keys[i], field, why))
			return false;
		at += field.len;
	}
	return true;
}

static bool
is_full(const struct verdicts *v)
{
	return v->keys[0].count == MOST_KEYS ||
	       v->keys[0].bytes.len > MOST_BYTES;
}

bool
verdicts_ask(struct verdicts *v, struct pg *pg, struct waiting *w,
	     const struct statement_value *with, size_t count,
	     struct ledger_entry *entry, struct failure *why)
{
	enum spool_got got;
	struct slice key;

	if ((w->doubled && !waiting_is_ordered(w) && !ask_order(pg, w, why)) ||
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
