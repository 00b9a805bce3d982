/*
 * quickbooks/fetch_queue.h - windows in line: read side by side, written in
 * order.
 *
 * The first window in line writes.  Those behind it count and read ahead with
 * the requests that those before them leave over, and their pages are held
 * until it is their turn.  At most `jobs` requests are under way, and so at
 * most that many pages are in memory.
 */
#ifndef QUICKBOOKS_FETCH_QUEUE_H
#define QUICKBOOKS_FETCH_QUEUE_H

#include "quickbooks/client.h"
#include "quickbooks/failed_windows.h"
#include "quickbooks/window_fetch.h"

enum {
	FETCH_QUEUE_MOST_JOBS = 10
}; /* Intuit's older limit of requests at once */

/* A question under way. */
struct fetch_job {
	struct qbo_call call;
	struct reader_question question;
	struct window_fetch *turn; /* NULL: this job is free */
	int64_t number;            /* among its turn's questions */
};

struct fetch_queue {
	struct qbo_client *qbo; /* the caller's */
	struct lines_out *out;  /* the caller's */
	int64_t page_size, jobs;
	bool counts;     /* ask COUNT, and prove with it */
	bool keep_going; /* past windows that fail for their own reason */

	struct fetch_output fetched;
	struct window_fetch turns[FETCH_QUEUE_MOST_JOBS]; /* a ring */
	int first_turn, turn_count;
	struct fetch_job work[FETCH_QUEUE_MOST_JOBS];
	int64_t windows, rows; /* sealed since the last end */
	struct failed_windows missed;
	bool heard; /* QuickBooks answered since a window was given up */
};

/* The caller then sets qbo, page_size, jobs, counts and keep_going. */
void fetch_queue_init(struct fetch_queue *q, struct lines_out *out);
void fetch_queue_free(struct fetch_queue *q);

bool fetch_queue_is_empty(const struct fetch_queue *q);
bool fetch_queue_has_room(const struct fetch_queue *q);

/*
 * Put a window, or an end, behind the others; there must be room.  A window
 * that ends in the future is cut to now, with a warning; FAILURE_DATA when it
 * begins there.
 */
bool fetch_queue_add(struct fetch_queue *q, const struct window *window,
		     struct slice text, struct failure *why) MUST_CHECK;
void fetch_queue_add_end(struct fetch_queue *q);

/*
 * Ask what can be asked, write what has come, and seal what is complete; then,
 * unless a turn ended, wait for an answer, or until `wake_fd` (-1: none) can be
 * read.  Failures name the window and the page.
 *
 * With `keep_going` a window that fails for its own reason (refused, changed
 * in every pass, trouble that another question does not meet) is missed: none
 * of its rows is written, those behind it come, and there is no end any more.
 */
bool fetch_queue_work(struct fetch_queue *q, int wake_fd,
		      struct failure *why) MUST_CHECK;

#endif
