/* covers: token_tries session jitter */
#include "base/clock.h"
#include "qboserver.h"
#include "tap.h"

#define GOOD "GET ok:" ROWS "\n"
#define GRANT(n) "POST ok:" TOKENS(n) "\n"
#define GONE "POST 400:{\"error\":\"invalid_grant\"}\n"
/* that the token endpoint's body is not quoted */
#define LEAK "CANARY-BODY"

/* What is answered to a refresh, with --retries=2. */
static const struct {
	const char *name;
	const char *script; /* of the token endpoint */
	enum failure_kind kind;
	const char *text, *next;
	int refreshes;
} cases[] = {
	{ "500 for ever", "POST 500:" LEAK "\n", FAILURE_LATER,
	  "after 3 tries: the token endpoint: HTTP 500", "", 3 },
	{ "502, 503 and then tokens",
	  "POST 502:<html>" LEAK "\nPOST 503:\n" GRANT("2"), FAILURE_NONE, "",
	  "", 3 },
	{ "504 and then tokens", "POST 504:<html>" LEAK "\n" GRANT("2"),
	  FAILURE_NONE, "", "", 2 },
	{ "pages of a server in front, and then tokens",
	  "POST 403:<html>" LEAK "\nPOST header:Location:/x 302:\n" GRANT("2"),
	  FAILURE_NONE, "", "", 3 },
	{ "404 for ever", "POST 404:<html>" LEAK "\n", FAILURE_REFUSED,
	  "after 3 tries: the token endpoint: HTTP 404, an HTML page",
	  "check QBO_TOKEN_URL (the request went to 127.0.0.1:", 3 },
	{ "a redirect for ever",
	  "POST header:Location:https://a.example/?" LEAK " 302:\n",
	  FAILURE_REFUSED, "HTTP 302 to a.example, an empty body",
	  "check QBO_TOKEN_URL", 3 },
	{ "400 without JSON", "POST 400:Bad\\sRequest\n" GRANT("2"),
	  FAILURE_NONE, "", "", 2 },
	{ "a refusal with status 403",
	  "POST 403:{\"error\":\"unauthorized_client\"}\n", FAILURE_REFUSED,
	  "HTTP 403, unauthorized_client", "", 1 },
	{ "slow down once", "POST header:Retry-After:1 429:\n" GRANT("2"),
	  FAILURE_NONE, "", "", 2 },
	{ "a pause that is longer than --retry-for",
	  "POST header:Retry-After:3600 503:\n", FAILURE_LATER, "HTTP 503",
	  "as the token endpoint asks", 1 },
	{ "500 once", "POST 500:" LEAK "\n" GRANT("2"), FAILURE_NONE, "", "",
	  2 },
	{ "an answer that is lost twice", "POST reset\nPOST reset\n" GRANT("2"),
	  FAILURE_LATER, "after 2 tries: the token endpoint", "", 2 },
	{ "lost, refused by a page, and lost again",
	  "POST reset\nPOST 502:\nPOST reset\n" GRANT("2"), FAILURE_LATER,
	  "after 3 tries", "", 3 },
};

static void
test_answers(void)
{
	struct rawserver s;
	struct failure why;
	char script[2000];

	for (size_t i = 0; i < LENGTH(cases); i++) {
		snprintf(script, sizeof(script), GOOD "%s", cases[i].script);
		forget_login();
		ask_once(&s, script, &why);
		bool right =
			why.kind == cases[i].kind &&
			strstr(why.text, cases[i].text) &&
			strstr(why.next, cases[i].next) &&
			rawserver_asked(&s, "POST /") == cases[i].refreshes &&
			(access(store, F_OK) == 0) == !cases[i].kind;

		ok(right, "token endpoint: %s", cases[i].name);
		if (!right)
			printf("# %s / %s / %d\n", why.text, why.next,
			       rawserver_asked(&s, "POST /"));
	}
}

/* A refresh token that got invalid_grant is not sent again when the one before
 * it meets trouble. */
static void
test_previous(void)
{
	struct rawserver s;
	struct failure why;

	forget_login();
	ask_once(&s, GOOD GRANT("2"), &why);
	unsetenv("QBO_REFRESH_TOKEN");
	ok(ask_once(&s,
		    "GET 401:\n" GOOD GONE "POST 503:\nPOST reset\n" GRANT("3"),
		    &why) &&
		   rawserver_asked(&s, "refresh_token=CANARY-REFRESH-2") == 1 &&
		   rawserver_asked(&s, "refresh_token=CANARY-REFRESH-1") == 3,
	   "a refresh token that got invalid_grant is not sent again");
	setenv("QBO_REFRESH_TOKEN", "CANARY-REFRESH-1", 1);
}

/* The token endpoint breaks down after QuickBooks has answered. */
static void
test_trouble_in_a_run(void)
{
	struct qbo_call calls[2];
	struct rawserver s;
	struct failure why;

	serve(&s, GOOD "GET 401:\n" GRANT("2") "POST 404:<html>\n");
	struct qbo_client *q = open_qbo("--retries=0", NULL, &why);
	bool asked = q && ask(q, &calls[0], false, &why) &&
		     !ask(q, &calls[1], false, &why);
	ok(asked && why.kind == FAILURE_LATER &&
		   strstr(why.text, "the token endpoint: HTTP 404, an HTML") &&
		   rawserver_asked(&s, "POST /") == 2,
	   "a page instead of a refresh is transient in a run that worked");
	printf("# %s\n", why.text);
	qbo_client_close(q);
	qbo_call_free(&calls[0]);
	qbo_call_free(&calls[1]);
	rawserver_stop(&s);
}

/* While one process waits for its next try, another one can refresh, and what
 * that one stored is used. */
static void
test_lock_is_free(void)
{
	struct rawserver s;
	struct failure why;
	int status;

	serve(&s, GOOD "POST header:Retry-After:5 503:\n" GRANT("2") GONE);
	pid_t first = fork();
	if (!first) {
		struct qbo_call call;
		struct qbo_client *q =
			open_qbo("--retries=9", "--retry-for=1m", &why);

		alarm(60);
		_exit(!(q && ask(q, &call, false, &why) && !call.why.kind));
	}
	while (!rawserver_asked(&s, "POST /"))
		usleep(1000);
	usleep(100000);
	struct qbo_call call;
	struct qbo_client *q = open_qbo(NULL, NULL, &why);
	int64_t began_ms = clock_monotonic_ms();
	ok(q && ask(q, &call, false, &why) && !call.why.kind &&
		   clock_monotonic_ms() - began_ms < 4000,
	   "while one process waits for its next try another one can refresh");
	ok(waitpid(first, &status, 0) == first && !status &&
		   rawserver_asked(&s, "POST /") == 2,
	   "and the first one uses that");
	qbo_client_close(q);
	qbo_call_free(&call);
	rawserver_stop(&s);
}

int
main(void)
{
	listen_in();
	alarm(300);
	setenv("QBO_REFRESH_TOKEN", "CANARY-REFRESH-1", 1);
	test_answers();
	test_previous();
	forget_login();
	test_trouble_in_a_run();
	forget_login();
	test_lock_is_free();
	ok(was_said("token request will be retried") && !was_said("CANARY"),
	   "no token and no body in anything that was said");
	rawserver_clean(folder);
	return tap_done();
}
