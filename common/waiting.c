#include "waiting.h"
#include "copyrow.h"
#include "json.h"
#include "jsonb.h"

enum {
	/* a window of some hundred rows; eight may wait (crew.h) */
	KEYS_IN_MEMORY = 32 * 1024,
	ROWS_IN_MEMORY = 192 * 1024,
	WANTED_IN_MEMORY = 16 * 1024,
	TAILS_IN_MEMORY = 32 * 1024, /* of fifty pages */
	LONGEST_TAIL = 4 * 1024 * 1024,
	MOST_PIECE_BYTES = 256 * 1024 * 1024,
};

void
waiting_init(struct waiting *w)
{
	*w = (struct waiting){ .latest_us = INT64_MIN };
	landrow_init(&w->row);
	spool_init(&w->keys, KEYS_IN_MEMORY);
	spool_init(&w->rows, ROWS_IN_MEMORY);
	spool_init(&w->sorted, WANTED_IN_MEMORY);
	spool_init(&w->fresh.rows, WANTED_IN_MEMORY);
	spool_init(&w->changed.rows, WANTED_IN_MEMORY);
	bits_init(&w->refused);
	buf_init(&w->tails, TAILS_IN_MEMORY);
	buf_init(&w->tail, LONGEST_TAIL);
	buf_init(&w->piece, MOST_PIECE_BYTES);
}

void
waiting_free(struct waiting *w)
{
	landrow_free(&w->row);
	spool_free(&w->keys);
	spool_free(&w->rows);
	spool_free(&w->sorted);
	spool_free(&w->fresh.rows);
	spool_free(&w->changed.rows);
	bits_free(&w->refused);
	buf_free(&w->tails);
	buf_free(&w->tail);
	buf_free(&w->piece);
}

void
waiting_clear(struct waiting *w, int64_t first_line)
{
	spool_clear(&w->keys);
	spool_clear(&w->rows);
	w->first_line = first_line;
	w->latest_us = INT64_MIN;
	w->realm[0] = '\0';
	w->refused_any = false;
	spool_clear(&w->sorted);
	idorder_clear(w->ids);
	buf_clear(&w->tails);
	buf_clear(&w->tail);
	if (w->piece.room > ROWS_IN_MEMORY)
		buf_free(&w->piece);
}

static bool
same_company(struct waiting *w, struct failure *why)
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
find_tail(struct waiting *w, const struct window *window, struct failure *why)
{
	if (w->tail.len && w->row.alike)
		return true;
	buf_clear(&w->tail);
	if (!landrow_write_tail(&w->row, window, &w->tail, why))
		return false;
	w->tail_at = -1;
	if (w->tails.len + w->tail.len > TAILS_IN_MEMORY)
		return true;
	w->tail_at = (int64_t)w->tails.len; /* bounded */
	return buf_add_slice(&w->tails, buf_slice(&w->tail), why);
}

static bool
hold(struct waiting *w, const struct envelope *row, const struct window *window,
     struct failure *why)
{
	struct buf *to = &w->rows.held;
	struct waits is = { 0 };

	if (!find_tail(w, window, why) || !spool_begin(&w->rows, why))
		return false;
	size_t start = to->len, begin = start + sizeof(is);
	if (!buf_add(to, &is, sizeof(is), why) ||
	    !landrow_write_own(&w->row, to, why))
		return false;
	is = (struct waits){ w->tail_at, to->len - begin, w->tail.len };
	memcpy(to->at + start, &is, sizeof(is));
	if (is.tail_at < 0 && !buf_add_slice(to, buf_slice(&w->tail), why))
		return false;
	return (!w->keep_lines || buf_add_slice(to, row->line, why)) &&
	       spool_end(&w->rows, why);
}

/* Apart again. */
struct held {
	struct slice own, tail, line;
};

static struct held
held_of(const struct waiting *w, struct slice record)
{
	const char *at = record.at + sizeof(struct waits);
	const char *end = record.at + record.len;
	struct waits is;
	struct held held;

	memcpy(&is, record.at, sizeof(is));
	held.own = (struct slice){ at, is.own };
	at += is.own;
	if (is.tail_at < 0) {
		held.tail = (struct slice){ at, is.tail };
		at += is.tail;
	} else {
		held.tail = (struct slice){ w->tails.at + is.tail_at, is.tail };
	}
	held.line = (struct slice){ at, (size_t)(end - at) };
	return held;
}

bool
waiting_add(struct waiting *w, const struct envelope *row,
	    const struct window *window, struct failure *why)
{
	int64_t place = spool_place(&w->rows);

	buf_clear(&w->piece);
	if (!landrow_read(&w->row, row, why) || !same_company(w, why) ||
	    !landrow_write_key(&w->row, w->keys.records, place, &w->piece,
			       why) ||
	    !spool_add(&w->keys, buf_slice(&w->piece), why))
		return false;
	idorder_add(w->ids, w->row.id, place);
	if (w->latest_us < w->row.fetched_us)
		w->latest_us = w->row.fetched_us;
	return hold(w, row, window, why);
}

static bool
copy_begin(struct waiting *w, struct pg *pg, const char *sql,
	   const struct statement_value *with, size_t count,
	   struct failure *why)
{
	buf_clear(&w->piece);
	return pg_copy_begin(pg, sql, with, count, why) &&
	       copyrow_header(&w->piece, why) &&
	       pg_copy_add(pg, buf_slice(&w->piece), why);
}

static bool
copy_end(struct waiting *w, struct pg *pg, int64_t rows, struct failure *why)
{
	buf_clear(&w->piece);
	return copyrow_trailer(&w->piece, why) &&
	       pg_copy_add(pg, buf_slice(&w->piece), why) &&
	       pg_copy_end(pg, rows, why);
}

bool
waiting_send_keys(struct waiting *w, struct pg *pg, struct failure *why)
{
	enum spool_got got;
	struct slice key;

	if (!spool_rewind(&w->keys, why) ||
	    !copy_begin(w, pg, "copy qb_keys from stdin (format binary)", NULL,
			0, why))
		return false;
	while ((got = spool_next(&w->keys, &key, why)) == SPOOL_RECORD)
		if (!pg_copy_add(pg, key, why))
			return false;
	return got == SPOOL_END && copy_end(w, pg, w->keys.records, why);
}

/* What was refused in an earlier try stays refused. */
bool
waiting_want_none(struct waiting *w, struct failure *why)
{
	spool_clear(&w->fresh.rows);
	spool_clear(&w->changed.rows);
	w->fresh.refused = w->changed.refused = 0;
	w->sending = NULL;
	return w->refused_any || bits_clear(&w->refused, w->keys.records, why);
}

/* What a list keeps of a row. */
struct place {
	int64_t n, place;
};

static bool
note(struct spool *list, struct place of, struct failure *why)
{
	return spool_add(list, (struct slice){ (const char *)&of, sizeof(of) },
			 why);
}

bool
waiting_want(struct waiting *w, struct wanted *list, int64_t n, int64_t place,
	     struct failure *why)
{
	list->refused += bits_is_on(&w->refused, n);
	return note(&list->rows, (struct place){ n, place }, why);
}

bool
waiting_all(struct waiting *w, struct failure *why)
{
	const struct idorder *ids = w->ids;

	idorder_settle(w->ids);
	w->doubled = !ids->once;
	for (size_t i = 0; i < ids->count && !w->doubled; i++) {
		uint32_t n = ids->order[i];

		if (!note(&w->sorted, (struct place){ n, ids->rows[n].place },
			  why))
			return false;
	}
	return true;
}

bool
waiting_want_sorted(struct waiting *w, struct wanted *list, struct failure *why)
{
	enum spool_got got;
	struct slice record;
	struct place next;

	if (w->doubled)
		BUG("the order of rows that is not known");
	if (!spool_rewind(&w->sorted, why))
		return false;
	while ((got = spool_next(&w->sorted, &record, why)) == SPOOL_RECORD) {
		memcpy(&next, record.at, sizeof(next));
		if (!waiting_want(w, list, next.n, next.place, why))
			return false;
	}
	return got == SPOOL_END;
}

bool
waiting_want_all(struct waiting *w, struct wanted *list, struct failure *why)
{
	enum spool_got got;
	struct slice key;
	int64_t n = 0;

	if (!spool_rewind(&w->keys, why))
		return false;
	while ((got = spool_next(&w->keys, &key, why)) == SPOOL_RECORD)
		if (!waiting_want(w, list, n++,
				  copyrow_int8_of(key, LANDROW_KEY_PLACE), why))
			return false;
	return got == SPOOL_END;
}

static void
refuse(struct waiting *w, struct wanted *list, int64_t n)
{
	bits_on(&w->refused, n);
	list->refused++;
	w->refused_any = true;
}

/* The next row of the list that was not refused. */
static enum spool_got
next_wanted(const struct waiting *w, struct wanted *list, struct place *next,
	    struct failure *why)
{
	enum spool_got got;
	struct slice record;

	while ((got = spool_next(&list->rows, &record, why)) == SPOOL_RECORD) {
		memcpy(next, record.at, sizeof(*next));
		if (!bits_is_on(&w->refused, next->n))
			break;
	}
	return got;
}

/* Rows stand together in a stream: the n-th one's line follows from n. */
static bool
name_row(const struct waiting *w, int64_t n, struct slice own,
	 struct failure *why)
{
	return fail_in(why, "line %" PRId64 ": id %.*s", w->first_line + n,
		       SLICE_SHOWN(copyrow_text_of(own, LANDROW_ID)));
}

static bool
advise_rejects(struct failure *why)
{
	return fail_next(why, "--rejects=FILE puts such rows aside and loads "
			      "the rest of the window");
}

static bool
is_json(struct slice payload, struct failure *why)
{
	return json_check(payload, why) ||
	       fail_in(why, "the payload is not JSON");
}

bool
waiting_are_json(struct waiting *w, struct failure *why)
{
	enum spool_got got;
	struct slice record;

	if (!spool_rewind(&w->rows, why))
		return false;
	for (int64_t n = 0; (got = spool_next(&w->rows, &record, why)) ==
			    SPOOL_RECORD;
	     n++) {
		struct slice own = held_of(w, record).own;

		if (!is_json(copyrow_jsonb_of(own, LANDROW_PAYLOAD), why))
			return name_row(w, n, own, why);
	}
	return got == SPOOL_END;
}

/* Is it one to be sent?  One that is refused is not. */
static bool
look(struct waiting *w, const struct waiting_to *to, int64_t n,
     struct slice own, bool *sent, struct failure *why)
{
	struct slice payload = copyrow_jsonb_of(own, LANDROW_PAYLOAD);
	const char *reason;

	if (!is_json(payload, why))
		return name_row(w, n, own, why);
	*sent = jsonb_holds(payload, &reason);
	if (*sent)
		return true;
	if (to->may_refuse) {
		refuse(w, w->sending, n);
		return true;
	}
	fail(why, FAILURE_DATA, "jsonb cannot hold it: %s", reason);
	name_row(w, n, own, why);
	return advise_rejects(why);
}

static bool
send_row(struct waiting *w, const struct waiting_to *to,
	 const struct place *which, struct failure *why)
{
	struct slice record;
	bool sent = true;

	if (!spool_at(&w->rows, which->place, &record, why))
		return false;
	struct held row = held_of(w, record);
	if (to->look && !look(w, to, which->n, row.own, &sent, why))
		return false;
	return !sent || !to->pg ||
	       (pg_copy_add(to->pg, row.own, why) &&
		pg_copy_add(to->pg, row.tail, why));
}

bool
waiting_send(struct waiting *w, struct wanted *list,
	     const struct waiting_to *to, struct failure *why)
{
	enum spool_got got;
	struct place next;

	w->sending = list;
	if (!spool_rewind(&w->rows, why) || !spool_rewind(&list->rows, why) ||
	    (to->pg &&
	     !copy_begin(w, to->pg, to->copy_sql, to->with, to->count, why)))
		return false;
	while ((got = next_wanted(w, list, &next, why)) == SPOOL_RECORD)
		if (!send_row(w, to, &next, why))
			return false;
	return got == SPOOL_END &&
	       (!to->pg || copy_end(w, to->pg, wanted_sent(list), why));
}

bool
waiting_refuse_sent(struct waiting *w, int64_t copy_row, bool may_refuse,
		    struct failure *why)
{
	struct failure unread = { 0 };
	struct wanted *list = w->sending;
	struct slice record;
	struct place place = { 0 };

	if (!list || copy_row < 1 || !spool_rewind(&list->rows, &unread) ||
	    !spool_rewind(&w->rows, &unread))
		return false;
	while (copy_row--)
		if (next_wanted(w, list, &place, &unread) != SPOOL_RECORD)
			return false;
	if (!spool_at(&w->rows, place.place, &record, &unread))
		return false;
	if (!may_refuse) {
		name_row(w, place.n, held_of(w, record).own, why);
		return why->kind == FAILURE_DATA && advise_rejects(why);
	}
	refuse(w, list, place.n);
	return true;
}

enum spool_got
waiting_next_refused(struct waiting *w, int64_t *n, struct slice *line,
		     struct failure *why)
{
	enum spool_got got;
	struct slice record;

	if (!*n && !spool_rewind(&w->rows, why))
		return SPOOL_FAILED;
	while ((got = spool_next(&w->rows, &record, why)) == SPOOL_RECORD)
		if (bits_is_on(&w->refused, (*n)++))
			break;
	if (got == SPOOL_RECORD)
		*line = held_of(w, record).line;
	return got;
}
