/*
 * quickbooks/call_error.h - how a request that ended without its answer is
 * told.
 */
#ifndef QUICKBOOKS_CALL_ERROR_H
#define QUICKBOOKS_CALL_ERROR_H

#include "auth/settings.h"
#include "http/response.h"

enum { CALL_ERROR_WHAT = API_FAULT_TEXT + 32 };

/* What it means. */
enum api_fault call_error_fault(const struct http_response *a);

/* What came: "HTTP 400, 4001 Invalid query: ...", or why nothing did. */
void call_error_describe(const struct http_response *a,
			 char what[CALL_ERROR_WHAT]);

/* "what; note; intuit_tid ...": a bare note may be "". */
void call_error_fail(const struct http_response *a, enum failure_kind kind,
		     const char *what, const char *note, struct failure *why);

/* Tries or patience are used up: FAILURE_LATER says after how many, and when
 * to come back if we were told to slow down. */
void call_error_gave_up(const struct http_response *a,
			const struct retry_try *last,
			const struct retry_decision *verdict, const char *what,
			struct failure *why);

/* It was not sent: all requests for this company are held for longer than it
 * has patience.  FAILURE_LATER. */
void call_error_held(int64_t wait_ms, struct failure *why);

/* API_FAULT_REFUSED: FAILURE_REFUSED; API_FAULT_LOGIN and
 * API_FAULT_STALE_TOKEN: FAILURE_LOGIN. Where it smells of it, the text asks
 * "sandbox or production?".
 */
void call_error_refused(const struct http_response *a, enum api_fault fault,
			const struct settings *settings, const char *what,
			struct failure *why);

#endif
