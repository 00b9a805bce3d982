#include "base/clock.h"
#include "http/retry.h"
#include "tap.h"

static const struct retry_policy policy = {
	.most_tries = 4,
	.first_wait_ms = 1000,
	.most_wait_ms = 4000,
	.rate_limit_wait_ms = 60000,
	.retry_for_ms = 300000,
};

static const struct {
	const char *name;
	struct retry_try last;
	struct retry_decision want;
} cases[] = {
	{ "a good response is not retried",
	  { 1, API_FAULT_NONE, 0, -1, 0.5 },
	  { .reason = "not a transient error" } },
	{ "nor is a permanent error",
	  { 1, API_FAULT_REFUSED, 0, -1, 0.5 },
	  { .reason = "not a transient error" } },
	{ "nor an expired token: it is refreshed",
	  { 1, API_FAULT_STALE_TOKEN, 0, -1, 0.5 },
	  { .reason = "not a transient error" } },
	{ "nor a lost login",
	  { 1, API_FAULT_LOGIN, 0, -1, 0.5 },
	  { .reason = "not a transient error" } },
	{ "a rate limit waits as long as Retry-After says",
	  { 1, API_FAULT_RATE_LIMITED, 0, 30000, 0.5 },
	  { true, 30000, "rate limit" } },
	{ "without Retry-After it waits a minute",
	  { 1, API_FAULT_RATE_LIMITED, 0, -1, 0.5 },
	  { true, 60000, "rate limit" } },
	{ "after a Retry-After of 0 the backoff applies",
	  { 1, API_FAULT_RATE_LIMITED, 0, 0, 0.5 },
	  { true, 500, "rate limit" } },
	{ "Retry-After counts for other errors, too",
	  { 1, API_FAULT_SERVER, 0, 7000, 0.5 },
	  { true, 7000, "server error" } },
	{ "the wait doubles",
	  { 2, API_FAULT_SERVER, 0, -1, 0.5 },
	  { true, 1000, "server error" } },
	{ "the wait is capped",
	  { 3, API_FAULT_NO_RESPONSE, 0, -1, 0.5 },
	  { true, 2000, "no response" } },
	{ "an invalid response is retried",
	  { 1, API_FAULT_MALFORMED, 0, -1, 0 },
	  { true, 0, "invalid response" } },
	{ "a page of a server in front is retried",
	  { 2, API_FAULT_FOREIGN, 0, -1, 0.5 },
	  { true, 1000, "not from QuickBooks' API" } },
	{ "a timeout is retried",
	  { 1, API_FAULT_TIMEOUT, 0, -1, 0 },
	  { true, 0, "timeout" } },
	{ "the fourth try was the last",
	  { 4, API_FAULT_NO_RESPONSE, 0, -1, 0 },
	  { .reason = "no retries left (--retries)" } },
	{ "Retry-After beyond the time for retries ends it at once",
	  { 1, API_FAULT_RATE_LIMITED, 0, 300001, 0.5 },
	  { .wait_ms = 300001,
	    .reason = "the next try would come too late (--retry-for)" } },
	{ "it gives up before the wait, not after it",
	  { 2, API_FAULT_SERVER, 299500, -1, 0.5 },
	  { .wait_ms = 1000,
	    .reason = "the next try would come too late (--retry-for)" } },
};

#define CENTURY_MS (INT64_C(36525) * 86400 * 1000)

static const struct {
	const char *value;
	int64_t want_ms;
} values[] = {
	{ "30", 30000 },
	{ "0", 0 },
	{ "99999999999999999999999", CENTURY_MS },
	{ "Tue, 24 Nov 2026 04:30:30 GMT", 30000 },
	{ "Tue, 24 Nov 2026 04:29:00 GMT", 0 },
	{ "Fri, 31 Dec 9999 23:59:59 GMT", CENTURY_MS },
	{ "Tue, 31 Feb 2026 04:30:30 GMT", -1 },
	{ "Tue, 24 anF 2026 04:30:30 GMT", -1 },
	{ "Tue, 24 Nov 2026 04:30:30 CET", -1 },
	{ "tomorrow", -1 },
	{ "-5", -1 },
	{ "1.5", -1 },
	{ "30 s", -1 },
	{ "", -1 },
};

int
main(void)
{
	int64_t now_us;

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct retry_decision got =
			retry_decide(&policy, &cases[i].last);

		ok(got.again == cases[i].want.again &&
			   (!got.again ||
			    got.wait_ms == cases[i].want.wait_ms) &&
			   !strcmp(got.reason, cases[i].want.reason),
		   "%s", cases[i].name);
	}
	if (!clock_parse(SLICE("2026-11-24T04:30:00Z"), &now_us))
		abort();
	for (size_t i = 0; i < LENGTH(values); i++)
		ok(retry_after_ms(slice_of(values[i].value), now_us) ==
			   values[i].want_ms,
		   "Retry-After: %s", values[i].value);
	return tap_done();
}
