/*
 * quickbooks/rate_limit.h - when may the next request go, so that both of
 * Intuit's limits are kept: 10 in any second and 500 in any minute for a
 * company (DOC limits-and-throttles; QUIRKS.md, "Limits").
 *
 * Pure: the caller brings the time, in milliseconds of a clock that only goes
 * forward.  Limits are counted where requests arrive, so each has a margin
 * for how unequally long they travel.
 */
#ifndef QUICKBOOKS_RATE_LIMIT_H
#define QUICKBOOKS_RATE_LIMIT_H

#include "base/base.h"

enum {
	RATE_LIMIT_PER_SECOND = 10,
	RATE_LIMIT_PER_MINUTE = 500,
	/* The minute allows 120 ms on average, so this costs long runs nothing
	 * and may differ by 150 ms on the way. */
	RATE_LIMIT_GAP_MS = 1150 / RATE_LIMIT_PER_SECOND,
	RATE_LIMIT_MINUTE_MS = 60600,
};

struct rate_limit {
	int64_t sent_ms[RATE_LIMIT_PER_MINUTE]; /* a ring of the last ones */
	size_t sent;                            /* ever */
	int64_t held_ms;                        /* nothing goes before that */
};

void rate_limit_init(struct rate_limit *p);

/* `now_ms`, or later when the next must wait. */
int64_t rate_limit_next_ms(const struct rate_limit *p, int64_t now_ms);

/* One was sent; times never go back. */
void rate_limit_sent(struct rate_limit *p, int64_t now_ms);

/* We were told to slow down: nothing goes before `until_ms`. */
void rate_limit_hold(struct rate_limit *p, int64_t until_ms);

#endif
