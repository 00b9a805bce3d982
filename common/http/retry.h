/*
 * http/retry.h - may this request be sent again, and when?
 *
 * Pure: it sleeps nowhere, reads no clock and opens no connection.
 * api_fault_classify() says what happened, retry_decide() what to do,
 * quickbooks/client.c does it.
 */
#ifndef HTTP_RETRY_H
#define HTTP_RETRY_H

#include "http/api_fault.h"

struct retry_policy {
	int64_t most_tries;
	int64_t first_wait_ms;
	int64_t longest_wait_ms; /* of our own waits; advice may be longer */
	int64_t slow_down_ms;    /* after FAULT_RATE_LIMITED without advice */
	int64_t retry_for_ms; /* give up when the next try would begin later */
};

/* What is known about the try that just ended. */
struct retry_try {
	int64_t number; /* 1 for the first */
	enum api_fault fault;
	int64_t elapsed_ms; /* since the first try began */
	int64_t advice_ms;  /* Retry-After; -1: none came */
	double chance;      /* in [0, 1), drawn by the caller, for jitter */
};

struct retry_verdict {
	bool again;
	int64_t wait_ms;    /* also when patience is used up: the wait that was
			       too long */
	const char *reason; /* a phrase for the log, never NULL */
};

struct retry_verdict retry_decide(const struct retry_policy *policy,
				  const struct retry_try *last);

/*
 * A Retry-After header's value: seconds, or an IMF-fixdate held against
 * `now_us`.  Past is 0, junk is -1; a century at most.
 */
int64_t retry_advice_ms(struct slice value, int64_t now_us);

#endif
