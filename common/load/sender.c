#include "load/sender.h"
#include "postgres/copy_binary.h"
#include "postgres/jsonb_limits.h"
#include "json/json.h"

static bool
copy_begin(struct row_buffer *w, struct pg *pg, const char *sql,
	   const struct sql_variable *with, size_t count, struct failure *why)
{
	buf_clear(&w->piece);
	return pg_copy_begin(pg, sql, with, count, why) &&
	       copy_binary_header(&w->piece, why) &&
	       pg_copy_add(pg, buf_slice(&w->piece), why);
}

static bool
copy_end(struct row_buffer *w, struct pg *pg, int64_t rows, struct failure *why)
{
	buf_clear(&w->piece);
	return copy_binary_trailer(&w->piece, why) &&
	       pg_copy_add(pg, buf_slice(&w->piece), why) &&
	       pg_copy_end(pg, rows, why);
}

bool
sender_send_keys(struct row_buffer *w, struct pg *pg, struct failure *why)
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

/* Rows stand together in a stream: the n-th one's line follows from n. */
static bool
name_row(const struct row_buffer *w, const struct buffered_row *row,
	 struct failure *why)
{
	return fail_in(why, "line %" PRId64 ": id %.*s", w->first_line + row->n,
		       SLICE_SHOWN(copy_binary_text_of(row->own, LOAD_ROW_ID)));
}

static bool
advise_rejects(struct failure *why)
{
	return fail_next(why, "--rejects=FILE puts such rows aside and loads "
			      "the rest of the window");
}

static struct slice
payload_of(const struct buffered_row *row)
{
	return copy_binary_jsonb_of(row->own, LOAD_ROW_PAYLOAD);
}

static bool
is_json(const struct row_buffer *w, const struct buffered_row *row,
	struct failure *why)
{
	return json_check(payload_of(row), why) ||
	       fail_in(why, "the payload is not JSON") || name_row(w, row, why);
}

bool
sender_check_json(struct row_buffer *w, struct failure *why)
{
	enum spool_got got;
	struct buffered_row row;

	if (!row_buffer_rewind(w, &row, why))
		return false;
	while ((got = row_buffer_next(w, &row, why)) == SPOOL_RECORD)
		if (!is_json(w, &row, why))
			return false;
	return got == SPOOL_END;
}

/* Is it one to be sent?  One that is refused is not. */
static bool
look(struct row_buffer *w, const struct sender *to,
     const struct buffered_row *row, bool *sent, struct failure *why)
{
	const char *reason;

	if (!is_json(w, row, why))
		return false;
	*sent = jsonb_accepts(payload_of(row), &reason);
	if (*sent)
		return true;
	if (to->may_refuse) {
		row_buffer_reject(w, w->sending, row->n);
		return true;
	}
	fail(why, FAILURE_DATA, "jsonb cannot hold it: %s", reason);
	name_row(w, row, why);
	return advise_rejects(why);
}

static bool
send_row(struct row_buffer *w, const struct sender *to,
	 const struct buffered_row *row, struct failure *why)
{
	bool sent = true;

	if (to->look && !look(w, to, row, &sent, why))
		return false;
	return !sent || !to->pg ||
	       (pg_copy_add(to->pg, row->own, why) &&
		pg_copy_add(to->pg, row->tail, why));
}

bool
sender_send_rows(struct row_buffer *w, struct row_selection *list,
		 const struct sender *to, struct failure *why)
{
	enum spool_got got;
	struct buffered_row row;

	w->sending = list;
	if (!row_buffer_rewind_selected(w, list, &row, why) ||
	    (to->pg &&
	     !copy_begin(w, to->pg, to->copy_sql, to->with, to->count, why)))
		return false;
	while ((got = row_buffer_next_selected(w, list, &row, why)) ==
	       SPOOL_RECORD)
		if (!send_row(w, to, &row, why))
			return false;
	return got == SPOOL_END &&
	       (!to->pg || copy_end(w, to->pg, row_selection_sent(list), why));
}

bool
sender_reject_row(struct row_buffer *w, int64_t copy_row, bool may_refuse,
		  struct failure *why)
{
	struct failure unread = { 0 };
	struct row_selection *list = w->sending;
	struct buffered_row row;

	if (!list || copy_row < 1 ||
	    !row_buffer_rewind_selected(w, list, &row, &unread))
		return false;
	while (copy_row--)
		if (row_buffer_next_selected(w, list, &row, &unread) !=
		    SPOOL_RECORD)
			return false;
	if (!may_refuse) {
		name_row(w, &row, why);
		return why->kind == FAILURE_DATA && advise_rejects(why);
	}
	row_buffer_reject(w, list, row.n);
	return true;
}
