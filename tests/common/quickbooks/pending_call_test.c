/* covers: pending_call call_error */
#include "qboserver.h"
#include "tap.h"

/* Answers of servers in front of QuickBooks, and a 429 that stays. */
static const struct {
	const char *name;
	const char *script; /* of the API */
	const char *retries;
	enum failure_kind kind;
	const char *text, *next; /* a part of each */
	int queries;
} cases[] = {
	{ .name = "a 404 page is asked again",
	  .script = "GET 404:<html>\n" GOOD,
	  .queries = 2 },
	{ .name = "so is a 403 without a body, and a redirect",
	  .script = "GET 403:\nGET header:Location:http://127.0.0.1:1/ "
		    "302:\n" GOOD,
	  .queries = 3 },
	{ .name = "a redirect that stays says where to, and what to check",
	  .script = "GET header:Location:https://CANARY@a.example/x?CANARY "
		    "302:<html>CANARY\n",
	  .retries = "--retries=1",
	  .kind = FAILURE_REFUSED,
	  .text = "an answer that is not from QuickBooks' API: HTTP 302 to "
		  "a.example, an HTML page; gave up after 2 tries in",
	  .next = "check QBO_REALM_ID (1234567890) and QBO_API_URL (the "
		  "request went to 127.0.0.1:",
	  .queries = 2 },
	{ .name = "HTML in a 200 that stays is transient, and says what to "
		  "check",
	  .script = "GET ok:<html>CANARY\n",
	  .retries = "--retries=0",
	  .kind = FAILURE_LATER,
	  .text = "not from QuickBooks' API: HTTP 200, an HTML page; gave up",
	  .next = "QBO_REALM_ID (1234567890) and QBO_API_URL (the request",
	  .queries = 1 },
	{ .name = "a 429 that stays is perhaps the allowance of the month",
	  .script = "GET header:Retry-After:1 429:\n",
	  .retries = "--retries=1",
	  .kind = FAILURE_LATER,
	  .text = "no retries left (--retries); QuickBooks asked for a pause "
		  "of 1 s; perhaps the app's monthly allowance of calls is "
		  "used up",
	  .next = "as QuickBooks asks",
	  .queries = 2 },
};

static void
test_case(size_t i)
{
	struct qbo_call call;
	struct rawserver s;
	struct failure why;
	char script[4000];

	forget_login();
	snprintf(script, sizeof(script), "%sPOST ok:" TOKENS("2") "\n",
		 cases[i].script);
	serve(&s, script);
	struct qbo_client *q = open_qbo(cases[i].retries, NULL, &why);
	if (!q || !ask(q, &call, false, &why))
		abort();
	bool right = call.why.kind == cases[i].kind &&
		     (cases[i].kind || call.response.row_count == 2) &&
		     (!cases[i].text || strstr(call.why.text, cases[i].text)) &&
		     (!cases[i].next || strstr(call.why.next, cases[i].next)) &&
		     rawserver_asked(&s, "GET /v3/") == cases[i].queries;

	ok(right, "%s", cases[i].name);
	if (!right)
		printf("# %s / %s / %d\n", call.why.text, call.why.next,
		       rawserver_asked(&s, "GET /v3/"));
	fprintf(stderr, "%s\n%s\n", call.why.text, call.why.next);
	qbo_client_close(q);
	qbo_call_free(&call);
	rawserver_stop(&s);
}

/* What a page and a 403 mean once QuickBooks has answered. */
static void
test_after_answer(void)
{
	struct qbo_call calls[3];
	struct rawserver s;
	struct failure why;

	forget_login();
	serve(&s,
	      GOOD "GET 404:<html>\nGET 403:" FAULT(
		      "3100", "AUTHENTICATION") "\n"
						"POST ok:" TOKENS("2") "\n");
	struct qbo_client *q = open_qbo("--retries=0", NULL, &why);
	for (int i = 0; i < 3; i++)
		if (!q || !ask(q, &calls[i], false, &why))
			abort();
	ok(!calls[0].why.kind && calls[1].why.kind == FAILURE_LATER &&
		   strstr(calls[1].why.text, "HTTP 404, an HTML page") &&
		   strstr(calls[1].why.text, "other requests to this address "
					     "(127.0.0.1:") &&
		   calls[1].this_call_only,
	   "a page that stays after an answer is transient");
	ok(calls[2].why.kind == FAILURE_LOGIN &&
		   !strstr(calls[2].why.text, "sandbox") &&
		   strstr(calls[2].why.next, "qb-auth login"),
	   "and the environment is not in question");
	qbo_client_close(q);
	for (int i = 0; i < 3; i++)
		qbo_call_free(&calls[i]);
	rawserver_stop(&s);
}

#define NOT_HERE(code, detail) \
	"{\"Fault\":{\"Error\":[{\"Message\":\"Message\",\"Detail\":\"" detail \
	"\",\"code\":\"" code "\"}],\"type\":\"ValidationFault\"}}"

/* Is an entity that the company does not have told from what is refused? */
static void
test_absent(void)
{
	static const struct {
		const char *name, *script;
		bool absent, may_be_row, this_call_only;
	} absences[] = {
		{ "an entity that the plan does not have",
		  "GET 400:" NOT_HERE("5020", "access\\srights") "\n", true,
		  false, true },
		{ "the same as a 403, which is no question of the environment",
		  "GET 403:" NOT_HERE("5020", "access\\srights") "\n", true,
		  false, true },
		{ "in a 200",
		  "GET ok:" NOT_HERE("4001", "Metadata\\snot\\sfound\\sfor\\s"
					     "Entity:\\sInvoice") "\n",
		  true, false, true },
		{ "another entity",
		  "GET 400:" NOT_HERE("4001", "Metadata\\snot\\sfound\\sfor\\s"
					      "Entity:\\sFoo") "\n",
		  false, true, true },
		{ "a 403 for another reason",
		  "GET 403:" NOT_HERE("4001", "x") "\n", false, false, false },
	};

	for (size_t i = 0; i < LENGTH(absences); i++) {
		struct qbo_call call;
		struct rawserver s;
		struct failure why;
		char script[4000];

		forget_login();
		snprintf(script, sizeof(script), "%sPOST ok:" TOKENS("2") "\n",
			 absences[i].script);
		serve(&s, script);
		struct qbo_client *q = open_qbo("--retries=1", NULL, &why);
		if (!q || !ask(q, &call, false, &why))
			abort();
		bool says = strstr(call.why.text,
				   "plan or country does not have Invoice");
		ok(call.why.kind == FAILURE_REFUSED &&
			   call.absent == absences[i].absent &&
			   call.may_be_row == absences[i].may_be_row &&
			   call.this_call_only == absences[i].this_call_only &&
			   says == absences[i].absent &&
			   rawserver_asked(&s, "GET /v3/") == 1 &&
			   (!absences[i].absent ||
			    !strstr(call.why.text, "sandbox or")),
		   "%s", absences[i].name);
		qbo_client_close(q);
		qbo_call_clear(&call);
		ok(!call.absent, "and a cleared call is not absent");
		qbo_call_free(&call);
		rawserver_stop(&s);
	}
}

#define PAGE(rows) \
	"GET ok:{\"QueryResponse\":{\"Invoice\":[" rows \
	"]},\"time\":\"2026-05-" \
	"02T09:00:00-07:00\"}\n"
#define NOTHING \
	"GET ok:{\"QueryResponse\":{},\"time\":\"2026-05-02T09:00:00Z\"}\n"

/* What a later stage could not read is the company's data, not a passing
 * error; a response that was mixed up passes. */
static const struct {
	const char *name, *script, *text;
	enum failure_kind kind;
	bool may_be_row, count;
	int queries;
	int64_t counted;
} facts[] = {
	{ "a row that cannot be loaded is refused at once",
	  PAGE("{\"Id\":\"7\",\"MetaData\":{\"LastUpdatedTime\":\"2026-"
	       "05-"
	       "02T09:00:00\"}}") GOOD,
	  "HTTP 200: Id 7: its LastUpdatedTime", FAILURE_REFUSED, true, false,
	  1, -1 },
	{ "a row without Id is tried again", PAGE("{}") GOOD, NULL,
	  FAILURE_NONE, false, false, 2, -1 },
	{ "so is a clock that is none",
	  "GET ok:{\"QueryResponse\":{},\"time\":\"soon\"}\n" GOOD, NULL,
	  FAILURE_NONE, false, false, 2, -1 },
	{ "a Fault beside such a row says what it is",
	  "GET "
	  "ok:{\"QueryResponse\":{\"Invoice\":[{\"Id\":7}],\"Fault\":{"
	  "\"Error\":[{\"code\":\"10000\"}]}}}\n" GOOD,
	  NULL, FAILURE_NONE, false, false, 2, -1 },
	{ "a count that is {} is 0 if no row comes either", NOTHING NOTHING,
	  NULL, FAILURE_NONE, false, true, 2, 0 },
	{ "but not if one does",
	  NOTHING GOOD "GET ok:{\"QueryResponse\":{\"totalCount\":41}}\n", NULL,
	  FAILURE_NONE, false, true, 3, 41 },
	{ "and one that stays {} fails", NOTHING GOOD NOTHING GOOD,
	  "no totalCount, although there are rows", FAILURE_LATER, true, true,
	  4, -1 },
	{ "an error while the row is asked for passes",
	  NOTHING "GET 503:\n" NOTHING, NULL, FAILURE_NONE, false, true, 3, 0 },
	{ "something beside nothing is not nothing",
	  "GET ok:{\"QueryResponse\":{\"startPosition\":1}}\n"
	  "GET ok:{\"QueryResponse\":{\"totalCount\":2}}\n",
	  NULL, FAILURE_NONE, false, true, 2, 2 },
};

static void
test_facts(void)
{
	for (size_t i = 0; i < LENGTH(facts); i++) {
		struct qbo_call call;
		struct rawserver s;
		struct failure why;
		char script[4000];

		forget_login();
		snprintf(script, sizeof(script), "%sPOST ok:" TOKENS("2") "\n",
			 facts[i].script);
		serve(&s, script);
		struct qbo_client *q = open_qbo("--retries=3", NULL, &why);
		if (!q)
			abort();
		begin_call(q, &call, false);
		if (facts[i].count) {
			call.count = true;
			buf_clear(&call.statement);
			if (!buf_printf(&call.statement, &why,
					"select count(*) from Invoice"))
				abort();
		}
		while (!call.done)
			if (!qbo_client_run(q, -1, &why))
				abort();
		bool right =
			call.why.kind == facts[i].kind &&
			call.may_be_row == facts[i].may_be_row &&
			(!facts[i].text ||
			 strstr(call.why.text, facts[i].text)) &&
			(!facts[i].count ||
			 call.response.count == facts[i].counted) &&
			rawserver_asked(&s, "GET /v3/") == facts[i].queries;
		ok(right, "%s", facts[i].name);
		if (!right)
			printf("# %d %s / count %" PRId64 ", %d requests\n",
			       call.why.kind, call.why.text,
			       call.response.count,
			       rawserver_asked(&s, "GET /v3/"));
		qbo_client_close(q);
		qbo_call_free(&call);
		rawserver_stop(&s);
	}
}

int
main(void)
{
	listen_in();
	setenv("QBO_REFRESH_TOKEN", "CANARY-REFRESH-1", 1);
	for (size_t i = 0; i < LENGTH(cases); i++)
		test_case(i);
	test_after_answer();
	test_absent();
	test_facts();
	ok(was_said("wait_ms=") && !was_said("CANARY"),
	   "no token and no page in anything that was said");
	rawserver_clean(folder);
	return tap_done();
}
