#include "limits.h"
#include "base/clock.h"

/* Did the `most` latest requests all fall into the last `span_ms`? */
static bool
is_full(const struct limits *l, int64_t most, int64_t span_ms, int64_t now)
{
	if (!most || (size_t)most > l->count)
		return false;
	return now - l->tick_ms[(l->count - (size_t)most) % LIMITS_MOST] <
	       span_ms;
}

bool
limits_pass(struct limits *l)
{
	int64_t now = clock_monotonic_ms();

	if (is_full(l, l->per_second, 980, now) ||
	    is_full(l, l->per_minute, 60000, now))
		return false;
	l->tick_ms[l->count++ % LIMITS_MOST] = now;
	return true;
}
