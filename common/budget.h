/*
 * budget.h - the limits of a company, kept by all processes of this machine
 * that read it with one login.
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
#ifndef BUDGET_H
#define BUDGET_H

#include "pace.h"

enum {
	/* What others are held for at most: a Retry-After beyond is more likely
	 * junk, and asking once an hour is no burden. */
	BUDGET_MOST_HELD_MS = 3600000,
	BUDGET_BUSY_MS = 10,        /* ask again, when somebody has the lock */
	BUDGET_MOST_BUSY_MS = 10000 /* after that he has stopped: go alone */
};

struct budget {
	struct pace pace; /* as it was last seen, and held at least as long
			     as this process was told */
	int fd;           /* -1: alone */
	bool untold;      /* a hold that is not in the file yet */
	int64_t boot;
	int64_t busy_ms; /* since when the lock was not to be had; 0 */
};

/* In the open folder `folder`, which is not kept. */
void budget_open(struct budget *b, int folder, const char *env,
		 const char *realm);
void budget_close(struct budget *b); /* may be called twice */

/*
 * One request is to go at `now_ms` of clock_tick_ms(): it may, and is counted;
 * or else `*next_ms` says when to ask again.  Does not wait.
 */
bool budget_take(struct budget *b, int64_t now_ms, int64_t *next_ms) MUST_CHECK;

/* We were told to slow down: nothing of anybody goes before `until_ms`. */
void budget_hold(struct budget *b, int64_t now_ms, int64_t until_ms);

/* Until when everything is held, as far as this process knows. */
int64_t budget_held_ms(const struct budget *b);

#endif
