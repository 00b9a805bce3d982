/*
 * queue.h - windows in line: read side by side, written in order.
 *
 * The first window in line writes.  Those behind it count and read ahead with
 * the requests that those before them leave over, and their pages are held
 * until it is their turn.  At most `jobs` requests are under way, and so at
 * most that many pages are in memory.
 */
#ifndef QUEUE_H
#define QUEUE_H

#include "missed.h"
#include "qbo.h"
#include "turn.h"

enum { QUEUE_MOST_JOBS = 10 }; /* Intuit's older limit of requests at once */

/* A question under way. */
struct job {
	struct qbo_call call;
	struct reading_question question;
	struct turn *turn; /* NULL: this job is free */
	int64_t number;    /* among its turn's questions */
};

struct queue {
	struct qbo *qbo;       /* the caller's */
	struct lines_out *out; /* the caller's */
	int64_t page_size, jobs;
	bool counts;     /* ask COUNT, and prove with it */
	bool keep_going; /* past windows that fail for their own reason */

	struct fetched fetched;
	struct turn turns[QUEUE_MOST_JOBS]; /* a ring */
	int first_turn, turn_count;
	struct job work[QUEUE_MOST_JOBS];
	int64_t windows, rows; /* sealed since the last end */
	struct missed missed;
	bool heard; /* QuickBooks answered since a window was given up */
};

/* The caller then sets qbo, page_size, jobs, counts and keep_going. */
void queue_init(struct queue *q, struct lines_out *out);
void queue_free(struct queue *q);

bool queue_is_empty(const struct queue *q);
bool queue_has_room(const struct queue *q);

/*
 * Put a window, or an end, behind the others; there must be room.  A window
 * that ends in the future is cut to now, with a warning; FAILURE_DATA when it
 * begins there.
 */
bool queue_add(struct queue *q, const struct window *window, struct slice text,
	       struct failure *why) MUST_CHECK;
void queue_add_end(struct queue *q);

/*
 * Ask what can be asked, write what has come, and seal what is complete; then,
 * unless a turn ended, wait for an answer, or until `wake_fd` (-1: none) can be
 * read.  Failures name the window and the page.
 *
 * With `keep_going` a window that fails for its own reason (refused, changed
 * in every pass, trouble that another question does not meet) is missed: none
 * of its rows is written, those behind it come, and there is no end any more.
 */
bool queue_work(struct queue *q, int wake_fd, struct failure *why) MUST_CHECK;

#endif
