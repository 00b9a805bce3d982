/*
 * quickbooks/fetch_queue.h - reads several windows at the same time, and writes
 * them in order.
 *
 * The first window in the queue writes.  Those behind it count and read ahead
 * with the jobs that the ones before leave free; their pages are held until
 * they are the first.  At most `most_jobs` requests are in flight, so at most
 * that many pages are in memory.
 */
#ifndef QUICKBOOKS_FETCH_QUEUE_H
#define QUICKBOOKS_FETCH_QUEUE_H

#include "quickbooks/failed_windows.h"
#include "quickbooks/fetch_job.h"

/* Intuit's older limit of concurrent requests. */
enum { FETCH_QUEUE_MOST_JOBS = 10 };

struct fetch_queue {
	struct qbo_client *qbo; /* the caller's */
	struct lines_out *out;  /* the caller's */
	int64_t page_size, most_jobs;
	bool counts;     /* COUNT each window, which proves it complete */
	bool keep_going; /* when one window fails */

	struct fetch_output output;
	struct window_fetch fetches[FETCH_QUEUE_MOST_JOBS]; /* a ring */
	int first, fetch_count;
	struct fetch_job jobs[FETCH_QUEUE_MOST_JOBS];
	int64_t sealed_windows, sealed_rows; /* since the last end */
	struct failed_windows failed;
	bool answered_since_failure; /* some request succeeded since then */
};

/* The caller then sets qbo, page_size, most_jobs, counts and keep_going. */
void fetch_queue_init(struct fetch_queue *q, struct lines_out *out);
void fetch_queue_free(struct fetch_queue *q);

bool fetch_queue_is_empty(const struct fetch_queue *q);
bool fetch_queue_has_room(const struct fetch_queue *q);

/*
 * Append a window, or an end; there must be room.  A window that ends in the
 * future is cut to now, with a warning; FAILURE_DATA when it begins there.
 */
bool fetch_queue_add(struct fetch_queue *q, const struct window *window,
		     struct slice text, struct failure *why) MUST_CHECK;
void fetch_queue_add_end(struct fetch_queue *q);

/*
 * Send what can be sent, write what has come, and seal what is complete; then,
 * unless a window left the queue, wait for a response, or until `wake_fd` (-1:
 * none) is readable.  Failures name the window and the page.
 *
 * With `keep_going`, a window can fail for its own reason: it is refused, it
 * changes in every pass, or it meets an error that other requests do not.  None
 * of its rows is written then, the next windows are, and the stream has no end.
 */
bool fetch_queue_work(struct fetch_queue *q, int wake_fd,
		      struct failure *why) MUST_CHECK;

#endif
