/*
 * quickbooks/call_error.h - the error messages of requests that failed.
 */
#ifndef QUICKBOOKS_CALL_ERROR_H
#define QUICKBOOKS_CALL_ERROR_H

#include "auth/settings.h"
#include "http/response.h"

enum { CALL_ERROR_WHAT = API_FAULT_TEXT + 32 };

/* What the response, or its absence, means. */
enum api_fault call_error_fault(const struct http_response *response);

/* What came, "HTTP 400, 4001 Invalid query: ...", or why nothing did. */
void call_error_describe(const struct http_response *response,
			 char what[CALL_ERROR_WHAT]);

/* "what; note; intuit_tid ..."; `note` may be "". */
void call_error_fail(const struct http_response *response,
		     enum failure_kind kind, const char *what, const char *note,
		     struct failure *why);

/* No more retries: FAILURE_LATER says after how many tries and why, and when to
 * come back if QuickBooks told. */
void call_error_gave_up(const struct http_response *response,
			const struct retry_try *last,
			const struct retry_decision *decision, const char *what,
			struct failure *why);

/* Not sent: a rate limit holds all requests for this company for longer than
 * --retry-for.  FAILURE_LATER. */
void call_error_held(int64_t wait_ms, struct failure *why);

/* API_FAULT_REFUSED: FAILURE_REFUSED; API_FAULT_LOGIN and
 * API_FAULT_STALE_TOKEN: FAILURE_LOGIN.  With 401 and 403 the text asks
 * "sandbox or production?". */
void call_error_refused(const struct http_response *response,
			enum api_fault fault, const struct settings *settings,
			const char *what, struct failure *why);

#endif
