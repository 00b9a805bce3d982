/*
 * quickbooks/monthly_calls.h - counts an app's calls of this month as Intuit
 * meters them, and keeps QBO_MONTHLY_CALLS.
 *
 * The count is a file (auth/monthly_count.h) that all processes of the user
 * share, whichever company they read; it is changed under flock(2), held for no
 * longer than that.  A call is counted before it is sent, and given back if it
 * fails, since Intuit meters successful calls only: so processes that run at
 * the same time cannot exceed the limit, and of one that is killed the calls
 * under way stay counted.  After a power failure the calls of a second may be
 * missing.  Sandbox calls, which Intuit does not meter, have a file of their
 * own.
 *
 * If the file cannot be used, a warning says so and calls are not counted; with
 * QBO_MONTHLY_CALLS, which then cannot be kept, it is a failure.
 */
#ifndef QUICKBOOKS_MONTHLY_CALLS_H
#define QUICKBOOKS_MONTHLY_CALLS_H

#include "auth/monthly_count.h"
#include "auth/settings.h"

enum {
	MONTHLY_CALLS_BUSY_MS = 5, /* before the lock is tried again */
	MONTHLY_CALLS_MOST_BUSY_MS = 10000,
	MONTHLY_CALLS_SYNC_MS = 1000,
};

enum monthly_calls_state {
	MONTHLY_CALLS_TAKEN,   /* it is counted, and may be sent */
	MONTHLY_CALLS_BUSY,    /* another process has the lock: try again */
	MONTHLY_CALLS_USED_UP, /* the failure says so, and when it goes on */
	MONTHLY_CALLS_FAILED,
};

struct monthly_calls {
	struct monthly_count count; /* the month of the open file */
	int64_t most;               /* QBO_MONTHLY_CALLS, 0: no limit */
	struct buf path;            /* of the folder, for messages */
	int folder, fd;             /* folder -1: calls are not counted */
	int64_t file_number;        /* counts the files that were opened */
	int64_t to_give_back;       /* in this file, when the lock is free */
	bool unsynced;
	int64_t synced_ms, busy_since_ms;
};

/* `now_us` is of clock_now_us(), and `now_ms` of clock_monotonic_ms().  Call
 * monthly_calls_close() even when it failed. */
bool monthly_calls_open(struct monthly_calls *m, const struct settings *s,
			int64_t now_us, struct failure *why) MUST_CHECK;
void monthly_calls_close(struct monthly_calls *m); /* may be called twice */

/* Count a call.  `*counted_in` is 0 before that, and for
 * monthly_calls_give_back(); a call that is counted in this month's file is not
 * counted again. */
enum monthly_calls_state monthly_calls_take(struct monthly_calls *m,
					    int64_t now_us, int64_t now_ms,
					    int64_t *counted_in,
					    struct failure *why) MUST_CHECK;

/* The call failed, or was not sent.  One that fails after its month has ended
 * stays counted there. */
void monthly_calls_give_back(struct monthly_calls *m, int64_t *counted_in);

/* What is left of the limit; INT64_MAX without one. */
int64_t monthly_calls_left(const struct monthly_calls *m, int64_t now_us);


/* Are so many left?  FAILURE_LATER, like that of MONTHLY_CALLS_USED_UP. */
bool monthly_calls_suffice(const struct monthly_calls *m, int64_t needed,
			   int64_t now_us, struct failure *why) MUST_CHECK;

#endif
