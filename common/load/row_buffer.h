/*
 * load/row_buffer.h - the rows of one window, buffered until its seal has been
 * checked, and then until they are compared with the landing table.
 *
 *	row_buffer_add() ... row_buffer_finish()
 *	may_repeat: row_buffer_reset_order(), row_buffer_add_ordered() ...
 *	row_buffer_select() ... or row_buffer_select_all()
 *	row_buffer_rewind_selected(), row_buffer_next_selected() ...
 *
 * Memory: some megabytes, and some bits per row; the rest is in temporary
 * files.  Buffers that are filled one after the other share one id_order.
 */
#ifndef LOAD_ROW_BUFFER_H
#define LOAD_ROW_BUFFER_H

#include "base/bitset.h"
#include "base/spool.h"
#include "load/id_order.h"
#include "load/row.h"

enum { ROW_BUFFER_REALM = 32 };

/* Rows to be written into the table: in the order of their ids; or all, in the
 * order of the stream, which reads the file from start to end. */
struct row_selection {
	bool all, stream_order;
	struct bitset rows; /* unless it is all */
	int64_t count;
	int64_t rejected; /* of them: jsonb cannot hold them */
};

/* How many are sent to the server. */
static inline int64_t
row_selection_sent(const struct row_selection *list)
{
	return list->count - list->rejected;
}

struct row_buffer {
	struct load_row row;
	struct spool keys;            /* COPY rows, for load/row_compare.h */
	struct spool rows;            /* COPY rows for the table or a stage */
	bool keep_lines;              /* the caller's: keep envelopes, too */
	struct id_order *ids;         /* the caller's */
	int64_t first_line;           /* of the window, in the stream */
	int64_t other_lines;          /* of the window so far: not rows */
	int64_t latest_us;            /* of its pages; INT64_MIN: no rows */
	char realm[ROW_BUFFER_REALM]; /* of its rows */

	bool may_repeat; /* an id may occur twice: the server sorts the rows */
	struct spool by_id; /* positions of all rows, in the order of ids */
	/* where may_repeat: another row of the same id is newer */
	struct bitset superseded;
	int64_t superseded_count;

	struct row_selection to_insert; /* new to the table */
	struct row_selection to_update; /* newer than the row in the table */
	struct row_selection stale;     /* to be recorded in the history */
	struct row_selection *sending;  /* the one that was sent last */
	struct bitset rejected;         /* jsonb cannot hold them */
	bool any_rejected;

	/* A COPY row is in two parts: its own fields, and those that all rows
	 * of its page share.  Page parts are kept here, one after the other,
	 * while there is room; `page_part` is that of the last row. */
	struct buf page_parts, page_part;
	int64_t page_part_at; /* in `page_parts`; -1: there was no room */

	struct buf scratch; /* one COPY row */
};

void row_buffer_init(struct row_buffer *rb);
void row_buffer_free(struct row_buffer *rb);

/* Drop the rows; the next ones begin at line `first_line` of the stream. */
void row_buffer_clear(struct row_buffer *rb, int64_t first_line);

/* FAILURE_DATA: a member is missing or wrong, or the row is of another company
 * than the rows before. */
bool row_buffer_add(struct row_buffer *rb, const struct envelope *row,
		    const struct window *window,
		    struct failure *why) MUST_CHECK;

/* A gone line between the rows: read its stamp into `row`. */
bool row_buffer_pass(struct row_buffer *rb, const struct envelope *line,
		     struct failure *why) MUST_CHECK;

/* After the last row; sets `may_repeat`. */
bool row_buffer_finish(struct row_buffer *rb, struct failure *why) MUST_CHECK;

/* Where ids may repeat: drop the order, then add each row in order: the n-th of
 * the window, whose key had `offset`. */
bool row_buffer_reset_order(struct row_buffer *rb,
			    struct failure *why) MUST_CHECK;
bool row_buffer_add_ordered(struct row_buffer *rb, int64_t n, int64_t offset,
			    bool superseded, struct failure *why) MUST_CHECK;
bool row_buffer_is_ordered(const struct row_buffer *rb);

/* Empty both selections. */
bool row_buffer_select_none(struct row_buffer *rb,
			    struct failure *why) MUST_CHECK;
/* Select the n-th row of the window, at most once; or all of them. */
void row_buffer_select(struct row_buffer *rb, struct row_selection *list,
		       int64_t n);
void row_buffer_select_all(struct row_buffer *rb, struct row_selection *list,
			   bool stream_order);

/* Mark the n-th row, which is in the list, as one that jsonb cannot hold. */
void row_buffer_reject(struct row_buffer *rb, struct row_selection *list,
		       int64_t n);

/* One row; slices live until the next one. */
struct buffered_row {
	int64_t n;                        /* which of the window, from 0 */
	int64_t line_no;                  /* in the stream */
	struct slice row_part, page_part; /* one COPY row, if concatenated */
	struct slice line; /* with keep_lines: the envelope, no newline */
};

/* Read all rows in the order of the stream: rewind, then next until the end. */
bool row_buffer_rewind(struct row_buffer *rb, struct buffered_row *row,
		       struct failure *why) MUST_CHECK;
enum spool_got row_buffer_next(struct row_buffer *rb, struct buffered_row *row,
			       struct failure *why) MUST_CHECK;

/* The same for the rows of a list, without those that were rejected. */
bool row_buffer_rewind_selected(struct row_buffer *rb,
				struct row_selection *list,
				struct buffered_row *row,
				struct failure *why) MUST_CHECK;
enum spool_got row_buffer_next_selected(struct row_buffer *rb,
					struct row_selection *list,
					struct buffered_row *row,
					struct failure *why) MUST_CHECK;

#endif
