/*
 * quickbooks/fetch_queue.h - reads several scans at the same time, and writes
 * their windows in order.
 *
 * Windows that follow each other are collected into a run, which is read as one
 * scan, or as several when it has too many rows (quickbooks/scan.h).  The first
 * scan in the queue writes.  Those behind it count and read ahead with the jobs
 * that the ones before leave free; their pages are held until they are the
 * first.  At most `most_jobs` requests are in flight, so at most that many
 * pages are in memory.
 */
#ifndef QUICKBOOKS_FETCH_QUEUE_H
#define QUICKBOOKS_FETCH_QUEUE_H

#include "quickbooks/absent_entities.h"
#include "quickbooks/failed_windows.h"
#include "quickbooks/fetch_gaps.h"
#include "quickbooks/scan_queue.h"

/* For whoever watches; all of them only grow. */
struct fetch_progress {
	const struct entity *entity; /* of the first scan */
	int64_t windows;             /* added */
	int64_t windows_counted;     /* whose rows are counted */
	int64_t windows_sealed;
	int64_t rows_counted, rows; /* expected in those; received */
	int64_t calls;              /* that succeeded */
};

struct fetch_queue {
	struct fetch_jobs jobs;
	struct scan_policy policy;
	bool keep_going; /* when one window fails */
	bool plan;       /* count, and write what reading would take */

	struct lines_out *out; /* the caller's */
	struct scan_output output;
	struct scan_queue scans;             /* the caller adds to it, too */
	int64_t sealed_windows, sealed_rows; /* since the last end */
	struct failed_windows failed;
	struct absent_entities absent; /* the caller tells of tickets */
	bool answered_since_failure;   /* some request succeeded since then */
	struct fetch_gaps gaps;        /* of the first scan */
	struct fetch_progress progress;
};

/* The caller then sets jobs.qbo, jobs.most, policy, keep_going and plan. */
void fetch_queue_init(struct fetch_queue *q, struct lines_out *out);
void fetch_queue_free(struct fetch_queue *q);

/*
 * Append a window; there must be room in `scans`.  Without counts it is read by
 * itself.  Failures as scan_queue_add().  The caller adds ends, and closes runs
 * that must not wait for more windows.
 */
bool fetch_queue_add(struct fetch_queue *q, const struct window *window,
		     struct slice text, struct failure *why) MUST_CHECK;

/*
 * Send what can be sent, write what has come, and seal what is complete; then,
 * unless a scan left the queue, wait for a response, or until `wake_fd` (-1:
 * none) is readable.  Failures name the windows and the page.
 *
 * With `keep_going`, a window can fail for its own reason: it is refused, it
 * changes in every pass, or it meets an error that other requests do not.  None
 * of its rows is written then, the next windows are, and the stream has no end.
 * The windows of an entity that the company does not have are dropped in any
 * case, and put into `absent`.
 * Where single rows cannot be returned, only their time is left out.
 */
bool fetch_queue_work(struct fetch_queue *q, int wake_fd,
		      struct failure *why) MUST_CHECK;

#endif
