/*
 * quickbooks/shared_rate_limit.h - the rate limit of a company, shared by all
 * processes of this machine that read it with one login.
 *
 * They share a file in the login's folder, "<env>-<realm>.pace": when the last
 * requests were sent, and until when a 429 holds all of them.  It is changed
 * under flock(2), held for no longer than that; the lock of a process that dies
 * is released.  The times are of the clock that starts at boot, which setting
 * the date does not change.  A file of an earlier boot, or one that is cut or
 * implausible, is ignored.  It may be removed at any time.
 *
 * When the file cannot be used, or another process does not release the lock,
 * this one warns and keeps the limits on its own.
 */
#ifndef QUICKBOOKS_SHARED_RATE_LIMIT_H
#define QUICKBOOKS_SHARED_RATE_LIMIT_H

#include "quickbooks/rate_limit.h"

enum {
	/* A hold for other processes is at most so long: a longer Retry-After
	 * is probably an error, and one request an hour does no harm. */
	SHARED_RATE_LIMIT_MOST_HELD_MS = 3600000,
	SHARED_RATE_LIMIT_BUSY_MS = 10, /* before the lock is tried again */
	SHARED_RATE_LIMIT_MOST_BUSY_MS =
		10000 /* for the lock; then keep the limits alone */
};

struct shared_rate_limit {
	struct rate_limit limit; /* as last read, with this process' own hold */
	int fd;                  /* -1: not shared */
	bool unsaved_hold;       /* a hold that is not in the file yet */
	int64_t boot;
	int64_t busy_since_ms; /* since when the lock is taken by another; 0 */
};

/* The file is in `folder`, which stays the caller's. */
void shared_rate_limit_open(struct shared_rate_limit *s, int folder,
			    const char *env, const char *realm);
void
shared_rate_limit_close(struct shared_rate_limit *s); /* may be called twice */

/*
 * May a request be sent at `now_ms` of clock_monotonic_ms()?  Then it is
 * counted; otherwise `*next_ms` says when to ask again.  Does not wait.
 */
bool shared_rate_limit_take(struct shared_rate_limit *s, int64_t now_ms,
			    int64_t *next_ms) MUST_CHECK;

/* After a 429: no process sends anything before `until_ms`. */
void shared_rate_limit_hold(struct shared_rate_limit *s, int64_t now_ms,
			    int64_t until_ms);

/* Until when all requests are held, as far as this process knows. */
int64_t shared_rate_limit_held_ms(const struct shared_rate_limit *s);

#endif
