#include "load/sender.h"
#include "postgres/copy_binary.h"
#include "postgres/jsonb_limits.h"
#include "json/json.h"

static bool
copy_begin(struct row_buffer *rb, struct pg *pg, const char *sql,
	   const struct sql_variable *with, size_t count, struct failure *why)
{
	buf_clear(&rb->scratch);
	return pg_copy_begin(pg, sql, with, count, why) &&
	       copy_binary_header(&rb->scratch, why) &&
	       pg_copy_add(pg, buf_slice(&rb->scratch), why);
}

static bool
copy_end(struct row_buffer *rb, struct pg *pg, int64_t rows,
	 struct failure *why)
{
	buf_clear(&rb->scratch);
	return copy_binary_trailer(&rb->scratch, why) &&
	       pg_copy_add(pg, buf_slice(&rb->scratch), why) &&
	       pg_copy_end(pg, rows, why);
}

bool
sender_send_keys(struct row_buffer *rb, struct pg *pg, struct failure *why)
{
	enum spool_got got;
	struct slice key;

	if (!spool_rewind(&rb->keys, why) ||
	    !copy_begin(rb, pg, "copy qb_keys from stdin (format binary)", NULL,
			0, why))
		return false;
	while ((got = spool_next(&rb->keys, &key, why)) == SPOOL_RECORD)
		if (!pg_copy_add(pg, key, why))
			return false;
	return got == SPOOL_END && copy_end(rb, pg, rb->keys.records, why);
}

static bool
fail_in_row(const struct buffered_row *row, struct failure *why)
{
	return fail_in(
		why, "line %" PRId64 ": id %.*s", row->line_no,
		SLICE_SHOWN(copy_binary_text_of(row->row_part, LOAD_ROW_ID)));
}

static bool
advise_rejects(struct failure *why)
{
	return fail_next(why, "load with --rejects=FILE: such rows go there, "
			      "the others into the table");
}

static struct slice
payload_of(const struct buffered_row *row)
{
	return copy_binary_jsonb_of(row->row_part, LOAD_ROW_PAYLOAD);
}

static bool
is_json(const struct buffered_row *row, struct failure *why)
{
	return json_check(payload_of(row), why) ||
	       fail_in(why, "the payload is not JSON") || fail_in_row(row, why);
}

bool
sender_check_json(struct row_buffer *rb, struct failure *why)
{
	enum spool_got got;
	struct buffered_row row;

	if (!row_buffer_rewind(rb, &row, why))
		return false;
	while ((got = row_buffer_next(rb, &row, why)) == SPOOL_RECORD)
		if (!is_json(&row, why))
			return false;
	return got == SPOOL_END;
}

/* *sent: it was not rejected. */
static bool
check_payload(struct row_buffer *rb, const struct sender *to,
	      const struct buffered_row *row, bool *sent, struct failure *why)
{
	const char *reason;

	if (!is_json(row, why))
		return false;
	*sent = jsonb_accepts(payload_of(row), &reason);
	if (*sent)
		return true;
	if (to->may_reject) {
		row_buffer_reject(rb, rb->sending, row->n);
		return true;
	}
	fail(why, FAILURE_DATA, "jsonb cannot hold it: %s", reason);
	fail_in_row(row, why);
	return advise_rejects(why);
}

static bool
send_row(struct row_buffer *rb, const struct sender *to,
	 const struct buffered_row *row, struct failure *why)
{
	bool sent = true;

	if (to->check_payloads && !check_payload(rb, to, row, &sent, why))
		return false;
	return !sent || !to->pg ||
	       (pg_copy_add(to->pg, row->row_part, why) &&
		pg_copy_add(to->pg, row->page_part, why));
}

bool
sender_send_rows(struct row_buffer *rb, struct row_selection *list,
		 const struct sender *to, struct failure *why)
{
	enum spool_got got;
	struct buffered_row row;

	rb->sending = list;
	if (!row_buffer_rewind_selected(rb, list, &row, why) ||
	    (to->pg &&
	     !copy_begin(rb, to->pg, to->copy_sql, to->with, to->count, why)))
		return false;
	while ((got = row_buffer_next_selected(rb, list, &row, why)) ==
	       SPOOL_RECORD)
		if (!send_row(rb, to, &row, why))
			return false;
	return got == SPOOL_END &&
	       (!to->pg || copy_end(rb, to->pg, row_selection_sent(list), why));
}

bool
sender_reject_row(struct row_buffer *rb, int64_t copy_row, bool may_reject,
		  struct failure *why)
{
	struct failure ignored = { 0 };
	struct row_selection *list = rb->sending;
	struct buffered_row row;

	if (!list || copy_row < 1 ||
	    !row_buffer_rewind_selected(rb, list, &row, &ignored))
		return false;
	while (copy_row--)
		if (row_buffer_next_selected(rb, list, &row, &ignored) !=
		    SPOOL_RECORD)
			return false;
	if (!may_reject) {
		fail_in_row(&row, why);
		return why->kind == FAILURE_DATA && advise_rejects(why);
	}
	row_buffer_reject(rb, list, row.n);
	return true;
}
