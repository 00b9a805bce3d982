#include "quickbooks/call_error.h"
#include "base/clock.h"

enum { CALL_ERROR_NOTE = 160 };

enum api_fault
call_error_fault(const struct http_response *response)
{
	if (response->timed_out || response->too_large)
		return API_FAULT_TIMEOUT;
	if (response->untrusted || response->proxy_auth)
		return API_FAULT_REFUSED;
	return api_fault_classify(response->status, buf_slice(&response->body));
}

/* "We'll be back soon" has come with status 200. */
static bool
is_html_page(const struct http_response *response)
{
	return response->status == 200 &&
	       !strcmp(api_fault_body(buf_slice(&response->body)),
		       "an HTML page");
}

/* A page of a server in front of QuickBooks; of the page itself nothing is
 * quoted. */
static void
describe_page(const struct http_response *response, char what[CALL_ERROR_WHAT])
{
	const char *to = response->location;

	snprintf(what, CALL_ERROR_WHAT,
		 "an answer that is not from QuickBooks' API: HTTP %d%s%s, %s",
		 response->status, *to ? " to " : "", to,
		 api_fault_body(buf_slice(&response->body)));
}

void
call_error_describe(const struct http_response *response, enum api_fault fault,
		    char what[CALL_ERROR_WHAT])
{
	char text[API_FAULT_TEXT];
	struct failure why;

	if (!response->status) {
		snprintf(what, CALL_ERROR_WHAT, "%s", response->error);
		return;
	}
	if (fault == API_FAULT_FOREIGN || is_html_page(response)) {
		describe_page(response, what);
		return;
	}
	api_fault_describe(buf_slice(&response->body), text);
	/* a response that looks good but is broken somewhere */
	if (response->status == 200 && !*text &&
	    !json_check(buf_slice(&response->body), &why))
		snprintf(text, sizeof(text), "not JSON: %.400s", why.text);
	snprintf(what, CALL_ERROR_WHAT, "HTTP %d%s%s", response->status,
		 *text ? ", " : "", text);
}

void
call_error_fail(const struct http_response *response, enum failure_kind kind,
		const char *what, const char *note, struct failure *why)
{
	fail(why, kind, "%s%s%s%s%s", what, *note ? "; " : "", note,
	     response->tid[0] ? "; intuit_tid " : "", response->tid);
}

/* --- no more retries ----------------------------------------------------- */

static void
format_time_in(int64_t wait_ms, char at[CLOCK_TEXT])
{
	int64_t at_us = clock_now_us() + wait_ms * 1000;

	clock_format((at_us / CLOCK_SECOND + 1) * CLOCK_SECOND, at);
}

static void
fail_next_when(int64_t wait_ms, struct failure *why)
{
	char again[CLOCK_TEXT];

	format_time_in(wait_ms, again);
	fail_next(why,
		  "run the same command again, but not before %s, as "
		  "QuickBooks asks",
		  again);
}

/* QuickBooks named no time: the limit per minute, or that of the month.  Both
 * are the same 429 (QUIRKS.md, "Limits"). */
static void
fail_next_limit(int64_t wait_ms, struct failure *why)
{
	char again[CLOCK_TEXT];

	format_time_in(wait_ms, again);
	fail_next(why,
		  "run the same command again, but not before %s; if that ends "
		  "with 429 too, see API usage in Intuit's developer portal: "
		  "the app's monthly allowance of calls may be used up",
		  again);
}

static void
fail_next_month(struct failure *why)
{
	fail_next(why,
		  "see API usage in Intuit's developer portal: the free tier "
		  "allows an app 500,000 calls a month, all companies "
		  "together, and begins again with the next month; then run "
		  "the same command again");
}

static void
fail_next_address(const struct settings *settings, const char *first,
		  struct failure *why)
{
	char host[HTTP_URL_HOST];

	http_url_host(slice_of(settings->api_url), host);
	fail_next(why,
		  "%scheck QBO_REALM_ID (%s) and QBO_API_URL (the request went "
		  "to %s), then run the same command again",
		  first, settings->realm, host);
}

static void
fail_next_gave_up(const struct call_trouble *t,
		  const struct retry_decision *decision, struct failure *why)
{
	bool limit = t->fault == API_FAULT_RATE_LIMITED;

	if (why->kind == FAILURE_REFUSED)
		fail_next_address(t->settings, "", why);
	else if (t->response->retry_after_ms > 0)
		fail_next_when(decision->wait_ms, why);
	else if (limit && t->rate_limited > 1)
		fail_next_month(why);
	else if (limit)
		fail_next_limit(decision->wait_ms, why);
	else if (!t->answered && is_html_page(t->response))
		fail_next_address(t->settings,
				  "try again later; if nothing changes, ", why);
}

/* Without a Retry-After nothing is said of what QuickBooks wants. */
static void
describe_limit(const struct call_trouble *t, char text[CALL_ERROR_NOTE])
{
	bool sandbox = !strcmp(t->settings->env, "sandbox");
	int64_t asked_ms = t->response->retry_after_ms;
	char asked[80] = "";

	if (asked_ms > 0)
		snprintf(asked, sizeof(asked),
			 "; QuickBooks asked for a pause of %" PRId64 " s",
			 asked_ms / 1000);
	/* Intuit does not count calls to the sandbox */
	snprintf(text, CALL_ERROR_NOTE, "%s%s", asked,
		 t->rate_limited < 2 ? ""
		 : sandbox ? "; perhaps the app's monthly allowance of "
			     "calls is used up"
			   : "; the app's monthly allowance of calls "
			     "is probably used up");
}

static void
describe_address(const struct call_trouble *t, char text[CALL_ERROR_NOTE])
{
	char host[HTTP_URL_HOST];

	http_url_host(slice_of(t->settings->api_url), host);
	snprintf(text, CALL_ERROR_NOTE,
		 "; other requests to this address (%.100s) were answered",
		 host);
}

void
call_error_gave_up(const struct call_trouble *t, const struct retry_try *last,
		   const struct retry_decision *decision, struct failure *why)
{
	bool never_answered = t->fault == API_FAULT_FOREIGN && !t->answered;
	char more[CALL_ERROR_NOTE] = "", note[2 * CALL_ERROR_NOTE];

	if (t->fault == API_FAULT_RATE_LIMITED)
		describe_limit(t, more);
	if (t->fault == API_FAULT_FOREIGN && t->answered)
		describe_address(t, more);
	snprintf(note, sizeof(note),
		 "gave up after %" PRId64 " %s in %" PRId64 " s: %s%s",
		 last->number, last->number == 1 ? "try" : "tries",
		 last->elapsed_ms / 1000, decision->reason, more);
	call_error_fail(t->response,
			never_answered ? FAILURE_REFUSED : FAILURE_LATER,
			t->what, note, why);
	fail_next_gave_up(t, decision, why);
}

/* It is not known whether the 429, perhaps of another process, had a
 * Retry-After. */
void
call_error_held(int64_t wait_ms, struct failure *why)
{
	fail(why, FAILURE_LATER,
	     "QuickBooks' rate limit: no request for this company for %" PRId64
	     " s more, which is longer than --retry-for",
	     wait_ms / 1000);
	fail_next_limit(wait_ms, why);
}

/* --- refused ------------------------------------------------------------- */

void
call_error_refused(const struct call_trouble *t, struct failure *why)
{
	int status = t->response->status;
	bool maybe_wrong_env =
		!t->answered && !t->absent && (status == 401 || status == 403);
	char note[CALL_ERROR_NOTE] = "";

	if (t->absent)
		snprintf(note, sizeof(note),
			 "the company's plan or country does not have %s",
			 t->absent);
	if (maybe_wrong_env)
		snprintf(note, sizeof(note),
			 "sandbox or production? QBO_ENV is %s, and the "
			 "company is %s",
			 t->settings->env, t->settings->realm);
	if (t->fault == API_FAULT_REFUSED) {
		call_error_fail(t->response, FAILURE_REFUSED, t->what, note,
				why);
		if (t->response->proxy_auth)
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
	call_error_fail(t->response, FAILURE_LOGIN, t->what, note, why);
	fail_next(why, "qb-auth login, then run the same command again");
}
