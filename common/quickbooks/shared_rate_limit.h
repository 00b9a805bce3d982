/*
 * quickbooks/shared_rate_limit.h - the limits of a company, kept by all
 * processes of this machine that read it with one login.
 *
 * They share a file in the folder of the login, "<env>-<realm>.pace": when the
 * last requests went, and until when a 429 holds everything.  It is changed
 * under a lock, flock(2), that is held for that long only; a process that dies
 * lets go of it.  Its times are of the clock that starts with the machine, so
 * nobody who sets the date changes them.  What an earlier boot wrote, what is
 * cut and what makes no sense counts as nothing.  The file may be removed at
 * any time.
 *
 * Where there can be no such file, or somebody stops with the lock in hand, a
 * process says so once and keeps the limits alone.
 */
#ifndef QUICKBOOKS_SHARED_RATE_LIMIT_H
#define QUICKBOOKS_SHARED_RATE_LIMIT_H

#include "quickbooks/rate_limit.h"

enum {
	/* What others are held for at most: a Retry-After beyond is more likely
	 * junk, and asking once an hour is no burden. */
	SHARED_RATE_LIMIT_MOST_HELD_MS = 3600000,
	SHARED_RATE_LIMIT_BUSY_MS =
		10, /* ask again, when somebody has the lock */
	SHARED_RATE_LIMIT_MOST_BUSY_MS =
		10000 /* after that he has stopped: go alone */
};

struct shared_rate_limit {
	struct rate_limit pace; /* as it was last seen, and held at least as
			     long as this process was told */
	int fd;                 /* -1: alone */
	bool untold;            /* a hold that is not in the file yet */
	int64_t boot;
	int64_t busy_ms; /* since when the lock was not to be had; 0 */
};

/* In the open folder `folder`, which is not kept. */
void shared_rate_limit_open(struct shared_rate_limit *b, int folder,
			    const char *env, const char *realm);
void
shared_rate_limit_close(struct shared_rate_limit *b); /* may be called twice */

/*
 * One request is to go at `now_ms` of clock_monotonic_ms(): it may, and is
 * counted; or else `*next_ms` says when to ask again.  Does not wait.
 */
bool shared_rate_limit_take(struct shared_rate_limit *b, int64_t now_ms,
			    int64_t *next_ms) MUST_CHECK;

/* We were told to slow down: nothing of anybody goes before `until_ms`. */
void shared_rate_limit_hold(struct shared_rate_limit *b, int64_t now_ms,
			    int64_t until_ms);

/* Until when everything is held, as far as this process knows. */
int64_t shared_rate_limit_held_ms(const struct shared_rate_limit *b);

#endif
