#include "quickbooks/rate_limit.h"

void
rate_limit_init(struct rate_limit *p)
{
	*p = (struct rate_limit){ 0 };
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

int64_t
rate_limit_next_ms(const struct rate_limit *p, int64_t now_ms)
{
	size_t oldest = p->sent % RATE_LIMIT_PER_MINUTE;
	size_t newest =
		(p->sent + RATE_LIMIT_PER_MINUTE - 1) % RATE_LIMIT_PER_MINUTE;
	int64_t next_ms = later(now_ms, p->held_ms);

	if (p->sent)
		next_ms =
			later(next_ms, p->sent_ms[newest] + RATE_LIMIT_GAP_MS);
	if (p->sent >= RATE_LIMIT_PER_MINUTE)
		next_ms = later(next_ms,
				p->sent_ms[oldest] + RATE_LIMIT_MINUTE_MS);
	return next_ms;
}

void
rate_limit_sent(struct rate_limit *p, int64_t now_ms)
{
	p->sent_ms[p->sent++ % RATE_LIMIT_PER_MINUTE] = now_ms;
}

void
rate_limit_hold(struct rate_limit *p, int64_t until_ms)
{
	p->held_ms = later(p->held_ms, until_ms);
}
