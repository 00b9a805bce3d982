/*
 * limits.h - how many requests a company may be asked: 10 in any second and
 * 500 in any minute (DOC limits-and-throttles).  Those that were refused do
 * not count.  A second is taken 20 ms short, for the jitter of a client that
 * goes exactly at the limit.  Not for two threads at once.
 */
#ifndef LIMITS_H
#define LIMITS_H

#include "base/base.h"

enum { LIMITS_MOST = 4096 };

struct limits {
	int64_t per_second, per_minute; /* 0: no limit */
	int64_t tick_ms[LIMITS_MOST];   /* of the latest requests, in turn */
	size_t count;
};

/* One more request: may it pass? */
bool limits_pass(struct limits *l) MUST_CHECK;

#endif
