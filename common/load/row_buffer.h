/*
 * load/row_buffer.h - the rows of one window, which wait until its seal is
 *known to hold, and then for the landing table's verdict on each.
 *
 *	row_buffer_add() ...  row_buffer_finish()  where doubled,
 *row_buffer_add_ordered() ... row_buffer_select() ... or
 *row_buffer_select_all() row_buffer_next_selected() ...
 *
 * Memory: some megabytes and a bit a row; the rest is in spools.  Windows that
 * are filled one after the other share the ids that are put in order.
 */
#ifndef LOAD_ROW_BUFFER_H
#define LOAD_ROW_BUFFER_H

#include "base/bitset.h"
#include "base/spool.h"
#include "load/id_order.h"
#include "load/row.h"

enum { ROW_BUFFER_REALM = 32 };

/* Rows that the table wants, in the order of their ids; or all of them as they
 * came, which is read from a file in one go. */
struct row_selection {
	bool all, as_they_came;
	struct bitset these; /* unless it is all */
	int64_t count;
	int64_t refused; /* of them: jsonb cannot hold them */
};

/* How many go to the server. */
static inline int64_t
row_selection_sent(const struct row_selection *list)
{
	return list->count - list->refused;
}

struct row_buffer {
	struct load_row row;
	struct spool keys;            /* COPY rows, for load/row_compare.h */
	struct spool rows;            /* COPY rows for the table or its stage */
	bool keep_lines;              /* the caller's: and the envelopes */
	struct id_order *ids;         /* the caller's, of who is filled now */
	int64_t first_line;           /* of the window, in the stream */
	int64_t latest_us;            /* of its pages; INT64_MIN: no rows */
	char realm[ROW_BUFFER_REALM]; /* of its rows */

	bool doubled; /* an id may stand twice: the server is asked for: */
	struct spool sorted; /* all of them, in the order of their ids */
	struct bitset
		older; /* than another of the same id, where it is doubled */
	int64_t older_count;

	struct row_selection fresh;    /* new to the table */
	struct row_selection changed;  /* newer than what it has */
	struct row_selection *sending; /* the one that is sent, or was last */
	struct bitset refused;         /* jsonb cannot hold them */
	bool refused_any;

	/* What the rows of a page have in common, one behind the other, as long
	 * as there is room; and that of the row that was added last. */
	struct buf tails, tail;
	int64_t tail_at; /* of `tail` in `tails`; -1: it found no room */

	struct buf piece; /* one COPY row */
};

void row_buffer_init(struct row_buffer *w);
void row_buffer_free(struct row_buffer *w);

/* Forget the rows; those to come begin at line `first_line` of the stream. */
void row_buffer_clear(struct row_buffer *w, int64_t first_line);

/* FAILURE_DATA: a member is missing or wrong, or another company's row. */
bool row_buffer_add(struct row_buffer *w, const struct envelope *row,
		    const struct window *window,
		    struct failure *why) MUST_CHECK;

/* No other row will come: `doubled` is known. */
bool row_buffer_finish(struct row_buffer *w, struct failure *why) MUST_CHECK;

/* Where they are doubled: forget the order, if there is one; then tell each in
 * it, the n-th row of the window, whose key bore `place`. */
bool row_buffer_reset_order(struct row_buffer *w,
			    struct failure *why) MUST_CHECK;
bool row_buffer_add_ordered(struct row_buffer *w, int64_t n, int64_t place,
			    bool older, struct failure *why) MUST_CHECK;
bool row_buffer_is_ordered(const struct row_buffer *w);

/* Before the first verdict: no row is wanted. */
bool row_buffer_select_none(struct row_buffer *w,
			    struct failure *why) MUST_CHECK;
/* The n-th row of the window, once; or all of them. */
void row_buffer_select(struct row_buffer *w, struct row_selection *list,
		       int64_t n);
void row_buffer_select_all(struct row_buffer *w, struct row_selection *list,
			   bool as_they_came);

/* jsonb cannot hold the n-th row, which is of the list. */
void row_buffer_reject(struct row_buffer *w, struct row_selection *list,
		       int64_t n);

/* A row that waits; slices live until the next one. */
struct buffered_row {
	int64_t n;              /* which of the window, from 0 */
	struct slice own, tail; /* of its COPY row, one behind the other */
	struct slice line;      /* where lines were kept; without newline */
};

/* All rows as they came: go before the first, then take one by one. */
bool row_buffer_rewind(struct row_buffer *w, struct buffered_row *row,
		       struct failure *why) MUST_CHECK;
enum spool_got row_buffer_next(struct row_buffer *w, struct buffered_row *row,
			       struct failure *why) MUST_CHECK;

/* The same, of those of a list that were not refused. */
bool row_buffer_rewind_selected(struct row_buffer *w,
				struct row_selection *list,
				struct buffered_row *row,
				struct failure *why) MUST_CHECK;
enum spool_got row_buffer_next_selected(struct row_buffer *w,
					struct row_selection *list,
					struct buffered_row *row,
					struct failure *why) MUST_CHECK;

#endif
