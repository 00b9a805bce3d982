/*
 * quickbooks/scan_reader.h - decides how the range of a scan is read, and when
 * it is proven complete.
 *
 * Pure: it says which count or page to request and is given the results; it
 * sends nothing, writes nothing and reads no clock.
 *
 * The problem: pages are addressed by position, and rows may change while they
 * are read.  When a row leaves the range, all rows behind it move up by one,
 * and the next page begins one row too late: a row is missed.
 *
 * The proof: a range whose end has passed can only lose rows.  An edit sets
 * LastUpdatedTime to now, which is after the end; a deletion removes the row;
 * nothing enters.  So the number of rows never grows, and if
 *
 *	COUNT before the pages = different Ids in the pages = COUNT after them
 *
 * then no row left in between and no position moved: the Ids are complete.
 *
 * From this follows what need not be asked:
 *
 * - Instead of the count before, any number that the range cannot exceed will
 *   do (`at_most`), such as the count of a larger range, made earlier, less
 *   that of its other part: if COUNT after reaches it, so did the one before.
 * - Nothing follows a count of 0.
 * - Where one page holds all rows that were counted, nothing can have moved
 *   between two pages: the page itself is the count after.
 *
 * If the numbers differ, the range is read again, in at most `most_passes`
 * passes.  Each Id is accepted once.  A row of an earlier pass that is not in
 * the last one was accepted, and counts in `left`:
 *
 *	written = count_after + left - unreadable
 *
 * A row that QuickBooks cannot return counts in `unreadable`, once it stands
 * alone in a page that fails: then a proven pass is complete but for it.
 *
 * Where rows can also enter the range (`rows_may_enter`: by TxnDate, since a
 * date can be set to any value), one can leave while another enters: there two
 * successive passes must also have the same Ids, and nothing is left out.
 */
#ifndef QUICKBOOKS_SCAN_READER_H
#define QUICKBOOKS_SCAN_READER_H

#include "quickbooks/id_set.h"

enum { READER_PASSES = 3 };

struct reader_question {
	bool count;          /* COUNT(*); or else a page of rows: */
	int64_t start, most; /* position of its first row, from 1; its size */
};

enum reader_state {
	READER_COUNTING, /* before the pages */
	READER_PAGING,
	READER_RECOUNTING, /* after the pages */
	READER_DONE,       /* proven complete; the results are final */
	READER_SHIFTED,    /* the numbers differed in every pass */
};

/* How a range is read. */
struct reader_policy {
	int64_t page_size;
	bool counts;         /* before and after; otherwise only pages */
	bool rows_may_enter; /* see above */
	int most_passes;
};

struct scan_reader {
	enum reader_state state;
	struct reader_policy policy;

	/* this pass */
	int pass;
	int64_t expected;      /* rows at most, by the count before, or -1 */
	int64_t next_start;    /* position behind the pages requested so far */
	bool no_more_rows;     /* the last page has come */
	int64_t full_pages;    /* pages with as many rows as requested */
	int64_t pass_pages;    /* received */
	int64_t pass_rows;     /* different Ids */
	uint64_t pass_ids_sum; /* of their hashes, in any order */
	uint64_t last_pass_ids_sum;
	struct reader_question *queued; /* pages to request before going on */
	size_t queued_count, queued_room;
	int in_flight;        /* questions without their result */
	bool page_has_new_id; /* of the page being given */

	/* the results */
	struct id_set ids;
	int64_t pages;   /* received, in all passes */
	int64_t written; /* rows that scan_reader_row() accepted */
	int64_t left;    /* of those, no longer there in the last pass */
	/* of the last pass; -1: not counted */
	int64_t count_before, count_after;
	int64_t unreadable; /* in the last pass */
};

/* `at_most` -1: not known, it is counted.  Without `counts` it is ignored. */
void scan_reader_init(struct scan_reader *r, const struct reader_policy *policy,
		      int64_t at_most);
void scan_reader_free(struct scan_reader *r);

/*
 * The next question that can be sent now; false when results must come first,
 * or when the scan is done.  Any number may be in flight; results are given in
 * the order of the questions.
 */
bool scan_reader_next(struct scan_reader *r, struct reader_question *q);

/* The result of a count. */
void scan_reader_count(struct scan_reader *r, int64_t count);

/* Each row of a page, in order: true when it is to be written. */
bool scan_reader_row(struct scan_reader *r, struct slice id);

/* After its rows: `q` returned so many. */
void scan_reader_page(struct scan_reader *r, const struct reader_question *q,
		      int64_t rows);

/* Instead of a result: the page was too much for the server (a 504, the 120 s
 * timeout).  It is requested in two halves, and later pages are as small.
 * q->most > 1. */
void scan_reader_halve(struct scan_reader *r, const struct reader_question *q);

/* Instead of a result: the server cannot return this page, perhaps because of
 * one of its rows.  It is requested in two halves, or, when it is one row, that
 * row is unreadable. */
void scan_reader_narrow(struct scan_reader *r, const struct reader_question *q);

/* Was this row, which was accepted, there in the last pass? */
bool scan_reader_stayed(const struct scan_reader *r, struct slice id);

#endif
