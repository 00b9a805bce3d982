/*
 * http/retry.h - decides whether a request is sent again, and when.
 *
 * Pure: it does not sleep, read a clock or open a connection.
 * api_fault_classify() says what happened, retry_decide() what to do about it,
 * quickbooks/pending_call.c does it.
 */
#ifndef HTTP_RETRY_H
#define HTTP_RETRY_H

#include "http/api_fault.h"

struct retry_policy {
	int64_t most_tries;
	int64_t first_wait_ms;
	int64_t most_wait_ms; /* of the backoff; Retry-After may be longer */
	int64_t rate_limit_wait_ms; /* without Retry-After */
	int64_t retry_for_ms;       /* after the first try; none begins later */
};

/* The try that just ended. */
struct retry_try {
	int64_t number; /* 1 for the first */
	enum api_fault fault;
	int64_t elapsed_ms;     /* since the first try began */
	int64_t retry_after_ms; /* Retry-After; -1: the response has none */
	double jitter;          /* random, in [0, 1) */
};

struct retry_decision {
	bool again;
	int64_t wait_ms;    /* also when it is too long to wait */
	const char *reason; /* words for a message, never NULL */
};

struct retry_decision retry_decide(const struct retry_policy *policy,
				   const struct retry_try *last);

/*
 * Parse the value of a Retry-After header: seconds, or an IMF-fixdate, which is
 * compared with `now_us`.  A time in the past is 0, anything invalid -1; at
 * most a century.
 */
int64_t retry_after_ms(struct slice value, int64_t now_us);

#endif
