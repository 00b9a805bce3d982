/*
 * waiting.h - the rows of one window, which wait until its seal is known to
 * hold, and then for the landing table's verdict on each.
 *
 *	waiting_add() ...  waiting_all()  where doubled, waiting_order() ...
 *	waiting_want() ... or waiting_want_all()
 *	waiting_next_wanted() ...
 *
 * Memory: some megabytes and a bit a row; the rest is in spools.  Windows that
 * are filled one after the other share the ids that are put in order.
 */
#ifndef WAITING_H
#define WAITING_H

#include "bits.h"
#include "idorder.h"
#include "landrow.h"
#include "spool.h"

enum { WAITING_REALM = 32 };

/* Rows that the table wants, in the order of their ids; or all of them as they
 * came, which is read from a file in one go. */
struct wanted {
	bool all, as_they_came;
	struct bits these; /* unless it is all */
	int64_t count;
	int64_t refused; /* of them: jsonb cannot hold them */
};

/* How many go to the server. */
static inline int64_t
wanted_sent(const struct wanted *list)
{
	return list->count - list->refused;
}

struct waiting {
	struct landrow row;
	struct spool keys;         /* COPY rows, for verdicts.h */
	struct spool rows;         /* COPY rows for the table or its stage */
	bool keep_lines;           /* the caller's: and the envelopes */
	struct idorder *ids;       /* the caller's, of who is filled now */
	int64_t first_line;        /* of the window, in the stream */
	int64_t latest_us;         /* of its pages; INT64_MIN: no rows */
	char realm[WAITING_REALM]; /* of its rows */

	bool doubled; /* an id may stand twice: the server is asked for: */
	struct spool sorted; /* all of them, in the order of their ids */
	struct bits
		older; /* than another of the same id, where it is doubled */
	int64_t older_count;

	struct wanted fresh;    /* new to the table */
	struct wanted changed;  /* newer than what it has */
	struct wanted *sending; /* the one that is sent, or was last */
	struct bits refused;    /* jsonb cannot hold them */
	bool refused_any;

	/* What the rows of a page have in common, one behind the other, as long
	 * as there is room; and that of the row that was added last. */
	struct buf tails, tail;
	int64_t tail_at; /* of `tail` in `tails`; -1: it found no room */

	struct buf piece; /* one COPY row */
};

void waiting_init(struct waiting *w);
void waiting_free(struct waiting *w);

/* Forget the rows; those to come begin at line `first_line` of the stream. */
void waiting_clear(struct waiting *w, int64_t first_line);

/* FAILURE_DATA: a member is missing or wrong, or another company's row. */
bool waiting_add(struct waiting *w, const struct envelope *row,
		 const struct window *window, struct failure *why) MUST_CHECK;

/* No other row will come: `doubled` is known. */
bool waiting_all(struct waiting *w, struct failure *why) MUST_CHECK;

/* Where they are doubled: forget the order, if there is one; then tell each in
 * it, the n-th row of the window, whose key bore `place`. */
bool waiting_unorder(struct waiting *w, struct failure *why) MUST_CHECK;
bool waiting_order(struct waiting *w, int64_t n, int64_t place, bool older,
		   struct failure *why) MUST_CHECK;
bool waiting_is_ordered(const struct waiting *w);

/* Before the first verdict: no row is wanted. */
bool waiting_want_none(struct waiting *w, struct failure *why) MUST_CHECK;
/* The n-th row of the window, once; or all of them. */
void waiting_want(struct waiting *w, struct wanted *list, int64_t n);
void waiting_want_all(struct waiting *w, struct wanted *list,
		      bool as_they_came);

/* jsonb cannot hold the n-th row, which is of the list. */
void waiting_refuse(struct waiting *w, struct wanted *list, int64_t n);

/* A row that waits; slices live until the next one. */
struct waiting_row {
	int64_t n;              /* which of the window, from 0 */
	struct slice own, tail; /* of its COPY row, one behind the other */
	struct slice line;      /* where lines were kept; without newline */
};

/* All rows as they came: go before the first, then take one by one. */
bool waiting_rewind(struct waiting *w, struct waiting_row *row,
		    struct failure *why) MUST_CHECK;
enum spool_got waiting_next(struct waiting *w, struct waiting_row *row,
			    struct failure *why) MUST_CHECK;

/* The same, of those of a list that were not refused. */
bool waiting_rewind_wanted(struct waiting *w, struct wanted *list,
			   struct waiting_row *row,
			   struct failure *why) MUST_CHECK;
enum spool_got waiting_next_wanted(struct waiting *w, struct wanted *list,
				   struct waiting_row *row,
				   struct failure *why) MUST_CHECK;

#endif
