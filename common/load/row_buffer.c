#include "load/row_buffer.h"

enum {
	/* a window of some hundred rows; there are eight
	   (load/loader_threads.h) */
	KEYS_IN_MEMORY = 32 * 1024,
	ROWS_IN_MEMORY = 128 * 1024,
	ORDER_IN_MEMORY = 16 * 1024,
	PAGE_PARTS_IN_MEMORY = 32 * 1024, /* of fifty pages */
	MOST_PAGE_PART_BYTES = 4 * 1024 * 1024,
	MOST_SCRATCH_BYTES = 256 * 1024 * 1024,
};

void
row_buffer_init(struct row_buffer *rb)
{
	*rb = (struct row_buffer){ .latest_us = INT64_MIN };
	load_row_init(&rb->row);
	spool_init(&rb->keys, KEYS_IN_MEMORY);
	spool_init(&rb->rows, ROWS_IN_MEMORY);
	spool_init(&rb->by_id, ORDER_IN_MEMORY);
	bitset_init(&rb->superseded);
	bitset_init(&rb->to_insert.rows);
	bitset_init(&rb->to_update.rows);
	bitset_init(&rb->stale.rows);
	bitset_init(&rb->rejected);
	buf_init(&rb->page_parts, PAGE_PARTS_IN_MEMORY);
	buf_init(&rb->page_part, MOST_PAGE_PART_BYTES);
	buf_init(&rb->scratch, MOST_SCRATCH_BYTES);
}

void
row_buffer_free(struct row_buffer *rb)
{
	load_row_free(&rb->row);
	spool_free(&rb->keys);
	spool_free(&rb->rows);
	spool_free(&rb->by_id);
	bitset_free(&rb->superseded);
	bitset_free(&rb->to_insert.rows);
	bitset_free(&rb->to_update.rows);
	bitset_free(&rb->stale.rows);
	bitset_free(&rb->rejected);
	buf_free(&rb->page_parts);
	buf_free(&rb->page_part);
	buf_free(&rb->scratch);
}

void
row_buffer_clear(struct row_buffer *rb, int64_t first_line)
{
	spool_clear(&rb->keys);
	spool_clear(&rb->rows);
	rb->first_line = first_line;
	rb->other_lines = 0;
	rb->latest_us = INT64_MIN;
	rb->realm[0] = '\0';
	rb->any_rejected = false;
	spool_clear(&rb->by_id);
	rb->superseded_count = 0;
	id_order_clear(rb->ids);
	buf_clear(&rb->page_parts);
	buf_clear(&rb->page_part);
	if (rb->scratch.room > ROWS_IN_MEMORY)
		buf_free(&rb->scratch);
}

static bool
check_realm(struct row_buffer *rb, struct failure *why)
{
	if (!rb->realm[0])
		snprintf(rb->realm, sizeof(rb->realm), "%.*s",
			 SLICE_SHOWN(rb->row.realm));
	if (slice_is(rb->row.realm, rb->realm))
		return true;
	return fail(why, FAILURE_DATA,
		    "a row of company %.*s in a window of company %s",
		    SLICE_SHOWN(rb->row.realm), rb->realm);
}

/* A record of `rows`: this, the row part, the page part unless it is kept in
 * `page_parts`, and with keep_lines the envelope. */
struct record_header {
	int64_t line_no;
	int64_t page_part_at; /* in `page_parts`, or -1 */
	size_t row_part_len, page_part_len;
};

/* It changes with the page, so it is mostly that of the row before. */
static bool
write_page_part(struct row_buffer *rb, const struct window *window,
		struct failure *why)
{
	if (rb->page_part.len && rb->row.same_page_part)
		return true;
	buf_clear(&rb->page_part);
	if (!load_row_write_page_part(&rb->row, window, &rb->page_part, why))
		return false;
	rb->page_part_at = -1;
	if (rb->page_parts.len + rb->page_part.len > PAGE_PARTS_IN_MEMORY)
		return true;
	rb->page_part_at = (int64_t)rb->page_parts.len; /* bounded */
	return buf_add_slice(&rb->page_parts, buf_slice(&rb->page_part), why);
}

static bool
add_record(struct row_buffer *rb, const struct envelope *row,
	   const struct window *window, struct failure *why)
{
	struct buf *to = &rb->rows.held;
	struct record_header header = { 0 };

	if (!write_page_part(rb, window, why) || !spool_begin(&rb->rows, why))
		return false;
	size_t start = to->len, begin = start + sizeof(header);
	if (!buf_add(to, &header, sizeof(header), why) ||
	    !load_row_write_row_part(&rb->row, to, why))
		return false;
	header = (struct record_header){
		.line_no = rb->first_line + rb->other_lines + rb->rows.records,
		.page_part_at = rb->page_part_at,
		.row_part_len = to->len - begin,
		.page_part_len = rb->page_part.len,
	};
	memcpy(to->at + start, &header, sizeof(header));
	if (header.page_part_at < 0 &&
	    !buf_add_slice(to, buf_slice(&rb->page_part), why))
		return false;
	return (!rb->keep_lines || buf_add_slice(to, row->line, why)) &&
	       spool_end(&rb->rows, why);
}

bool
row_buffer_add(struct row_buffer *rb, const struct envelope *row,
	       const struct window *window, struct failure *why)
{
	int64_t offset = spool_place(&rb->rows);

	buf_clear(&rb->scratch);
	if (!load_row_read(&rb->row, row, window->entity, why) || !check_realm(rb, why) ||
	    !load_row_write_key(&rb->row, rb->keys.records, offset,
				&rb->scratch, why) ||
	    !spool_add(&rb->keys, buf_slice(&rb->scratch), why))
		return false;
	id_order_add(rb->ids, rb->row.id, offset);
	if (rb->latest_us < rb->row.fetched_us)
		rb->latest_us = rb->row.fetched_us;
	return add_record(rb, row, window, why);
}

/* Its stamp may be another than that of the page part, though no seal accepts
 * that. */
bool
row_buffer_pass(struct row_buffer *rb, const struct envelope *line,
		struct failure *why)
{
	rb->other_lines++;
	buf_clear(&rb->page_part);
	return load_row_read_stamp(&rb->row, line, why);
}

/* Of `by_id`: which row, and where in `rows` it begins. */
struct position {
	int64_t n, offset;
};

static bool
add_position(struct row_buffer *rb, int64_t n, int64_t offset,
	     struct failure *why)
{
	const struct position next = { n, offset };

	return spool_add(&rb->by_id,
			 (struct slice){ (const char *)&next, sizeof(next) },
			 why);
}

bool
row_buffer_finish(struct row_buffer *rb, struct failure *why)
{
	const struct id_order *ids = rb->ids;

	id_order_sort(rb->ids);
	rb->may_repeat = !ids->unique;
	for (size_t i = 0; i < ids->count && !rb->may_repeat; i++) {
		const struct id_order_row *row = &ids->rows[i];

		if (!add_position(rb, row->n, row->offset, why))
			return false;
	}
	return true;
}

bool
row_buffer_reset_order(struct row_buffer *rb, struct failure *why)
{
	spool_clear(&rb->by_id);
	rb->superseded_count = 0;
	return bitset_clear(&rb->superseded, rb->rows.records, why);
}

bool
row_buffer_add_ordered(struct row_buffer *rb, int64_t n, int64_t offset,
		       bool older, struct failure *why)
{
	if (older) {
		bitset_set(&rb->superseded, n);
		rb->superseded_count++;
	}
	return add_position(rb, n, offset, why);
}

bool
row_buffer_is_ordered(const struct row_buffer *rb)
{
	return rb->by_id.records == rb->rows.records;
}

static bool
clear_selection(const struct row_buffer *rb, struct row_selection *list,
		struct failure *why)
{
	list->all = list->stream_order = false;
	list->count = list->rejected = 0;
	return bitset_clear(&list->rows, rb->rows.records, why);
}

/* What was rejected in an earlier try stays rejected. */
bool
row_buffer_select_none(struct row_buffer *rb, struct failure *why)
{
	rb->sending = NULL;
	return clear_selection(rb, &rb->to_insert, why) &&
	       clear_selection(rb, &rb->to_update, why) &&
	       clear_selection(rb, &rb->stale, why) &&
	       (rb->any_rejected ||
		bitset_clear(&rb->rejected, rb->rows.records, why));
}

void
row_buffer_select(struct row_buffer *rb, struct row_selection *list, int64_t n)
{
	bitset_set(&list->rows, n);
	list->count++;
	list->rejected += bitset_test(&rb->rejected, n);
}

void
row_buffer_select_all(struct row_buffer *rb, struct row_selection *list,
		      bool stream_order)
{
	list->all = true;
	list->stream_order = stream_order;
	list->count = rb->rows.records;
	for (int64_t n = 0; n < list->count && rb->any_rejected; n++)
		list->rejected += bitset_test(&rb->rejected, n);
}

void
row_buffer_reject(struct row_buffer *rb, struct row_selection *list, int64_t n)
{
	bitset_set(&rb->rejected, n);
	list->rejected++;
	rb->any_rejected = true;
}

static void
parse_record(const struct row_buffer *rb, struct slice record,
	     struct buffered_row *row)
{
	const char *at = record.at + sizeof(struct record_header);
	const char *end = record.at + record.len;
	struct record_header header;

	memcpy(&header, record.at, sizeof(header));
	row->line_no = header.line_no;
	row->row_part = (struct slice){ at, header.row_part_len };
	at += header.row_part_len;
	if (header.page_part_at < 0) {
		row->page_part = (struct slice){ at, header.page_part_len };
		at += header.page_part_len;
	} else {
		row->page_part =
			(struct slice){ rb->page_parts.at + header.page_part_at,
					header.page_part_len };
	}
	row->line = (struct slice){ at, (size_t)(end - at) };
}

bool
row_buffer_rewind(struct row_buffer *rb, struct buffered_row *row,
		  struct failure *why)
{
	row->n = -1;
	return spool_rewind(&rb->rows, why);
}

enum spool_got
row_buffer_next(struct row_buffer *rb, struct buffered_row *row,
		struct failure *why)
{
	struct slice record;
	enum spool_got got = spool_next(&rb->rows, &record, why);

	if (got == SPOOL_RECORD) {
		row->n++;
		parse_record(rb, record, row);
	}
	return got;
}

static bool
is_selected(const struct row_buffer *rb, const struct row_selection *list,
	    int64_t n)
{
	return (list->all || bitset_test(&list->rows, n)) &&
	       !bitset_test(&rb->rejected, n);
}

static enum spool_got
next_by_id(struct row_buffer *rb, struct row_selection *list,
	   struct buffered_row *row, struct failure *why)
{
	struct slice record;
	struct position next = { 0 };
	enum spool_got got;

	do {
		got = spool_next(&rb->by_id, &record, why);
		if (got != SPOOL_RECORD)
			return got;
		memcpy(&next, record.at, sizeof(next));
	} while (!is_selected(rb, list, next.n));
	if (!spool_at(&rb->rows, next.offset, &record, why))
		return SPOOL_FAILED;
	row->n = next.n;
	parse_record(rb, record, row);
	return SPOOL_RECORD;
}

bool
row_buffer_rewind_selected(struct row_buffer *rb, struct row_selection *list,
			   struct buffered_row *row, struct failure *why)
{
	if (list->count && !list->stream_order && !row_buffer_is_ordered(rb))
		BUG("rows are read by id before they are ordered");
	return spool_rewind(&rb->by_id, why) && row_buffer_rewind(rb, row, why);
}

enum spool_got
row_buffer_next_selected(struct row_buffer *rb, struct row_selection *list,
			 struct buffered_row *row, struct failure *why)
{
	enum spool_got got;

	if (!list->stream_order)
		return next_by_id(rb, list, row, why);
	do
		got = row_buffer_next(rb, row, why);
	while (got == SPOOL_RECORD && !is_selected(rb, list, row->n));
	return got;
}
