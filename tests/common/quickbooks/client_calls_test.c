/* covers: client monthly_calls - which responses are counted as calls. */
#include "auth/monthly_count.h"
#include "base/clock.h"
#include "qboserver.h"
#include "tap.h"

#define LOGIN "POST ok:" TOKENS("2") "\nPOST ok:" TOKENS("3") "\n"

static bool
has_exactly(const struct qbo_client *q, int64_t calls)
{
	struct failure why = { 0 };

	return qbo_client_has_calls(q, calls, &why) &&
	       !qbo_client_has_calls(q, calls + 1, &why) &&
	       why.kind == FAILURE_LATER;
}

/* What is counted for the app in this month. */
static int64_t
counted(void)
{
	struct monthly_count c;
	struct failure why;
	int64_t calls;

	monthly_count_init(&c, "sandbox", "client",
			   monthly_count_month(clock_now_us()));
	return monthly_count_look(&c, &calls, &why) ? calls : -1;
}

static const struct {
	const char *name, *script;
	int64_t calls;
	bool fails;
} cases[] = {
	{ "rows are a call", GOOD, 1, false },
	{ "a 503 is none", "GET 503:\n" GOOD, 1, false },
	{ "a 429 is none", "GET header:Retry-After:1 429:\n" GOOD, 1, false },
	{ "a connection that is reset is none", "GET reset\n" GOOD, 1, false },
	{ "a stale token is none",
	  "GET 401:" FAULT("3200", "AUTHENTICATION") "\n" GOOD, 1, false },
	{ "what is refused is none",
	  "GET 400:" FAULT("4000", "ValidationFault") "\n", 0, true },
	{ "HTML in a 200 is a call", "GET ok:<html>\n" GOOD, 2, false },
	{ "a fault in a 200 is a call",
	  "GET ok:{\"Fault\":{\"Error\":[{\"code\":\"6190\"}]}}\n", 1, true },
	{ "JSON that is cut is a call", "GET ok:{\"QueryResponse\":{\n" GOOD, 2,
	  false },
	{ "a body that is cut is a call",
	  "GET " HEAD "Content-Length:\\s300\\r\\n\\r\\n" ROWS " close\n" GOOD,
	  2, false },
	{ "broken gzip is a call", "GET gzraw:tail:" ROWS "\n" GOOD, 2, false },
};

static void
test_case(size_t i)
{
	struct qbo_call call;
	struct rawserver s;
	struct failure why;
	char script[4000];

	forget_login();
	snprintf(script, sizeof(script), "%s" LOGIN, cases[i].script);
	serve(&s, script);
	struct qbo_client *q = open_qbo(NULL, NULL, &why);
	bool asked = q && ask(q, &call, false, &why);
	ok(asked && cases[i].fails == (call.why.kind != 0) &&
		   call.calls == cases[i].calls &&
		   qbo_client_calls(q) == cases[i].calls &&
		   counted() == cases[i].calls,
	   "%s", cases[i].name);
	qbo_client_close(q);
	if (asked) {
		qbo_call_clear(&call);
		ok(!call.calls && counted() == cases[i].calls,
		   "%s: cleared for the next call", cases[i].name);
		qbo_call_free(&call);
	}
	rawserver_stop(&s);
}

static void
run_a_little(struct qbo_client *q)
{
	struct failure why;
	int wake[2];

	if (pipe(wake) || write(wake[1], "", 1) != 1 ||
	    !qbo_client_run(q, wake[0], &why))
		abort();
	close(wake[0]);
	close(wake[1]);
}

static void
test_cancelled(void)
{
	struct qbo_call sent;
	struct rawserver s;
	struct failure why;

	struct qbo_client *q = serve_client(
		&s, "GET pause:5000 ok:" ROWS "\n" LOGIN, NULL, NULL, &why);
	begin_call(q, &sent, false);
	for (int i = 0; i < 500 && !rawserver_asked(&s, "GET /v3/"); i++) {
		run_a_little(q);
		usleep(10000);
	}
	ok(counted() == 1, "a call is counted before it is answered");
	qbo_client_cancel(q, &sent);
	ok(counted() == 1, "one that is given up stays: it may succeed");
	qbo_client_close(q);
	ok(counted() == 1, "at the end, too");
	qbo_call_free(&sent);
	rawserver_stop(&s);
}

static void
test_not_sent(void)
{
	struct qbo_call first, waits;
	struct rawserver s;
	struct failure why;

	struct qbo_client *q = serve_client(
		&s, "GET header:Retry-After:3598 429:\n" GOOD LOGIN, NULL,
		"--retry-for=2h", &why);
	begin_call(q, &first, false);
	for (int i = 0; i < 500 && !was_said("wait_ms=3598000"); i++) {
		run_a_little(q);
		usleep(10000);
	}
	begin_call(q, &waits, false);
	run_a_little(q);
	ok(counted() == 1, "a call that waits for the rate limit is counted");
	qbo_client_cancel(q, &waits);
	ok(counted() == 0, "one that was not sent is given back");
	qbo_call_free(&waits);
	begin_call(q, &waits, false);
	run_a_little(q);
	ok(counted() == 1, "counted once more");
	qbo_client_close(q);
	ok(counted() == 0, "and given back at the end");
	qbo_call_free(&first);
	qbo_call_free(&waits);
	rawserver_stop(&s);
}

/* Those under way when the calls are used up are not lost. */
static void
test_used_up(void)
{
	enum { CALLS = 5 };
	struct qbo_call calls[CALLS];
	struct rawserver s;
	struct failure why;
	int done = 0, failed = 0;

	setenv("QBO_MONTHLY_CALLS", "3", 1);
	/* the second one fails, and is sent again with what that gave back */
	struct qbo_client *q = serve_client(&s,
					    "GET pause:1000 ok:" ROWS
					    "\nGET 503:\nGET pause:500 ok:" ROWS
					    "\n" GOOD LOGIN,
					    NULL, NULL, &why);
	ok(has_exactly(q, 3), "three are left");
	for (int i = 0; i < CALLS; i++)
		begin_call(q, &calls[i], false);
	while (qbo_client_run(q, -1, &why))
		;
	for (int i = 0; i < CALLS; i++) {
		done += calls[i].done && !calls[i].why.kind;
		failed += calls[i].done && calls[i].why.kind;
	}
	ok(done == 3 && !failed && counted() == 3 && qbo_client_calls(q) == 3,
	   "three of five calls are answered (%d)", done);
	ok(why.kind == FAILURE_LATER &&
		   strstr(why.text, "are used up (3 of 3)") &&
		   strstr(why.next, "-01 (UTC), or raise QBO_MONTHLY_CALLS"),
	   "then all ends");
	ok(has_exactly(q, 0) && rawserver_asked(&s, "GET /v3/") == 4,
	   "and nothing more is sent");
	qbo_client_close(q);
	for (int i = 0; i < CALLS; i++)
		qbo_call_free(&calls[i]);
	ok(counted() == 3, "nor given back");
	rawserver_stop(&s);
}

int
main(void)
{
	listen_in();
	setenv("QBO_REFRESH_TOKEN", "CANARY-REFRESH-1", 1);
	for (size_t i = 0; i < LENGTH(cases); i++)
		test_case(i);
	test_cancelled();
	test_not_sent();
	test_used_up();
	rawserver_clean(folder);
	return tap_done();
}
