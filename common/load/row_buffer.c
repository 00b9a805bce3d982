#include "load/row_buffer.h"

enum {
	/* a window of some hundred rows; eight may wait (load/workers.h) */
	KEYS_IN_MEMORY = 32 * 1024,
	ROWS_IN_MEMORY = 128 * 1024,
	ORDER_IN_MEMORY = 16 * 1024,
	TAILS_IN_MEMORY = 32 * 1024, /* of fifty pages */
	LONGEST_TAIL = 4 * 1024 * 1024,
	MOST_PIECE_BYTES = 256 * 1024 * 1024,
};

void
row_buffer_init(struct row_buffer *w)
{
	*w = (struct row_buffer){ .latest_us = INT64_MIN };
	load_row_init(&w->row);
	spool_init(&w->keys, KEYS_IN_MEMORY);
	spool_init(&w->rows, ROWS_IN_MEMORY);
	spool_init(&w->sorted, ORDER_IN_MEMORY);
	bitset_init(&w->older);
	bitset_init(&w->fresh.these);
	bitset_init(&w->changed.these);
	bitset_init(&w->refused);
	buf_init(&w->tails, TAILS_IN_MEMORY);
	buf_init(&w->tail, LONGEST_TAIL);
	buf_init(&w->piece, MOST_PIECE_BYTES);
}

void
row_buffer_free(struct row_buffer *w)
{
	load_row_free(&w->row);
	spool_free(&w->keys);
	spool_free(&w->rows);
	spool_free(&w->sorted);
	bitset_free(&w->older);
	bitset_free(&w->fresh.these);
	bitset_free(&w->changed.these);
	bitset_free(&w->refused);
	buf_free(&w->tails);
	buf_free(&w->tail);
	buf_free(&w->piece);
}

void
row_buffer_clear(struct row_buffer *w, int64_t first_line)
{
	spool_clear(&w->keys);
	spool_clear(&w->rows);
	w->first_line = first_line;
	w->latest_us = INT64_MIN;
	w->realm[0] = '\0';
	w->refused_any = false;
	spool_clear(&w->sorted);
	w->older_count = 0;
	id_order_clear(w->ids);
	buf_clear(&w->tails);
	buf_clear(&w->tail);
	if (w->piece.room > ROWS_IN_MEMORY)
		buf_free(&w->piece);
}

static bool
same_company(struct row_buffer *w, struct failure *why)
{
	if (!w->realm[0])
		snprintf(w->realm, sizeof(w->realm), "%.*s",
			 SLICE_SHOWN(w->row.realm));
	if (slice_is(w->row.realm, w->realm))
		return true;
	return fail(why, FAILURE_DATA,
		    "a row of company %.*s in a window of company %s",
		    SLICE_SHOWN(w->row.realm), w->realm);
}

/* What waits for each row: this, the two parts of its COPY row, unless the
 * second waits in `tails`, and, where it may be wanted back, the envelope. */
struct waits {
	int64_t tail_at; /* in `tails`, or -1 */
	size_t own, tail;
};

/* The tail changes with the page, so it is mostly the one of the row before. */
static bool
find_tail(struct row_buffer *w, const struct window *window,
	  struct failure *why)
{
	if (w->tail.len && w->row.alike)
		return true;
	buf_clear(&w->tail);
	if (!load_row_write_tail(&w->row, window, &w->tail, why))
		return false;
	w->tail_at = -1;
	if (w->tails.len + w->tail.len > TAILS_IN_MEMORY)
		return true;
	w->tail_at = (int64_t)w->tails.len; /* bounded */
	return buf_add_slice(&w->tails, buf_slice(&w->tail), why);
}

static bool
hold(struct row_buffer *w, const struct envelope *row,
     const struct window *window, struct failure *why)
{
	struct buf *to = &w->rows.held;
	struct waits is = { 0 };

	if (!find_tail(w, window, why) || !spool_begin(&w->rows, why))
		return false;
	size_t start = to->len, begin = start + sizeof(is);
	if (!buf_add(to, &is, sizeof(is), why) ||
	    !load_row_write_own(&w->row, to, why))
		return false;
	is = (struct waits){ w->tail_at, to->len - begin, w->tail.len };
	memcpy(to->at + start, &is, sizeof(is));
	if (is.tail_at < 0 && !buf_add_slice(to, buf_slice(&w->tail), why))
		return false;
	return (!w->keep_lines || buf_add_slice(to, row->line, why)) &&
	       spool_end(&w->rows, why);
}

bool
row_buffer_add(struct row_buffer *w, const struct envelope *row,
	       const struct window *window, struct failure *why)
{
	int64_t place = spool_place(&w->rows);

	buf_clear(&w->piece);
	if (!load_row_read(&w->row, row, why) || !same_company(w, why) ||
	    !load_row_write_key(&w->row, w->keys.records, place, &w->piece,
				why) ||
	    !spool_add(&w->keys, buf_slice(&w->piece), why))
		return false;
	id_order_add(w->ids, w->row.id, place);
	if (w->latest_us < w->row.fetched_us)
		w->latest_us = w->row.fetched_us;
	return hold(w, row, window, why);
}

/* What is kept of a row in the order of their ids. */
struct place {
	int64_t n, place;
};

static bool
note(struct row_buffer *w, int64_t n, int64_t place, struct failure *why)
{
	const struct place next = { n, place };

	return spool_add(&w->sorted,
			 (struct slice){ (const char *)&next, sizeof(next) },
			 why);
}

bool
row_buffer_finish(struct row_buffer *w, struct failure *why)
{
	const struct id_order *ids = w->ids;

	id_order_sort(w->ids);
	w->doubled = !ids->once;
	for (size_t i = 0; i < ids->count && !w->doubled; i++) {
		const struct id_order_row *row = &ids->rows[i];

		if (!note(w, row->n, row->place, why))
			return false;
	}
	return true;
}

bool
row_buffer_reset_order(struct row_buffer *w, struct failure *why)
{
	spool_clear(&w->sorted);
	w->older_count = 0;
	return bitset_clear(&w->older, w->rows.records, why);
}

bool
row_buffer_add_ordered(struct row_buffer *w, int64_t n, int64_t place,
		       bool older, struct failure *why)
{
	if (older) {
		bitset_set(&w->older, n);
		w->older_count++;
	}
	return note(w, n, place, why);
}

bool
row_buffer_is_ordered(const struct row_buffer *w)
{
	return w->sorted.records == w->rows.records;
}

static bool
want_none(const struct row_buffer *w, struct row_selection *list,
	  struct failure *why)
{
	list->all = list->as_they_came = false;
	list->count = list->refused = 0;
	return bitset_clear(&list->these, w->rows.records, why);
}

/* What was refused in an earlier try stays refused. */
bool
row_buffer_select_none(struct row_buffer *w, struct failure *why)
{
	w->sending = NULL;
	return want_none(w, &w->fresh, why) && want_none(w, &w->changed, why) &&
	       (w->refused_any ||
		bitset_clear(&w->refused, w->rows.records, why));
}

void
row_buffer_select(struct row_buffer *w, struct row_selection *list, int64_t n)
{
	bitset_set(&list->these, n);
	list->count++;
	list->refused += bitset_test(&w->refused, n);
}

void
row_buffer_select_all(struct row_buffer *w, struct row_selection *list,
		      bool as_they_came)
{
	list->all = true;
	list->as_they_came = as_they_came;
	list->count = w->rows.records;
	for (int64_t n = 0; n < list->count && w->refused_any; n++)
		list->refused += bitset_test(&w->refused, n);
}

void
row_buffer_reject(struct row_buffer *w, struct row_selection *list, int64_t n)
{
	bitset_set(&w->refused, n);
	list->refused++;
	w->refused_any = true;
}

static void
take_apart(const struct row_buffer *w, struct slice record,
	   struct buffered_row *row)
{
	const char *at = record.at + sizeof(struct waits);
	const char *end = record.at + record.len;
	struct waits is;

	memcpy(&is, record.at, sizeof(is));
	row->own = (struct slice){ at, is.own };
	at += is.own;
	if (is.tail_at < 0) {
		row->tail = (struct slice){ at, is.tail };
		at += is.tail;
	} else {
		row->tail = (struct slice){ w->tails.at + is.tail_at, is.tail };
	}
	row->line = (struct slice){ at, (size_t)(end - at) };
}

bool
row_buffer_rewind(struct row_buffer *w, struct buffered_row *row,
		  struct failure *why)
{
	row->n = -1;
	return spool_rewind(&w->rows, why);
}

enum spool_got
row_buffer_next(struct row_buffer *w, struct buffered_row *row,
		struct failure *why)
{
	struct slice record;
	enum spool_got got = spool_next(&w->rows, &record, why);

	if (got == SPOOL_RECORD) {
		row->n++;
		take_apart(w, record, row);
	}
	return got;
}

static bool
is_wanted(const struct row_buffer *w, const struct row_selection *list,
	  int64_t n)
{
	return (list->all || bitset_test(&list->these, n)) &&
	       !bitset_test(&w->refused, n);
}

static enum spool_got
next_sorted(struct row_buffer *w, struct row_selection *list,
	    struct buffered_row *row, struct failure *why)
{
	struct slice record;
	struct place next = { 0 };
	enum spool_got got;

	do {
		got = spool_next(&w->sorted, &record, why);
		if (got != SPOOL_RECORD)
			return got;
		memcpy(&next, record.at, sizeof(next));
	} while (!is_wanted(w, list, next.n));
	if (!spool_at(&w->rows, next.place, &record, why))
		return SPOOL_FAILED;
	row->n = next.n;
	take_apart(w, record, row);
	return SPOOL_RECORD;
}

bool
row_buffer_rewind_selected(struct row_buffer *w, struct row_selection *list,
			   struct buffered_row *row, struct failure *why)
{
	if (list->count && !list->as_they_came && !row_buffer_is_ordered(w))
		BUG("the order of rows that is not known");
	return spool_rewind(&w->sorted, why) && row_buffer_rewind(w, row, why);
}

enum spool_got
row_buffer_next_selected(struct row_buffer *w, struct row_selection *list,
			 struct buffered_row *row, struct failure *why)
{
	enum spool_got got;

	if (!list->as_they_came)
		return next_sorted(w, list, row, why);
	do
		got = row_buffer_next(w, row, why);
	while (got == SPOOL_RECORD && !is_wanted(w, list, row->n));
	return got;
}
