/*
 * quickbooks/scan_queue.h - scans in the order of their tickets, and the run
 * of windows that is still being collected.
 */
#ifndef QUICKBOOKS_SCAN_QUEUE_H
#define QUICKBOOKS_SCAN_QUEUE_H

#include "quickbooks/scan.h"

struct scan_queue {
	struct scan *first;
	struct window_run *open; /* windows that may be followed by more */
	int64_t windows;         /* that wait, with those of `open` */
};

void scan_queue_init(struct scan_queue *q);
void scan_queue_free(struct scan_queue *q);

/* Nothing is in it, not even an open run. */
bool scan_queue_is_empty(const struct scan_queue *q);
bool scan_queue_has_room(const struct scan_queue *q);

/*
 * Append a window; it joins the open run if it follows its last window and
 * `join` is set.  A window that ends in the future is cut to now, with a
 * warning; FAILURE_DATA when it begins there.
 */
bool scan_queue_add(struct scan_queue *q, const struct window *window,
		    struct slice text, bool join,
		    struct failure *why) MUST_CHECK;
void scan_queue_add_end(struct scan_queue *q);

/* The open run becomes a scan. */
void scan_queue_close_run(struct scan_queue *q);

void scan_queue_remove_first(struct scan_queue *q);

#endif
