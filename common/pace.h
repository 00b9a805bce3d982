/*
 * pace.h - when may the next request go, so that both of Intuit's limits are
 * kept: 10 in any second and 500 in any minute for a company (DOC
 * limits-and-throttles; QUIRKS.md, "Limits").
 *
 * Pure: the caller brings the time, in milliseconds of a clock that only goes
 * forward.  Limits are counted where requests arrive, so each has a margin
 * for how unequally long they travel.
 */
#ifndef PACE_H
#define PACE_H

#include "base.h"

enum {
	PACE_SECOND_MOST = 10,
	PACE_MINUTE_MOST = 500,
	/* The minute allows 120 ms on average, so this costs long runs nothing
	 * and may differ by 150 ms on the way. */
	PACE_GAP_MS = 1150 / PACE_SECOND_MOST,
	PACE_MINUTE_MS = 60600,
};

struct pace {
	int64_t sent_ms[PACE_MINUTE_MOST]; /* a ring of the last ones */
	size_t sent;                       /* ever */
	int64_t held_ms;                   /* nothing goes before that */
};

void pace_init(struct pace *p);

/* `now_ms`, or later when the next must wait. */
int64_t pace_next_ms(const struct pace *p, int64_t now_ms);

/* One was sent; times never go back. */
void pace_sent(struct pace *p, int64_t now_ms);

/* We were told to slow down: nothing goes before `until_ms`. */
void pace_hold(struct pace *p, int64_t until_ms);

#endif
