#include "base/clock.h"
#include "http/retry.h"
#include "tap.h"

static const struct retry_policy policy = {
	.most_tries = 4,
	.first_wait_ms = 1000,
	.longest_wait_ms = 4000,
	.slow_down_ms = 60000,
	.retry_for_ms = 300000,
};

static const struct {
	const char *name;
	struct retry_try last;
	struct retry_verdict want;
} cases[] = {
	{ "a good answer is final",
	  { 1, FAULT_NONE, 0, -1, 0.5 },
	  { .reason = "final answer" } },
	{ "a refusal is final: asking again changes nothing",
	  { 1, FAULT_REFUSED, 0, -1, 0.5 },
	  { .reason = "final answer" } },
	{ "a stale token is not for us to wait out",
	  { 1, FAULT_STALE_TOKEN, 0, -1, 0.5 },
	  { .reason = "final answer" } },
	{ "a lost login neither",
	  { 1, FAULT_LOGIN, 0, -1, 0.5 },
	  { .reason = "final answer" } },
	{ "slow down waits as long as the server asked",
	  { 1, FAULT_RATE_LIMITED, 0, 30000, 0.5 },
	  { true, 30000, "asked to slow down" } },
	{ "slow down without advice waits the policy's minute",
	  { 1, FAULT_RATE_LIMITED, 0, -1, 0.5 },
	  { true, 60000, "asked to slow down" } },
	{ "an advice of nothing leaves our own wait",
	  { 1, FAULT_RATE_LIMITED, 0, 0, 0.5 },
	  { true, 500, "asked to slow down" } },
	{ "advice counts for other trouble too",
	  { 1, FAULT_SERVER, 0, 7000, 0.5 },
	  { true, 7000, "server trouble" } },
	{ "the wait doubles",
	  { 2, FAULT_SERVER, 0, -1, 0.5 },
	  { true, 1000, "server trouble" } },
	{ "the wait is capped",
	  { 3, FAULT_NO_RESPONSE, 0, -1, 0.5 },
	  { true, 2000, "no answer" } },
	{ "what is garbled passes",
	  { 1, FAULT_MALFORMED, 0, -1, 0 },
	  { true, 0, "garbled answer" } },
	{ "what took too long passes",
	  { 1, FAULT_TIMEOUT, 0, -1, 0 },
	  { true, 0, "took too long" } },
	{ "the fourth try was the last",
	  { 4, FAULT_NO_RESPONSE, 0, -1, 0 },
	  { .reason = "tries used up" } },
	{ "advice beyond our patience ends it at once",
	  { 1, FAULT_RATE_LIMITED, 0, 300001, 0.5 },
	  { .wait_ms = 300001, .reason = "patience used up" } },
	{ "patience ends before the wait, not after it",
	  { 2, FAULT_SERVER, 299500, -1, 0.5 },
	  { .wait_ms = 1000, .reason = "patience used up" } },
};

#define CENTURY_MS (INT64_C(36525) * 86400 * 1000)

static const struct {
	const char *value;
	int64_t want_ms;
} advices[] = {
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
		struct retry_verdict got =
			retry_decide(&policy, &cases[i].last);

		ok(got.again == cases[i].want.again &&
			   (!got.again ||
			    got.wait_ms == cases[i].want.wait_ms) &&
			   !strcmp(got.reason, cases[i].want.reason),
		   "%s", cases[i].name);
	}
	if (!clock_parse(SLICE("2026-11-24T04:30:00Z"), &now_us))
		abort();
	for (size_t i = 0; i < LENGTH(advices); i++)
		ok(retry_advice_ms(slice_of(advices[i].value), now_us) ==
			   advices[i].want_ms,
		   "Retry-After: %s", advices[i].value);
	return tap_done();
}
