#include "quickbooks/retry_options.h"
#include "auth/settings.h"

static int64_t retries;
static int64_t retry_for_ms;
static bool no_rate_limit;

static const struct option_row rows[] = {
	{ .name = "retries",
	  .argument = "N",
	  .preset = "5",
	  .help = "how often a request is retried after a transient error",
	  .least = 0,
	  .most = 100,
	  .integer = &retries },
	{ .name = "retry-for",
	  .former = "patience",
	  .argument = "TIME",
	  .preset = "10m",
	  .help = "stop retrying a request after TIME",
	  .least = 0,
	  .most = INT64_C(7) * 24 * 3600 * 1000,
	  .duration_ms = &retry_for_ms },
	{ .name = "no-rate-limit",
	  .former = "no-pace",
	  .help = "do not limit the request rate (test servers only)",
	  .on = &no_rate_limit },
};

const struct option_table retry_options = {
	.rows = rows,
	.count = LENGTH(rows),
	.also = &settings_options,
};

struct retry_policy
retry_options_policy(void)
{
	return (struct retry_policy){ .most_tries = retries + 1,
				      .first_wait_ms = 1000,
				      .most_wait_ms = 60000,
				      .rate_limit_wait_ms = 60000,
				      .retry_for_ms = retry_for_ms };
}

bool
retry_options_rate_limited(void)
{
	return !no_rate_limit;
}
