#include "auth/token_tries.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/jitter.h"

enum {
	MOST_LOST = 2,
	/* long enough for a server that restarts: there is no third try */
	LOST_WAIT_MS = 6000,
	LONGEST_LOST_WAIT_MS = 60000,
};

const struct retry_policy token_tries_policy = {
	.most_tries = 6,
	.first_wait_ms = 1000,
	.most_wait_ms = 60000,
	.rate_limit_wait_ms = 60000,
	.retry_for_ms = 120000,
};

void
token_tries_begin(struct token_tries *t, struct http_client *http,
		  const struct retry_policy *policy)
{
	*t = (struct token_tries){ .http = http,
				   .policy = policy,
				   .began_ms = clock_monotonic_ms(),
				   .trouble = { API_FAULT_NO_RESPONSE, -1 } };
}

void
token_tries_count(struct token_tries *t, enum token_result result)
{
	t->result = result;
	t->count++;
	t->lost += result == TOKEN_LOST;
}

static struct retry_decision
decide_lost(const struct token_tries *t)
{
	int64_t wait_ms = LOST_WAIT_MS;

	if (wait_ms > t->policy->retry_for_ms)
		wait_ms = t->policy->retry_for_ms;
	if (wait_ms < t->policy->first_wait_ms)
		wait_ms = t->policy->first_wait_ms;
	if (wait_ms < t->trouble.retry_after_ms)
		wait_ms = t->trouble.retry_after_ms;
	return (struct retry_decision){
		.again = t->lost < MOST_LOST && wait_ms <= LONGEST_LOST_WAIT_MS,
		.wait_ms = wait_ms,
		.reason = "no valid response"
	};
}

/* At least half of the backoff: only one process asks at a time, so there is no
 * crowd to spread, and an outage of seconds must not use up all tries. */
static struct retry_decision
decide(const struct token_tries *t)
{
	const struct retry_try last = {
		.number = t->count,
		.fault = t->trouble.fault,
		.elapsed_ms = clock_monotonic_ms() - t->began_ms,
		.retry_after_ms = t->trouble.retry_after_ms,
		.jitter = (1 + jitter_draw()) / 2,
	};

	if (t->result == TOKEN_LOST)
		return decide_lost(t);
	if (t->result == TOKEN_UNSENT || t->result == TOKEN_NOT_DONE)
		return retry_decide(t->policy, &last);
	return (struct retry_decision){ .reason = "not a transient error" };
}

bool
token_tries_wait(const struct token_tries *t, const struct failure *why)
{
	struct retry_decision decision = decide(t);
	struct failure ignored;

	if (!decision.again)
		return false;
	log_info("token request will be retried try=%" PRId64
		 " wait_ms=%" PRId64 " why=\"%s\"",
		 t->count + 1, decision.wait_ms, why->text);
	return http_client_wait(t->http, decision.wait_ms, &ignored);
}

static void
fail_next_when(int64_t wait_ms, struct failure *why)
{
	int64_t at_us = clock_now_us() + wait_ms * 1000;
	char again[CLOCK_TEXT];

	clock_format((at_us / CLOCK_SECOND + 1) * CLOCK_SECOND, again);
	fail_next(why,
		  "run the same command again, but not before %s, as the token "
		  "endpoint asks",
		  again);
}

void
token_tries_fail(const struct token_tries *t, const char *url, bool answered,
		 struct failure *why)
{
	char host[HTTP_URL_HOST];

	if (t->count > 1)
		fail_in(why, "after %" PRId64 " tries", t->count);
	if (t->result == TOKEN_NOT_DONE && t->trouble.retry_after_ms > 0)
		fail_next_when(t->trouble.retry_after_ms, why);
	if (t->trouble.fault != API_FAULT_FOREIGN || answered)
		return;
	why->kind = FAILURE_REFUSED;
	http_url_host(slice_of(url), host);
	fail_next(why,
		  "check QBO_TOKEN_URL (the request went to %s), then run the "
		  "same command again",
		  host);
}
