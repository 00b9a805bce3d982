/*
 * quickbooks/window_reader.h - how one window is read until it is proven
 * complete.
 *
 * Pure: it says what to ask and is told what came; it sends nothing, writes
 * nothing and knows no clock.
 *
 * A window that lies in the past can only lose rows: an edit moves
 * LastUpdatedTime to now, a delete removes.  So when COUNT before, the rows of
 * a pass and COUNT after are the same number, no page shifted under us.  When
 * they differ the window is read again, at most READER_PASSES times, and only
 * rows whose Id it has not had yet are written: nothing is doubled, nothing
 * has to be taken back.
 */
#ifndef QUICKBOOKS_WINDOW_READER_H
#define QUICKBOOKS_WINDOW_READER_H

#include "quickbooks/id_set.h"

enum { READER_PASSES = 3 };

struct reader_question {
	bool count;          /* COUNT(*), or else a page of rows: */
	int64_t start, most; /* position of its first row, from 1, and size */
};

enum reader_state {
	READER_COUNTING, /* before the rows */
	READER_PAGING,
	READER_RECOUNTING, /* after them */
	READER_DONE,       /* complete; the results below are final */
	READER_SHIFTED,    /* rows came and went in every pass */
};

struct window_reader {
	enum reader_state state;

	/* the policy */
	int64_t page_size;
	bool counts;    /* ask COUNT before and after */
	bool may_enter; /* rows can also enter the window (TxnDate): two
			   passes must agree on the ids */

	/* this pass */
	int pass;
	int64_t expected;  /* its rows by the count before, or -1 */
	int64_t frontier;  /* position of the first row not yet asked for */
	bool exhausted;    /* a page said that no more rows follow */
	int64_t full;      /* pages that came full */
	int64_t pass_rows; /* different ids */
	uint64_t pass_ids; /* a sum over them that no order changes */
	uint64_t last_pass_ids;
	struct reader_question *again; /* parts to ask before going on */
	size_t again_count, again_room;
	int under_way;  /* questions not yet answered */
	bool fresh_row; /* the page that is being told brought a new one */

	/* the results */
	struct id_set ids;
	int64_t pages;   /* that came, over all passes */
	int64_t written; /* rows that window_reader_row() let through */
	int64_t left;    /* of those, gone from the window by the last pass */
	int64_t count_before, count_after; /* of the last pass; -1: not asked */
};

void window_reader_init(struct window_reader *r, int64_t page_size, bool counts,
			bool may_enter);
void window_reader_free(struct window_reader *r);

/*
 * The next question that can be asked now; false when answers must come first,
 * or when the reading has ended.  Any number may be under way at once; answers
 * are told in the order of the questions.
 */
bool window_reader_next(struct window_reader *r, struct reader_question *q);

/* The answer to a count. */
void window_reader_count(struct window_reader *r, int64_t count);

/* Each row of a page, in order: is it to be written? */
bool window_reader_row(struct window_reader *r, struct slice id);

/* Then the page as a whole: so many rows came to `q`. */
void window_reader_page(struct window_reader *r,
			const struct reader_question *q, int64_t rows);

/* Instead of an answer: the page was too much at once (a 504, the 120 s
 * timeout).  It is halved, and so are the pages after it.  q->most > 1. */
void window_reader_halve(struct window_reader *r,
			 const struct reader_question *q);

#endif
