#include "http/retry.h"
#include "base/clock.h"

/* Exponential backoff with full jitter: between 0 and the capped wait. */
static int64_t
backoff_ms(const struct retry_policy *policy, const struct retry_try *last)
{
	int64_t wait_ms = policy->first_wait_ms;

	for (int64_t i = 1; i < last->number; i++) {
		if (wait_ms >= policy->most_wait_ms / 2) {
			wait_ms = policy->most_wait_ms;
			break;
		}
		wait_ms *= 2;
	}
	return (int64_t)((double)wait_ms * last->jitter);
}

/* With "Retry-After: 0", or a date in the past, the backoff applies: otherwise
 * all tries would be made within a second. */
static int64_t
wait_before_next_ms(const struct retry_policy *policy,
		    const struct retry_try *last)
{
	if (last->retry_after_ms > 0)
		return last->retry_after_ms;
	if (last->fault == API_FAULT_RATE_LIMITED && last->retry_after_ms < 0)
		return policy->rate_limit_wait_ms;
	return backoff_ms(policy, last);
}

struct retry_decision
retry_decide(const struct retry_policy *policy, const struct retry_try *last)
{
	static const char *const transient[] = {
		[API_FAULT_NO_RESPONSE] = "no response",
		[API_FAULT_TIMEOUT] = "timeout",
		[API_FAULT_RATE_LIMITED] = "rate limit",
		[API_FAULT_SERVER] = "server error",
		[API_FAULT_MALFORMED] = "invalid response",
		[API_FAULT_FOREIGN] = "not from QuickBooks' API",
		[API_FAULT_REFUSED] = NULL,
	};
	int64_t wait_ms = wait_before_next_ms(policy, last);

	if (!transient[last->fault])
		return (struct retry_decision){
			.reason = "not a transient error"
		};
	if (last->number >= policy->most_tries)
		return (struct retry_decision){
			.reason = "no retries left (--retries)",
			.wait_ms = wait_ms
		};
	if (last->elapsed_ms + wait_ms > policy->retry_for_ms)
		return (struct retry_decision){
			.reason = "the next try would come too late "
				  "(--retry-for)",
			.wait_ms = wait_ms
		};
	return (struct retry_decision){ true, wait_ms, transient[last->fault] };
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7) */
static bool
read_date(struct slice text, int64_t *at_us)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct clock_civil civil;
	char spelled[32];
	char name[4] = "";

	if (text.len != 29 || memcmp(text.at + 3, ", ", 2) ||
	    memcmp(text.at + 25, " GMT", 4))
		return false;
	memcpy(name, text.at + 8, 3);
	const char *month = strstr(months, name);
	if (!month || (month - months) % 3)
		return false;
	snprintf(spelled, sizeof(spelled), "%.4s-%02d-%.2sT%.8s", text.at + 12,
		 (int)(month - months) / 3 + 1, text.at + 5, text.at + 17);
	if (!clock_parse_civil(slice_of(spelled), &civil))
		return false;
	*at_us = clock_from_civil(&civil);
	return true;
}

int64_t
retry_after_ms(struct slice value, int64_t now_us)
{
	const int64_t century_ms = INT64_C(36525) * 86400 * 1000;
	int64_t wait_ms = 0, at_us;
	size_t i = 0;

	while (i < value.len && value.at[i] >= '0' && value.at[i] <= '9') {
		if (wait_ms < century_ms)
			wait_ms = wait_ms * 10 + (value.at[i] - '0') * 1000;
		i++;
	}
	if (!value.len || i < value.len) {
		if (!read_date(value, &at_us))
			return -1;
		wait_ms = (at_us - now_us) / 1000;
	}
	if (wait_ms < 0)
		return 0;
	return wait_ms < century_ms ? wait_ms : century_ms;
}
