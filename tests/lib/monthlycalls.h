/* monthlycalls.h - counts of calls in November 2026, for tests in C. */
#ifndef MONTHLYCALLS_H
#define MONTHLYCALLS_H

#include "base/clock.h"
#include "base/log.h"
#include "quickbooks/monthly_calls.h"
#include "rawserver.h"
#include "tap.h"

static char *folder;
static char file[700];                   /* of production in November 2026 */
static int64_t november_us, december_us; /* its last day, and the next */
static int64_t now_ms = 1000000;

static struct settings production = { .env = "production",
				      .client_id = "CANARY-client" };

/* No call is counted yet from here on. */
static inline void
forget(void)
{
	static int number;
	struct monthly_count c;
	char state[512], name[MONTHLY_COUNT_NAME];

	snprintf(state, sizeof(state), "%s/state%d", folder, number++);
	setenv("XDG_STATE_HOME", state, 1);
	monthly_count_init(&c, "production", production.client_id,
			   monthly_count_month(november_us));
	monthly_count_name(&c, name);
	snprintf(file, sizeof(file), "%s/qb/%s", state, name);
}

static inline void
open_calls(struct monthly_calls *m, int64_t most, int64_t now_us)
{
	struct settings s = production;
	struct failure why;

	s.monthly_calls = most;
	if (!monthly_calls_open(m, &s, now_us, &why))
		abort();
}

static inline enum monthly_calls_state
take(struct monthly_calls *m, int64_t now_us)
{
	struct failure why;
	int64_t counted_in = 0;

	return monthly_calls_take(m, now_us, now_ms, &counted_in, &why);
}

/* What the file says; -1: nothing. */
static inline int64_t
count_at(const char *env, int64_t now_us)
{
	struct monthly_count c;
	struct failure why;
	int64_t calls;

	monthly_count_init(&c, env, production.client_id,
			   monthly_count_month(now_us));
	return monthly_count_look(&c, &calls, &why) ? calls : -1;
}

/* What is said goes into a file. */
static inline void
begin_test(void)
{
	static const struct clock_civil november = { .year = 2026,
						     .month = 11,
						     .day = 30 };
	char said[600];

	november_us = clock_from_civil(&november);
	december_us = november_us + CLOCK_DAY;
	folder = rawserver_folder();
	snprintf(said, sizeof(said), "%s/said", folder);
	if (!freopen(said, "w", stderr))
		abort();
	log_begin("qb-test");
}

#endif
