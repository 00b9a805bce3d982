#include "outgoing.h"
#include "copyrow.h"
#include "json.h"
#include "jsonb.h"

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
outgoing_keys(struct waiting *w, struct pg *pg, struct failure *why)
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
name_row(const struct waiting *w, const struct waiting_row *row,
	 struct failure *why)
{
	return fail_in(why, "line %" PRId64 ": id %.*s", w->first_line + row->n,
		       SLICE_SHOWN(copyrow_text_of(row->own, LANDROW_ID)));
}

static bool
advise_rejects(struct failure *why)
{
	return fail_next(why, "--rejects=FILE puts such rows aside and loads "
			      "the rest of the window");
}

static struct slice
payload_of(const struct waiting_row *row)
{
	return copyrow_jsonb_of(row->own, LANDROW_PAYLOAD);
}

static bool
is_json(const struct waiting *w, const struct waiting_row *row,
	struct failure *why)
{
	return json_check(payload_of(row), why) ||
	       fail_in(why, "the payload is not JSON") || name_row(w, row, why);
}

bool
outgoing_are_json(struct waiting *w, struct failure *why)
{
	enum spool_got got;
	struct waiting_row row;

	if (!waiting_rewind(w, &row, why))
		return false;
	while ((got = waiting_next(w, &row, why)) == SPOOL_RECORD)
		if (!is_json(w, &row, why))
			return false;
	return got == SPOOL_END;
}

/* Is it one to be sent?  One that is refused is not. */
static bool
look(struct waiting *w, const struct outgoing *to,
     const struct waiting_row *row, bool *sent, struct failure *why)
{
	const char *reason;

	if (!is_json(w, row, why))
		return false;
	*sent = jsonb_holds(payload_of(row), &reason);
	if (*sent)
		return true;
	if (to->may_refuse) {
		waiting_refuse(w, w->sending, row->n);
		return true;
	}
	fail(why, FAILURE_DATA, "jsonb cannot hold it: %s", reason);
	name_row(w, row, why);
	return advise_rejects(why);
}

static bool
send_row(struct waiting *w, const struct outgoing *to,
	 const struct waiting_row *row, struct failure *why)
{
	bool sent = true;

	if (to->look && !look(w, to, row, &sent, why))
		return false;
	return !sent || !to->pg ||
	       (pg_copy_add(to->pg, row->own, why) &&
		pg_copy_add(to->pg, row->tail, why));
}

bool
outgoing_send(struct waiting *w, struct wanted *list, const struct outgoing *to,
	      struct failure *why)
{
	enum spool_got got;
	struct waiting_row row;

	w->sending = list;
	if (!waiting_rewind_wanted(w, list, &row, why) ||
	    (to->pg &&
	     !copy_begin(w, to->pg, to->copy_sql, to->with, to->count, why)))
		return false;
	while ((got = waiting_next_wanted(w, list, &row, why)) == SPOOL_RECORD)
		if (!send_row(w, to, &row, why))
			return false;
	return got == SPOOL_END &&
	       (!to->pg || copy_end(w, to->pg, wanted_sent(list), why));
}

bool
outgoing_refuse(struct waiting *w, int64_t copy_row, bool may_refuse,
		struct failure *why)
{
	struct failure unread = { 0 };
	struct wanted *list = w->sending;
	struct waiting_row row;

	if (!list || copy_row < 1 ||
	    !waiting_rewind_wanted(w, list, &row, &unread))
		return false;
	while (copy_row--)
		if (waiting_next_wanted(w, list, &row, &unread) != SPOOL_RECORD)
			return false;
	if (!may_refuse) {
		name_row(w, &row, why);
		return why->kind == FAILURE_DATA && advise_rejects(why);
	}
	waiting_refuse(w, list, row.n);
	return true;
}
