#include "pace.h"

void
pace_init(struct pace *p)
{
	*p = (struct pace){ 0 };
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

int64_t
pace_next_ms(const struct pace *p, int64_t now_ms)
{
	size_t oldest = p->sent % PACE_MINUTE_MOST;
	size_t newest = (p->sent + PACE_MINUTE_MOST - 1) % PACE_MINUTE_MOST;
	int64_t next_ms = later(now_ms, p->held_ms);

	if (p->sent)
		next_ms = later(next_ms, p->sent_ms[newest] + PACE_GAP_MS);
	if (p->sent >= PACE_MINUTE_MOST)
		next_ms = later(next_ms, p->sent_ms[oldest] + PACE_MINUTE_MS);
	return next_ms;
}

void
pace_sent(struct pace *p, int64_t now_ms)
{
	p->sent_ms[p->sent++ % PACE_MINUTE_MOST] = now_ms;
}

void
pace_hold(struct pace *p, int64_t until_ms)
{
	p->held_ms = later(p->held_ms, until_ms);
}
