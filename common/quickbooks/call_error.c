#include "quickbooks/call_error.h"
#include "base/clock.h"

enum api_fault
call_error_fault(const struct http_response *response)
{
	if (response->timed_out || response->too_large)
		return API_FAULT_TIMEOUT;
	if (response->untrusted || response->proxy_auth)
		return API_FAULT_REFUSED;
	return api_fault_classify(response->status, buf_slice(&response->body));
}

void
call_error_describe(const struct http_response *response,
		    char what[CALL_ERROR_WHAT])
{
	char fault[API_FAULT_TEXT];
	struct failure why;

	if (!response->status) {
		snprintf(what, CALL_ERROR_WHAT, "%s", response->error);
		return;
	}
	api_fault_describe(buf_slice(&response->body), fault);
	/* a response that looks good but is broken somewhere */
	if (response->status == 200 && !*fault &&
	    !json_check(buf_slice(&response->body), &why))
		snprintf(fault, sizeof(fault), "not JSON: %.400s", why.text);
	snprintf(what, CALL_ERROR_WHAT, "HTTP %d%s%s", response->status,
		 *fault ? ", " : "", fault);
}

void
call_error_fail(const struct http_response *response, enum failure_kind kind,
		const char *what, const char *note, struct failure *why)
{
	fail(why, kind, "%s%s%s%s%s", what, *note ? "; " : "", note,
	     response->tid[0] ? "; intuit_tid " : "", response->tid);
}

static void
fail_next_when(int64_t wait_ms, struct failure *why)
{
	int64_t at_us = clock_now_us() + wait_ms * 1000;
	char again[CLOCK_TEXT];

	clock_format((at_us / CLOCK_SECOND + 1) * CLOCK_SECOND, again);
	fail_next(why,
		  "run the same command again, but not before %s, as "
		  "QuickBooks asks",
		  again);
}

void
call_error_gave_up(const struct http_response *response,
		   const struct retry_try *last,
		   const struct retry_decision *decision, const char *what,
		   struct failure *why)
{
	char note[160];

	snprintf(note, sizeof(note),
		 "gave up after %" PRId64 " %s in %" PRId64 " s: %s",
		 last->number, last->number == 1 ? "try" : "tries",
		 last->elapsed_ms / 1000, decision->reason);
	call_error_fail(response, FAILURE_LATER, what, note, why);
	if (last->fault == API_FAULT_RATE_LIMITED ||
	    response->retry_after_ms > 0)
		fail_next_when(decision->wait_ms, why);
}

void
call_error_held(int64_t wait_ms, struct failure *why)
{
	fail(why, FAILURE_LATER,
	     "QuickBooks' rate limit: no request for this company for %" PRId64
	     " s more, which is longer than --retry-for",
	     wait_ms / 1000);
	fail_next_when(wait_ms, why);
}

void
call_error_refused(const struct http_response *response, enum api_fault fault,
		   const struct settings *settings, const char *what,
		   struct failure *why)
{
	bool maybe_wrong_env =
		response->status == 401 || response->status == 403;
	char note[160] = "";

	if (maybe_wrong_env)
		snprintf(note, sizeof(note),
			 "sandbox or production? QBO_ENV is %s, and the "
			 "company is %s",
			 settings->env, settings->realm);
	if (fault == API_FAULT_REFUSED) {
		call_error_fail(response, FAILURE_REFUSED, what, note, why);
		if (response->proxy_auth)
			fail_next(
				why,
				"put the proxy's name and password into "
				"https_proxy (http://NAME:PASSWORD@HOST:PORT), "
				"then run the same command again");
		if (maybe_wrong_env)
			fail_next(why,
				  "set QBO_ENV and QBO_REALM_ID to those of "
				  "the login, then run the same command again");
		return;
	}
	call_error_fail(response, FAILURE_LOGIN, what, note, why);
	fail_next(why, "qb-auth login, then run the same command again");
}
