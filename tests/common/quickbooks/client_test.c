/* covers: client pending_call call_error settings */
#include "qboserver.h"
#include "tap.h"

static const struct {
	const char *name;
	const char *script; /* of the API */
	const char *retries, *retry_for;
	bool can_split;
	enum failure_kind kind;
	const char *text, *next; /* a part of each */
	int queries, refreshes;
	bool must_split;
} cases[] = {
	{ .name = "rows", .script = GOOD, .queries = 1, .refreshes = 1 },
	{ .name = "rows in gzip",
	  .script = "GET gz:" ROWS "\n",
	  .queries = 1,
	  .refreshes = 1 },
	{ .name = "a 503 is asked again",
	  .script = "GET 503:<html>\n" GOOD,
	  .queries = 2,
	  .refreshes = 1 },
	{ .name = "a connection that is reset is asked again",
	  .script = "GET reset\n" GOOD,
	  .queries = 2,
	  .refreshes = 1 },
	{ .name = "HTML in a 200 is asked again",
	  .script = "GET ok:<html>back\\ssoon</html>\n" GOOD,
	  .queries = 2,
	  .refreshes = 1 },
	{ .name = "JSON that is cut is asked again",
	  .script = "GET ok:{\"QueryResponse\":{\n" GOOD,
	  .queries = 2,
	  .refreshes = 1 },
	{ .name = "a cut body that ends with the connection is asked again",
	  .script = "GET " HEAD "\\r\\n{\"QueryResponse\": close\n" GOOD,
	  .queries = 2,
	  .refreshes = 1 },
	{ .name = "a body cut by a Content-Length too small is asked again",
	  .script = "GET " HEAD "Content-Length:\\s30\\r\\n\\r\\n" ROWS
		    " close\n" GOOD,
	  .queries = 2,
	  .refreshes = 1 },
	{ .name = "broken gzip is asked again, plain",
	  .script = "GET gzraw:tail:" ROWS "\n" GOOD,
	  .queries = 2,
	  .refreshes = 1 },
	{ .name = "a 120 with HTTP 500 passes",
	  .script = "GET 500:" FAULT("120", "AuthorizatonFault") "\n" GOOD,
	  .queries = 2,
	  .refreshes = 1 },
	{ .name = "slow down waits as told",
	  .script = "GET header:Retry-After:1 429:\n" GOOD,
	  .queries = 2,
	  .refreshes = 1 },
	{ .name = "one stale token is refreshed",
	  .script = "GET 401:" FAULT("3200", "AUTHENTICATION") "\n" GOOD,
	  .queries = 2,
	  .refreshes = 2 },
	{ .name = "a second stale token in one call ends it",
	  .script = "GET 401:" FAULT("3200", "AUTHENTICATION") "\n",
	  .kind = FAILURE_LOGIN,
	  .text = "HTTP 401, 3200 Message; sandbox or production?",
	  .next = "qb-auth login",
	  .queries = 2,
	  .refreshes = 2 },
	{ .name = "403 3100 asks for a person",
	  .script = "GET 403:" FAULT("3100", "AUTHENTICATION") "\n",
	  .kind = FAILURE_LOGIN,
	  .text = "sandbox or production? QBO_ENV is sandbox, and the company "
		  "is 1234567890",
	  .queries = 1,
	  .refreshes = 1 },
	{ .name = "401 130 is the wrong environment",
	  .script = "GET 401:" FAULT("130", "AUTHENTICATION") "\n",
	  .kind = FAILURE_REFUSED,
	  .text = "sandbox or production?",
	  .next = "QBO_ENV",
	  .queries = 1,
	  .refreshes = 1 },
	{ .name = "a bad query is refused at once, with what was said",
	  .script = "GET header:intuit_tid:1-5f-9 400:{\"Fault\":{\"Error\":"
		    "[{\"Message\":\"Error\\sparsing\\squery\",\"Detail\":"
		    "\"line\\s1\",\"code\":\"4000\"}]}}\n",
	  .kind = FAILURE_REFUSED,
	  .text = "HTTP 400, 4000 Error parsing query: line 1; intuit_tid "
		  "1-5f-9",
	  .queries = 1,
	  .refreshes = 1 },
	{ .name = "a fault in a 200 is refused",
	  .script = "GET ok:{\"Fault\":{\"Error\":[{\"code\":\"6190\"}]}}\n",
	  .kind = FAILURE_REFUSED,
	  .text = "HTTP 200, 6190",
	  .queries = 1,
	  .refreshes = 1 },
	{ .name = "tries that are used up are counted",
	  .script = "GET 500:\n",
	  .retries = "--retries=1",
	  .kind = FAILURE_LATER,
	  .text = "HTTP 500; gave up after 2 tries in",
	  .queries = 2,
	  .refreshes = 1 },
	{ .name = "a minute's wait is longer than --retry-for",
	  .script = "GET 429:\n",
	  .retry_for = "--retry-for=1s",
	  .kind = FAILURE_LATER,
	  .text = "HTTP 429; gave up after 1 try in 0 s: the next try",
	  .next = "not before 20",
	  .queries = 1,
	  .refreshes = 1 },
	{ .name = "an hour's wait says when to come back",
	  .script = "GET header:Retry-After:3600 429:\n",
	  .kind = FAILURE_LATER,
	  .text = "too late (--retry-for); QuickBooks asked for a pause of "
		  "3600 s",
	  .next = "not before 20",
	  .queries = 1,
	  .refreshes = 1 },
	{ .name = "rows of something else are no answer",
	  .script = "GET ok:{\"QueryResponse\":{\"Customer\":[{\"Id\":\"1\"}]"
		    "}}\n",
	  .retries = "--retries=0",
	  .kind = FAILURE_LATER,
	  .text = "HTTP 200",
	  .queries = 1,
	  .refreshes = 1 },
	{ .name = "a 504 asks for less at once",
	  .script = "GET 504:<html>\n",
	  .can_split = true,
	  .kind = FAILURE_LATER,
	  .text = "HTTP 504",
	  .queries = 1,
	  .refreshes = 1,
	  .must_split = true },
	{ .name = "a 504 is asked again where less cannot be asked",
	  .script = "GET 504:<html>\n" GOOD,
	  .queries = 2,
	  .refreshes = 1 },
};

static void
test_case(size_t i)
{
	struct qbo_call call;
	struct rawserver s;
	struct failure why;
	char script[4000];

	forget_login();
	snprintf(script, sizeof(script),
		 "%sPOST ok:" TOKENS("2") "\nPOST ok:" TOKENS("3") "\n",
		 cases[i].script);
	serve(&s, script);
	struct qbo_client *q =
		open_qbo(cases[i].retries, cases[i].retry_for, &why);
	bool asked = q && ask(q, &call, cases[i].can_split, &why);
	bool right = asked && call.why.kind == cases[i].kind &&
		     (cases[i].kind || call.response.row_count == 2) &&
		     call.must_split == cases[i].must_split &&
		     (!cases[i].text || strstr(call.why.text, cases[i].text)) &&
		     (!cases[i].next || strstr(call.why.next, cases[i].next)) &&
		     rawserver_asked(&s, "GET /v3/") == cases[i].queries &&
		     rawserver_asked(&s, "POST /") == cases[i].refreshes;

	ok(right, "%s", cases[i].name);
	if (!right)
		printf("# %s / %s / %s\n# %d GET, %d POST\n", why.text,
		       asked ? call.why.text : "", asked ? call.why.next : "",
		       rawserver_asked(&s, "GET /v3/"),
		       rawserver_asked(&s, "POST /"));
	if (asked)
		fprintf(stderr, "%s\n%s\n", call.why.text, call.why.next);
	qbo_client_close(q);
	if (asked)
		qbo_call_free(&call);
	rawserver_stop(&s);
}

static void
test_request(void)
{
	struct rawserver s;
	struct failure why;

	forget_login();
	ok(ask_once(&s, "GET gzraw:tail:" ROWS "\n" GOOD "POST ok:" TOKENS("2"),
		    &why) &&
		   rawserver_asked(
			   &s, "GET /v3/company/1234567890/query?query="
			       "select%20%2A%20from%20Invoice%20where%20a"
			       "%20%3E%3D%20%27b%20c%27&minorversion=75 ") == 2,
	   "the statement stands in the URL");
	ok(rawserver_asked(&s, "Accept: application/json") == 3 &&
		   rawserver_asked(&s, "Authorization: Bearer CANARY-ACCESS-"
				       "2") == 2 &&
		   rawserver_asked(&s, "Accept-Encoding: gzip") == 2,
	   "JSON is asked for, and after broken gzip none");
}

/* While one call waits as long as it was told, no other one goes. */
static void
test_hold(void)
{
	struct qbo_call first, second;
	struct rawserver s;
	struct failure why;
	int wake[2];

	forget_login();
	serve(&s, "GET header:Retry-After:3599 429:\n" GOOD
		  "POST ok:" TOKENS("2") "\n");
	struct qbo_client *q = open_qbo(NULL, "--retry-for=2h", &why);
	if (!q || pipe(wake) || write(wake[1], "", 1) != 1)
		abort();
	begin_call(q, &first, false);
	while (!was_said("wait_ms=3599000") && qbo_client_run(q, wake[0], &why))
		;
	begin_call(q, &second, false);
	for (int i = 0; i < 50 && qbo_client_run(q, wake[0], &why); i++)
		usleep(10000);
	ok(!why.kind && !first.done && !second.done &&
		   rawserver_asked(&s, "GET /v3/") == 1,
	   "slow down holds all calls");
	qbo_client_close(q);
	ok(!first.pending && !second.pending,
	   "closing lets go of calls that are under way");
	qbo_call_free(&first);
	qbo_call_free(&second);
	rawserver_stop(&s);
	close(wake[0]);
	close(wake[1]);
}

/* What one process was told, also when it gave up, holds the next one. */
static void
test_hold_is_shared(void)
{
	struct qbo_call call;
	struct rawserver s;
	struct failure why;

	forget_login();
	serve(&s, "GET header:Retry-After:2 429:\nGET header:Retry-After:3600 "
		  "429:\n" GOOD "POST ok:" TOKENS("2") "\n");
	for (int i = 0; i < 4; i++) {
		struct qbo_client *q =
			open_qbo("--retries=0", "--retry-for=1m", &why);

		if (!q || !ask(q, &call, false, &why))
			abort();
		if (i < 2)
			ok(call.why.kind == FAILURE_LATER &&
				   strstr(call.why.text, "HTTP 429"),
			   "a 429 ends a call with a short --retry-for");
		else
			ok(call.why.kind == FAILURE_LATER &&
				   strstr(call.why.text,
					  "QuickBooks' rate limit") &&
				   strstr(call.why.next, "not before 20"),
			   "and a later process that has none either");
		qbo_call_free(&call);
		if (i == 1) {
			begin_call(q, &call, false);
			while (!call.done && qbo_client_run(q, -1, &why))
				;
			ok(strstr(call.why.text, "QuickBooks' rate limit") !=
				   NULL,
			   "and the next call of the same one");
			qbo_call_free(&call);
		}
		qbo_client_close(q);
	}
	ok(rawserver_asked(&s, "GET /v3/") == 2,
	   "nothing is sent while a 429 holds the company");
	rawserver_stop(&s);
}

/* All that went out with one stale token are served by one refresh. */
static void
test_side_by_side(void)
{
	enum { CALLS = 4 };
	struct qbo_call calls[CALLS];
	struct rawserver s;
	struct failure why;
	int done = 0;

	forget_login();
	serve(&s, "GET pause:2000 401:\nGET pause:1900 401:\nGET pause:1800 "
		  "401:\nGET pause:1700 401:\n" GOOD
		  "POST ok:" TOKENS("2") "\nPOST ok:" TOKENS("3") "\n");
	struct qbo_client *q = open_qbo(NULL, NULL, &why);
	for (int i = 0; i < CALLS; i++)
		begin_call(q, &calls[i], false);
	while (done < CALLS && qbo_client_run(q, -1, &why)) {
		done = 0;
		for (int i = 0; i < CALLS; i++)
			done += calls[i].done && !calls[i].why.kind;
	}
	ok(done == CALLS && rawserver_asked(&s, "POST /") == 2 &&
		   rawserver_asked(&s, "GET /v3/") == 2 * CALLS,
	   "four calls with one stale token make one refresh");
	qbo_client_close(q);
	for (int i = 0; i < CALLS; i++)
		qbo_call_free(&calls[i]);
	rawserver_stop(&s);
}

static void
test_settings(void)
{
	static const struct {
		const char *name, *value, *want;
	} wrong[] = {
		{ "QBO_ENV", "Sandbox",
		  "QBO_ENV must be sandbox or production" },
		{ "QBO_REALM_ID", "12/34", "QBO_REALM_ID must be a number" },
		{ "QBO_API_URL", "http://example.com",
		  "QBO_API_URL: example.com is another machine" },
		{ "QBO_TOKEN_URL", "gopher://x", "QBO_TOKEN_URL: a URL" },
		{ "QBO_REFRESH_TOKEN", "CANARY-A B",
		  "QBO_REFRESH_TOKEN is no" },
	};
	struct rawserver s;
	struct failure why;

	for (size_t i = 0; i < LENGTH(wrong); i++) {
		forget_login();
		serve(&s, GOOD);
		setenv(wrong[i].name, wrong[i].value, 1);
		ok(!open_qbo(NULL, NULL, &why) && why.kind == FAILURE_USAGE &&
			   strstr(why.text, wrong[i].want),
		   "%s=\"%s\" is refused", wrong[i].name,
		   i == 4 ? "a b" : wrong[i].value);
		fprintf(stderr, "%s\n", why.text);
		setenv("QBO_REFRESH_TOKEN", "CANARY-REFRESH-1", 1);
		rawserver_stop(&s);
	}
}

int
main(void)
{
	struct failure why;

	listen_in();
	ok(!open_qbo(NULL, NULL, &why) && why.kind == FAILURE_USAGE &&
		   strstr(why.text, "not set: QBO_ENV, QBO_REALM_ID, "),
	   "settings that are missing are named");
	setenv("QBO_REFRESH_TOKEN", "CANARY-REFRESH-1", 1);
	for (size_t i = 0; i < LENGTH(cases); i++)
		test_case(i);
	test_request();
	test_hold();
	test_hold_is_shared();
	test_side_by_side();
	test_settings();
	ok(was_said("wait_ms=") && !was_said("CANARY"),
	   "no token in anything that was said");
	rawserver_clean(folder);
	return tap_done();
}
