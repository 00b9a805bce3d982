/* covers: call_error */
#include "quickbooks/call_error.h"
#include "tap.h"

static struct settings settings = { .env = "production",
				    .realm = "1234567890",
				    .api_url = "https://u:CANARY@qbo.example:8/"
					       "CANARY?CANARY" };

static const struct {
	const char *name;
	const char *env;
	int status;
	const char *body;
	const char *location;
	int64_t tries, rate_limited, retry_after_ms;
	bool answered;
	enum failure_kind kind;
	const char *text, *next;
	const char *unsaid; /* in neither of them */
} cases[] = {
	{ .name = "a 429 after several tries, without Retry-After",
	  .status = 429,
	  .tries = 4,
	  .rate_limited = 4,
	  .retry_after_ms = -1,
	  .kind = FAILURE_LATER,
	  .text = "HTTP 429; gave up after 4 tries in 180 s: REASON; the app's "
		  "monthly allowance of calls is probably used up",
	  .next = "see API usage in Intuit's developer portal: the free tier "
		  "allows an app 500,000 calls a month, all companies "
		  "together, and begins again with the next month; then run "
		  "the same command again",
	  .unsaid = "ask" },
	{ .name = "the same with a Retry-After of 0",
	  .status = 429,
	  .tries = 4,
	  .rate_limited = 4,
	  .retry_after_ms = 0,
	  .kind = FAILURE_LATER,
	  .text = "probably used up",
	  .next = "500,000",
	  .unsaid = "ask" },
	{ .name = "the same in the sandbox, where calls are not counted",
	  .env = "sandbox",
	  .status = 429,
	  .tries = 4,
	  .rate_limited = 4,
	  .retry_after_ms = -1,
	  .kind = FAILURE_LATER,
	  .text = "; perhaps the app's monthly allowance of calls is used up",
	  .next = "500,000",
	  .unsaid = "probably" },
	{ .name = "one 429, without Retry-After",
	  .status = 429,
	  .tries = 1,
	  .rate_limited = 1,
	  .retry_after_ms = -1,
	  .kind = FAILURE_LATER,
	  .text = "gave up after 1 try in 180 s: REASON",
	  .next = "if that ends with 429 too, see API usage",
	  .unsaid = "ask" },
	{ .name = "one 429 after other errors",
	  .status = 429,
	  .tries = 4,
	  .rate_limited = 1,
	  .retry_after_ms = -1,
	  .kind = FAILURE_LATER,
	  .text = "gave up after 4 tries",
	  .next = "not before 20",
	  .unsaid = "probably" },
	{ .name = "a 429 with Retry-After",
	  .status = 429,
	  .tries = 1,
	  .rate_limited = 1,
	  .retry_after_ms = 90000,
	  .kind = FAILURE_LATER,
	  .text = "; QuickBooks asked for a pause of 90 s",
	  .next = ", as QuickBooks asks",
	  .unsaid = "month" },
	{ .name = "a 429 again and again, with Retry-After",
	  .status = 429,
	  .tries = 3,
	  .rate_limited = 3,
	  .retry_after_ms = 60000,
	  .kind = FAILURE_LATER,
	  .text = "; QuickBooks asked for a pause of 60 s; the app's monthly",
	  .next = ", as QuickBooks asks",
	  .unsaid = "perhaps" },
	{ .name = "a page that stays, and nothing was answered before",
	  .status = 404,
	  .body = "<html>CANARY",
	  .tries = 6,
	  .retry_after_ms = -1,
	  .kind = FAILURE_REFUSED,
	  .text = "an answer that is not from QuickBooks' API: HTTP 404, an "
		  "HTML page; gave up after 6 tries in 180 s: REASON",
	  .next = "check QBO_REALM_ID (1234567890) and QBO_API_URL (the "
		  "request went to qbo.example:8), then run the same command "
		  "again",
	  .unsaid = "sandbox" },
	{ .name = "a redirect that stays, after answers",
	  .status = 302,
	  .location = "/NotFound",
	  .tries = 6,
	  .retry_after_ms = -1,
	  .answered = true,
	  .kind = FAILURE_LATER,
	  .text = "not from QuickBooks' API: HTTP 302 to /NotFound, an empty "
		  "body; gave up after 6 tries in 180 s: REASON; other "
		  "requests to this address (qbo.example:8) were answered",
	  .next = "",
	  .unsaid = "QBO_REALM_ID" },
	{ .name = "a 403 page that stays, after answers",
	  .status = 403,
	  .body = "Forbidden",
	  .tries = 6,
	  .retry_after_ms = -1,
	  .answered = true,
	  .kind = FAILURE_LATER,
	  .text = "HTTP 403, text that is not JSON",
	  .next = "",
	  .unsaid = "sandbox" },
	{ .name = "a maintenance page with status 200",
	  .status = 200,
	  .body = "<!doctype html>CANARY",
	  .tries = 6,
	  .retry_after_ms = -1,
	  .kind = FAILURE_LATER,
	  .text = "not from QuickBooks' API: HTTP 200, an HTML page",
	  .next = "try again later; if nothing changes, check QBO_REALM_ID "
		  "(1234567890) and QBO_API_URL (the request went to",
	  .unsaid = "sandbox" },
	{ .name = "the same after answers",
	  .status = 200,
	  .body = "<!doctype html>CANARY",
	  .tries = 6,
	  .retry_after_ms = -1,
	  .answered = true,
	  .kind = FAILURE_LATER,
	  .text = "HTTP 200, an HTML page",
	  .next = "",
	  .unsaid = "QBO_REALM_ID" },
};

static void
test_gave_up(size_t i)
{
	const struct retry_decision decision = { .wait_ms = 60000,
						 .reason = "REASON" };
	struct http_response response;
	struct failure why;
	char what[CALL_ERROR_WHAT];

	http_response_init(&response);
	http_response_begin(&response, 1000);
	response.status = cases[i].status;
	response.retry_after_ms = cases[i].retry_after_ms;
	if (cases[i].location)
		http_url_target(slice_of(cases[i].location), response.location);
	if (cases[i].body &&
	    !buf_printf(&response.body, &why, "%s", cases[i].body))
		abort();
	settings.env = cases[i].env ? cases[i].env : "production";
	const struct call_trouble trouble = {
		.response = &response,
		.settings = &settings,
		.fault = call_error_fault(&response),
		.what = what,
		.answered = cases[i].answered,
		.rate_limited = cases[i].rate_limited
	};
	const struct retry_try last = { .number = cases[i].tries,
					.fault = trouble.fault,
					.elapsed_ms = 180000 };
	call_error_describe(&response, trouble.fault, what);
	call_error_gave_up(&trouble, &last, &decision, &why);
	bool right = why.kind == cases[i].kind &&
		     strstr(why.text, cases[i].text) &&
		     strstr(why.next, cases[i].next) &&
		     (*cases[i].next || !*why.next) &&
		     !strstr(why.text, cases[i].unsaid) &&
		     !strstr(why.next, cases[i].unsaid) &&
		     !strstr(why.text, "CANARY") && !strstr(why.next, "CANARY");
	ok(right, "%s", cases[i].name);
	if (!right)
		printf("# %d %s\n# next: %s\n", why.kind, why.text, why.next);
	http_response_free(&response);
}

static void
test_refused(void)
{
	struct http_response response;
	struct failure why;

	http_response_init(&response);
	response.status = 403;
	struct call_trouble trouble = { .response = &response,
					.settings = &settings,
					.fault = API_FAULT_REFUSED,
					.what = "WHAT" };
	call_error_refused(&trouble, &why);
	ok(why.kind == FAILURE_REFUSED &&
		   strstr(why.text, "sandbox or production?") &&
		   strstr(why.next, "QBO_ENV"),
	   "a 403 at first: sandbox or production?");
	trouble.answered = true;
	call_error_refused(&trouble, &why);
	ok(why.kind == FAILURE_REFUSED && !strcmp(why.text, "WHAT") &&
		   !why.next[0],
	   "a 403 after answers: that is not the question");
	trouble.fault = API_FAULT_LOGIN;
	call_error_refused(&trouble, &why);
	ok(why.kind == FAILURE_LOGIN && !strcmp(why.text, "WHAT") &&
		   strstr(why.next, "qb-auth login"),
	   "a login that lost its access after answers");
	http_response_free(&response);
}

static void
test_held(void)
{
	struct failure why;

	call_error_held(3600000, &why);
	ok(why.kind == FAILURE_LATER && strstr(why.text, "for 3600 s more") &&
		   strstr(why.next, "not before 20") &&
		   strstr(why.next, "monthly allowance") &&
		   !strstr(why.next, "asks") && !strstr(why.text, "asked"),
	   "held by another request's 429: not said that a pause was asked "
	   "for");
}

int
main(void)
{
	for (size_t i = 0; i < LENGTH(cases); i++)
		test_gave_up(i);
	test_refused();
	test_held();
	return tap_done();
}
