/*
 * quickbooks/client.h - sends queries to QuickBooks Online, many at once.
 *
 * The wing quickbooks/ reads windows: it writes the queries, keeps Intuit's
 * rate limits, counts the calls, proves that a window is complete, and writes
 * rows and seals.  It includes stream/, http/ and auth/; qb-fetch and qb-check
 * include it.
 *
 * Calls are retried after transient errors (http/retry.h), within Intuit's rate
 * limits per second and per minute (rate_limit.h; unless --no-rate-limit).  An
 * expired access token is refreshed on the way.
 * One thread, no callbacks: start calls, then run until one is done.
 */
#ifndef QUICKBOOKS_CLIENT_H
#define QUICKBOOKS_CLIENT_H

#include "quickbooks/call.h"
#include "quickbooks/include.h"
#include "quickbooks/retry_options.h"

struct qbo_client;

/*
 * Read the settings and the login; nothing is sent before the first call.  NULL
 * after a failure: FAILURE_USAGE names the settings that are missing or one
 * that is invalid, FAILURE_LOGIN says that there is no login; and as
 * monthly_calls_open() says.
 */
struct qbo_client *qbo_client_open(struct failure *why) MUST_CHECK;
void qbo_client_close(struct qbo_client *q); /* NULL is fine */

/* The company's ID: digits. */
const char *qbo_client_realm(const struct qbo_client *q);

/* What requests for rows ask for; nothing before include_set(). */
struct include *qbo_client_include(struct qbo_client *q);

void qbo_client_start(struct qbo_client *q, struct qbo_call *call);
/* Forget a call, whether it is done or not. */
void qbo_client_cancel(struct qbo_client *q, struct qbo_call *call);

/*
 * Send, receive and wait until another call is done, or `wake_fd` (-1: none) is
 * readable.  The failure of a call is in call->why; false only for what ends
 * all of them: no access token can be had (as session_ensure_token() says), the
 * calls of the month are used up (FAILURE_LATER; when those under way are
 * done), or FAILURE_IO.
 */
bool qbo_client_run(struct qbo_client *q, int wake_fd,
		    struct failure *why) MUST_CHECK;

/* Start a call and run until it is done.  Its own failure is in call->why;
 * false as qbo_client_run(), and then the call is forgotten. */
static inline bool
qbo_client_send(struct qbo_client *q, struct qbo_call *call,
		struct failure *why)
{
	qbo_client_start(q, call);
	while (!call->done)
		if (!qbo_client_run(q, -1, why)) {
			qbo_client_cancel(q, call);
			return false;
		}
	return true;
}

/* The calls of this process so far, as Intuit meters them: HTTP 200. */
int64_t qbo_client_calls(const struct qbo_client *q);

/* Does QBO_MONTHLY_CALLS leave so many this month?  FAILURE_LATER names the day
 * when the next one begins. */
bool qbo_client_has_calls(const struct qbo_client *q, int64_t needed,
			  struct failure *why) MUST_CHECK;

#endif
