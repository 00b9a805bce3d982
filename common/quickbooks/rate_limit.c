#include "quickbooks/rate_limit.h"

void
rate_limit_init(struct rate_limit *r)
{
	*r = (struct rate_limit){ 0 };
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

int64_t
rate_limit_next_ms(const struct rate_limit *r, int64_t now_ms)
{
	size_t oldest = r->sent % RATE_LIMIT_PER_MINUTE;
	size_t newest =
		(r->sent + RATE_LIMIT_PER_MINUTE - 1) % RATE_LIMIT_PER_MINUTE;
	int64_t next_ms = later(now_ms, r->held_until_ms);

	if (r->sent)
		next_ms =
			later(next_ms, r->sent_ms[newest] + RATE_LIMIT_GAP_MS);
	if (r->sent >= RATE_LIMIT_PER_MINUTE)
		next_ms = later(next_ms,
				r->sent_ms[oldest] + RATE_LIMIT_MINUTE_MS);
	return next_ms;
}

void
rate_limit_sent(struct rate_limit *r, int64_t now_ms)
{
	r->sent_ms[r->sent++ % RATE_LIMIT_PER_MINUTE] = now_ms;
}

void
rate_limit_hold(struct rate_limit *r, int64_t until_ms)
{
	r->held_until_ms = later(r->held_until_ms, until_ms);
}
