/*
 * quickbooks/call_error.h - the error messages of requests that failed.
 */
#ifndef QUICKBOOKS_CALL_ERROR_H
#define QUICKBOOKS_CALL_ERROR_H

#include "auth/settings.h"
#include "http/response.h"

enum { CALL_ERROR_WHAT = API_FAULT_TEXT + 80 };

/* A response that is not what was requested, or none. */
struct call_trouble {
	const struct http_response *response;
	const struct settings *settings;
	enum api_fault fault; /* call_error_fault(), or API_FAULT_MALFORMED */
	const char *what;     /* call_error_describe() */
	bool answered;        /* another call of this process has succeeded */
	const char *absent;   /* the entity that the company does not have */
	int64_t rate_limited; /* how many tries of this call met a rate limit */
};

/* What the response, or its absence, means. */
enum api_fault call_error_fault(const struct http_response *response);

/* What came, "HTTP 400, 4001 Invalid query: ...", or why nothing did. */
void call_error_describe(const struct http_response *response,
			 enum api_fault fault, char what[CALL_ERROR_WHAT]);

/* "what; note; intuit_tid ..."; `note` may be "". */
void call_error_fail(const struct http_response *response,
		     enum failure_kind kind, const char *what, const char *note,
		     struct failure *why);

/*
 * No more retries: FAILURE_LATER says after how many tries and why, and when to
 * come back if QuickBooks told.  FAILURE_REFUSED names the settings to check:
 * only servers in front of QuickBooks answered, and never QuickBooks.
 */
void call_error_gave_up(const struct call_trouble *t,
			const struct retry_try *last,
			const struct retry_decision *decision,
			struct failure *why);

/* Not sent: a rate limit holds all requests for this company for longer than
 * --retry-for.  FAILURE_LATER. */
void call_error_held(int64_t wait_ms, struct failure *why);

/* API_FAULT_REFUSED: FAILURE_REFUSED; API_FAULT_LOGIN and
 * API_FAULT_STALE_TOKEN: FAILURE_LOGIN.  With 401 and 403 the text asks
 * "sandbox or production?", unless QuickBooks has answered before, or says that
 * the company does not have the entity. */
void call_error_refused(const struct call_trouble *t, struct failure *why);

#endif
