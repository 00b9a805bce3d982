#include "quickbooks/rate_limit.h"
#include "tap.h"

enum { MANY = 6000 };

static int64_t sent_ms[MANY];

/* So many of the arrivals lie in some window of `ms`, which is half-open. */
static int
most_within(const int64_t *at_ms, int64_t ms)
{
	int most = 0, first = 0;

	for (int last = 0; last < MANY; last++) {
		while (at_ms[last] - at_ms[first] >= ms)
			first++;
		if (last - first + 1 > most)
			most = last - first + 1;
	}
	return most;
}

/* A sender that is always ready, whose every n-th answer takes a while. */
static void
send_many(struct rate_limit *p, int every, int64_t busy_ms)
{
	int64_t now_ms = 1000000;

	rate_limit_init(p);
	for (int i = 0; i < MANY; i++) {
		now_ms = rate_limit_next_ms(p, now_ms);
		rate_limit_sent(p, now_ms);
		sent_ms[i] = now_ms;
		if (every && i % every == every - 1)
			now_ms += busy_ms;
	}
}

static int
by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
check(const char *name)
{
	int second = most_within(sent_ms, 1000);
	int minute = most_within(sent_ms, 60000);

	ok(second <= 10, "%s: no second holds more than 10 (%d)", name, second);
	ok(minute <= 500, "%s: no minute holds more than 500 (%d)", name,
	   minute);
}

int
main(void)
{
	static struct rate_limit p;
	unsigned seed = 1;

	send_many(&p, 0, 0);
	check("always ready");
	double span_ms = (double)(sent_ms[MANY - 1] - sent_ms[0]);
	/* 500 in the first 50 s, and 500 more with each minute */
	double allowed_ms = (MANY / 500 - 1) * 60000.0 + 50000;
	ok(span_ms <= allowed_ms * 1.03,
	   "what is allowed is used, within 3 %%");
	send_many(&p, 90, 40000);
	check("with pauses that save up allowance");

	send_many(&p, 0, 0);
	for (int i = 0; i < MANY; i++) {
		seed = seed * 1103515245 + 12345;
		sent_ms[i] += 50 + (int64_t)(seed >> 16) % 150;
	}
	qsort(sent_ms, MANY, sizeof(*sent_ms), by_time);
	check("when requests travel 50 to 200 ms");

	rate_limit_init(&p);
	ok(rate_limit_next_ms(&p, 5) == 5, "the first goes at once");
	rate_limit_sent(&p, 5);
	rate_limit_hold(&p, 9000);
	rate_limit_hold(&p, 7000);
	ok(rate_limit_next_ms(&p, 6) == 9000, "the longer of two holds counts");
	ok(rate_limit_next_ms(&p, 9500) == 9500, "a hold passes");
	return tap_done();
}
