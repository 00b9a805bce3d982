/*
 * quickbooks/rate_limit.h - when the next request may be sent, within both of
 * Intuit's limits: 10 in any second and 500 in any minute for a company (DOC
 * limits-and-throttles; QUIRKS.md, "Limits").
 *
 * Pure: the caller brings the time, in milliseconds of a monotonic clock.
 * Requests are counted where they arrive, so each limit has a margin for
 * differences in travel time.
 */
#ifndef QUICKBOOKS_RATE_LIMIT_H
#define QUICKBOOKS_RATE_LIMIT_H

#include "base/base.h"

enum {
	RATE_LIMIT_PER_SECOND = 10,
	RATE_LIMIT_PER_MINUTE = 500,
	/* The limit per minute allows one in 120 ms on average, so this
	 * costs long runs nothing; travel times may differ by 150 ms. */
	RATE_LIMIT_GAP_MS = 1150 / RATE_LIMIT_PER_SECOND,
	RATE_LIMIT_MINUTE_MS = 60600,
};

struct rate_limit {
	int64_t sent_ms[RATE_LIMIT_PER_MINUTE]; /* the last ones, a ring */
	size_t sent;                            /* ever */
	int64_t held_until_ms;                  /* nothing is sent before */
};

void rate_limit_init(struct rate_limit *r);

/* When the next may be sent: `now_ms` or later. */
int64_t rate_limit_next_ms(const struct rate_limit *r, int64_t now_ms);

/* One was sent; times never decrease. */
void rate_limit_sent(struct rate_limit *r, int64_t now_ms);

/* After a 429: nothing is sent before `until_ms`. */
void rate_limit_hold(struct rate_limit *r, int64_t until_ms);

#endif
