#include "quickbooks/call_error.h"
#include "base/clock.h"

enum api_fault
call_error_fault(const struct http_response *a)
{
	if (a->timed_out || a->too_large)
		return API_FAULT_TIMEOUT;
	if (a->untrusted || a->proxy_auth)
		return API_FAULT_REFUSED;
	return api_fault_classify(a->status, buf_slice(&a->body));
}

void
call_error_describe(const struct http_response *a, char what[CALL_ERROR_WHAT])
{
	char told[API_FAULT_TEXT];
	struct failure why;

	if (!a->status) {
		snprintf(what, CALL_ERROR_WHAT, "%s", a->error);
		return;
	}
	api_fault_describe(buf_slice(&a->body), told);
	/* an answer like any other, but for one byte of it */
	if (a->status == 200 && !*told &&
	    !json_check(buf_slice(&a->body), &why))
		snprintf(told, sizeof(told), "not JSON: %.400s", why.text);
	snprintf(what, CALL_ERROR_WHAT, "HTTP %d%s%s", a->status,
		 *told ? ", " : "", told);
}

void
call_error_fail(const struct http_response *a, enum failure_kind kind,
		const char *what, const char *note, struct failure *why)
{
	fail(why, kind, "%s%s%s%s%s", what, *note ? "; " : "", note,
	     a->tid[0] ? "; intuit_tid " : "", a->tid);
}

static void
say_when(int64_t wait_ms, struct failure *why)
{
	int64_t at_us = clock_now_us() + wait_ms * 1000;
	char again[CLOCK_TEXT];

	clock_format((at_us / CLOCK_SECOND + 1) * CLOCK_SECOND, again);
	fail_next(why,
		  "run the same command again, but not before %s: so long "
		  "QuickBooks asks us to wait",
		  again);
}

void
call_error_gave_up(const struct http_response *a, const struct retry_try *last,
		   const struct retry_decision *verdict, const char *what,
		   struct failure *why)
{
	char note[160];

	snprintf(note, sizeof(note),
		 "gave up after %" PRId64 " %s in %" PRId64 " s: %s",
		 last->number, last->number == 1 ? "try" : "tries",
		 last->elapsed_ms / 1000, verdict->reason);
	call_error_fail(a, FAILURE_LATER, what, note, why);
	if (last->fault == API_FAULT_RATE_LIMITED || a->retry_after_ms > 0)
		say_when(verdict->wait_ms, why);
}

void
call_error_held(int64_t wait_ms, struct failure *why)
{
	fail(why, FAILURE_LATER,
	     "another request for this company was told to slow down, for "
	     "%" PRId64 " s more; patience used up",
	     wait_ms / 1000);
	say_when(wait_ms, why);
}

void
call_error_refused(const struct http_response *a, enum api_fault fault,
		   const struct settings *settings, const char *what,
		   struct failure *why)
{
	bool mixed = a->status == 401 || a->status == 403;
	char note[160] = "";

	if (mixed)
		snprintf(note, sizeof(note),
			 "sandbox or production? QBO_ENV is %s, and the "
			 "company is %s",
			 settings->env, settings->realm);
	if (fault == API_FAULT_REFUSED) {
		call_error_fail(a, FAILURE_REFUSED, what, note, why);
		if (a->proxy_auth)
			fail_next(why,
				  "put name and password into https_proxy "
				  "(http://NAME:PASSWORD@HOST:PORT), then run "
				  "the same command again");
		if (mixed)
			fail_next(why, "set QBO_ENV and QBO_REALM_ID to those "
				       "of the login, then run the same "
				       "command again");
		return;
	}
	call_error_fail(a, FAILURE_LOGIN, what, note, why);
	fail_next(why, "qb-auth login, then run the same command again");
}
