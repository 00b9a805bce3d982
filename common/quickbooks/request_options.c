#include <sys/random.h>

#include "auth/settings.h"
#include "base/clock.h"
#include "quickbooks/request_options.h"

static int64_t retries;
static int64_t patience_ms;
static bool no_pace;

static const struct option_row rows[] = {
	{ .name = "retries",
	  .argument = "N",
	  .preset = "5",
	  .help = "how often a request is sent again after passing trouble",
	  .least = 0,
	  .most = 100,
	  .integer = &retries },
	{ .name = "patience",
	  .argument = "TIME",
	  .preset = "10m",
	  .help = "give a request up when its next try would begin later",
	  .least = 0,
	  .most = INT64_C(7) * 24 * 3600 * 1000,
	  .duration_ms = &patience_ms },
	{ .name = "no-pace",
	  .help = "keep no limits, for a server that is not Intuit's",
	  .on = &no_pace },
};

const struct option_table request_options = {
	.synopsis = "",
	.about = "",
	.rows = rows,
	.count = LENGTH(rows),
	.also = &settings_options,
};

struct retry_policy
request_options_policy(void)
{
	return (struct retry_policy){ .most_tries = retries + 1,
				      .first_wait_ms = 1000,
				      .longest_wait_ms = 60000,
				      .slow_down_ms = 60000,
				      .patience_ms = patience_ms };
}

bool
request_options_rate_limited(void)
{
	return !no_pace;
}

double
request_options_jitter(void)
{
	uint32_t drawn = 0;

	if (getrandom(&drawn, sizeof(drawn), 0) != sizeof(drawn))
		drawn = (uint32_t)clock_now_us(); /* any bits do */
	return drawn / 4294967296.0;
}
