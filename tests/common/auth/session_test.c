/* covers: session token_request tokens token_store */
#include <sys/stat.h>

#include "qboserver.h"
#include "tap.h"

#define GOOD "GET ok:" ROWS "\n"
#define STALE "GET 401:\n" GOOD
#define GRANT(n) "POST ok:" TOKENS(n) "\n"
#define GONE "POST 400:{\"error\":\"invalid_grant\"}\n"
/* that the token endpoint's body is not quoted */
#define LEAK "CANARY-BODY"

/* What is answered to a refresh, with a seed alone; each is then asked. */
static const struct {
	const char *name;
	const char *script; /* of the token endpoint */
	enum failure_kind kind;
	const char *text, *next;
	int refreshes;
} cases[] = {
	{ "new tokens", GRANT("2"), FAILURE_NONE, "", "", 1 },
	{ "tokens whose numbers are texts, and no new refresh token",
	  "POST ok:{\"access_token\":\"x\",\"expires_in\":\"3600\"}\n",
	  FAILURE_NONE, "", "", 1 },
	{ "invalid_grant, and no other token to try", GONE, FAILURE_LOGIN,
	  "Intuit no longer accepts the login for company 1234567890 "
	  "(sandbox)",
	  "qb-auth login", 1 },
	{ "invalid_client",
	  "POST 401:{\"error\":\"invalid_client\",\"x\":\"" LEAK "\"}\n",
	  FAILURE_REFUSED, "HTTP 401", "QBO_CLIENT_ID and QBO_CLIENT_SECRET",
	  1 },
	{ "another refusal",
	  "POST 400:{\"error\":\"unsupported_grant_type\",\"error_"
	  "description\":\"" LEAK "\"}\n",
	  FAILURE_REFUSED, "HTTP 400, unsupported_grant_type", "", 1 },
	{ "a refusal for a reason of its own",
	  "POST 400:{\"error\":\"" LEAK "\"}\n", FAILURE_REFUSED,
	  "HTTP 400, unknown error", "", 1 },
	{ "HTML", "POST ok:<html>" LEAK "</html>\n", FAILURE_LATER,
	  "HTTP 200, and no valid response", "", 2 },
	{ "an answer that is cut once",
	  "POST raw:HTTP/1.1\\s200\\sOK\\r\\nContent-Length:\\s400\\r\\n\\r\\n"
	  "{\"access_token\":\"" LEAK " close\n" GRANT("2"),
	  FAILURE_NONE, "", "", 2 },
	{ "an answer that is cut by its end",
	  "POST raw:HTTP/1.1\\s200\\sOK\\r\\n\\r\\n{\"access_token\":\"" LEAK
	  "\" close\n",
	  FAILURE_LATER, "HTTP 200, and no valid", "", 2 },
	{ "a reset", "POST reset\n" GRANT("2"), FAILURE_NONE, "", "", 2 },
	{ "a token that would break a header",
	  "POST ok:{\"access_token\":\"a\\\\r\\\\nX:1\",\"refresh_token\":"
	  "\"b\"}\n",
	  FAILURE_LATER, "no valid response", "", 2 },
	{ "an empty object", "POST ok:{}\n", FAILURE_LATER, "", "", 2 },
	{ "slow down for an hour", "POST header:Retry-After:3600 429:\n",
	  FAILURE_LATER, "HTTP 429", "", 1 },
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
		/* a lost answer is asked for again after six seconds, or that
		 */
		ask_once_for(&s, script, "--retry-for=1s", &why);
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

static bool
stored(const char *word)
{
	static char text[1 << 16];
	FILE *in = fopen(store, "r");
	size_t len = in ? fread(text, 1, sizeof(text) - 1, in) : 0;

	if (in)
		fclose(in);
	text[len] = '\0';
	return strstr(text, word);
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : st.st_mode & 0777;
}

static void
test_store(void)
{
	struct rawserver s;
	struct failure why;
	char path[600], other[700];

	snprintf(path, sizeof(path), "%s", store);
	*strrchr(path, '/') = '\0';
	ok(mode_of(store) == 0600 && mode_of(path) == 0700,
	   "only its owner can read the store");
	ok(stored("CANARY-REFRESH-2") && stored("CANARY-ACCESS-2") &&
		   stored("\"previous_refresh_token\":\"CANARY-REFRESH-1\"") &&
		   stored("login_ends") && stored("refresh_token_ends") &&
		   stored("previous_replaced"),
	   "tokens, the one before, and all ends are stored");
	ok(ask_once(&s, GOOD GONE, &why) && rawserver_asked(&s, "POST /") == 0,
	   "a second run uses the store, and refreshes nothing");

	chmod(store, 0640);
	ok(!ask_once(&s, GOOD, &why) && why.kind == FAILURE_IO &&
		   strstr(why.next, "chmod 600 /"),
	   "a store that others can read is refused");
	chmod(store, 0600);
	chmod(path, 0750);
	ok(!ask_once(&s, GOOD, &why) && why.kind == FAILURE_IO &&
		   strstr(why.next, "chmod 700 /"),
	   "a folder that others can look into is refused");
	chmod(path, 0700);
	snprintf(other, sizeof(other), "%s.away", store);
	if (rename(store, other) || symlink(other, store))
		abort();
	ok(!ask_once(&s, GOOD, &why) && why.kind == FAILURE_IO &&
		   strstr(why.text, "is a symbolic link"),
	   "a store that is a link is refused");
	if (rename(other, store))
		abort();
}

static void
test_rotation(void)
{
	struct rawserver s;
	struct failure why;

	ok(ask_once(&s, STALE GRANT("3"), &why) &&
		   rawserver_asked(&s, "refresh_token=CANARY-REFRESH-2") == 1 &&
		   stored("\"refresh_token\":\"CANARY-REFRESH-3\"") &&
		   stored("previous_refresh_token\":\"CANARY-REFRESH-2\""),
	   "the newest refresh token is used, and replaced");
	ok(rawserver_asked(&s, "Authorization: Basic Y2xpZW50OkNBTkFSWS1TRUNS"
			       "RVQ=") == 1 &&
		   rawserver_asked(&s, "x-include-refresh-token-hard-expires-"
				       "in: true") == 1,
	   "the application's keys go with it, and the five years are asked");
	ok(ask_once(&s, STALE "POST reset\n" GONE GRANT("4"), &why) &&
		   rawserver_asked(&s, "refresh_token=CANARY-REFRESH-3") == 2 &&
		   rawserver_asked(&s, "refresh_token=CANARY-REFRESH-2") == 1 &&
		   stored("\"refresh_token\":\"CANARY-REFRESH-4\""),
	   "a lost answer is asked again, then the one before is tried");
	ok(!ask_once(&s, STALE GONE, &why) && why.kind == FAILURE_LOGIN &&
		   rawserver_asked(&s, "POST /") == 2 &&
		   stored("\"refresh_token\":\"CANARY-REFRESH-4\""),
	   "when both are refused a person must log in");
	setenv("QBO_REFRESH_TOKEN", "CANARY-REFRESH-9", 1);
	ok(ask_once(&s, GOOD GRANT("10"), &why) &&
		   rawserver_asked(&s, "refresh_token=CANARY-REFRESH-9") == 1 &&
		   stored("REFRESH-10"),
	   "a token that a person gives later wins over the store");
	ok(ask_once(&s, GOOD GONE, &why) && !rawserver_asked(&s, "POST /"),
	   "and only once");
	setenv("QBO_REFRESH_TOKEN", "CANARY-REFRESH-0", 1);
	ok(ask_once(&s, GOOD GONE GRANT("11"), &why) &&
		   rawserver_asked(&s, "refresh_token=CANARY-REFRESH-0") == 1 &&
		   rawserver_asked(&s, "refresh_token=CANARY-REFRESH-10") ==
			   1 &&
		   stored("REFRESH-11"),
	   "where it is refused the store's own is still good");
	setenv("QBO_REFRESH_TOKEN", "CANARY-REFRESH-1", 1);
}

static void
test_damage(void)
{
	struct rawserver s;
	struct failure why;
	FILE *out = fopen(store, "w");

	fprintf(out, "{\"refresh_token\":\"CANARY");
	fclose(out);
	ok(!ask_once(&s, GOOD, &why) && why.kind == FAILURE_DATA &&
		   strstr(why.next, "move /"),
	   "a damaged store is named, and not overwritten");
	out = fopen(store, "w");
	fprintf(out, "{\"realm\":\"99\",\"refresh_token\":\"CANARY\"}");
	fclose(out);
	ok(!ask_once(&s, GOOD, &why) && why.kind == FAILURE_USAGE &&
		   strstr(why.text, "not of 1234567890 (sandbox)"),
	   "another company's login is not used");
}

static void
test_given_file(void)
{
	struct rawserver s;
	struct failure why;
	char path[600];

	snprintf(path, sizeof(path), "%s/mine.json", folder);
	snprintf(store, sizeof(store), "%s", path);
	setenv("QBO_TOKEN_FILE", path, 1);
	chmod(folder, 0755);
	ok(ask_once(&s, GOOD GRANT("2"), &why) && mode_of(path) == 0600,
	   "QBO_TOKEN_FILE may stand in a folder that others can read");
	chmod(folder, 0777);
	ok(!ask_once(&s, GOOD, &why) && why.kind == FAILURE_IO &&
		   strstr(why.next, "chmod go-w "),
	   "but not in one where others can write");
	chmod(folder, 0700);
	unlink(path);
}

static void
test_refused_connection(void)
{
	struct qbo_call call;
	struct rawserver s;
	struct failure why;

	serve(&s, GOOD);
	setenv("QBO_TOKEN_URL", "http://127.0.0.1:1/", 1);
	struct qbo_client *q = open_qbo(NULL, NULL, &why);
	ok(q && !ask(q, &call, false, &why) && why.kind == FAILURE_LATER &&
		   strstr(why.text, "after 3 tries: the token endpoint"),
	   "where nothing was sent a refresh is asked three times");
	printf("# %s\n", why.text);
	qbo_client_close(q);
	qbo_call_free(&call);
	rawserver_stop(&s);
}

/* Eight processes with no access token between them. */
static void
test_many_processes(void)
{
	enum { PROCESSES = 8 };
	pid_t pids[PROCESSES];
	struct rawserver s;
	struct qbo_call call;
	struct failure why;
	int good = 0, status;

	serve(&s, GOOD "POST pause:300 ok:" TOKENS("2") "\n" GONE);
	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		if (pids[i])
			continue;
		alarm(60);
		struct qbo_client *q = open_qbo(NULL, NULL, &why);
		_exit(!(q && ask(q, &call, false, &why) && !call.why.kind));
	}
	for (int i = 0; i < PROCESSES; i++)
		good += waitpid(pids[i], &status, 0) == pids[i] && !status;
	ok(good == PROCESSES && rawserver_asked(&s, "POST /") == 1,
	   "eight processes at once make one refresh");
	printf("# %d good, %d refreshes\n", good,
	       rawserver_asked(&s, "POST /"));
	rawserver_stop(&s);
}

int
main(void)
{
	struct rawserver s;
	struct failure why;

	listen_in();
	forget_login();
	ok(!ask_once(&s, GOOD GRANT("2"), &why) && why.kind == FAILURE_LOGIN &&
		   strstr(why.next, "qb-auth login"),
	   "without a store and a token a person must log in");
	setenv("QBO_REFRESH_TOKEN", "CANARY-REFRESH-1", 1);
	test_answers();
	forget_login();
	if (!ask_once(&s, GOOD GRANT("2"), &why))
		printf("# %s\n", why.text);
	test_store();
	test_rotation();
	test_damage();
	forget_login();
	test_refused_connection();
	forget_login();
	test_many_processes();
	test_given_file();
	ok(was_said("login refreshed") && was_said("no longer accepts") &&
		   !was_said("CANARY"),
	   "no token and no body in anything that was said");
	rawserver_clean(folder);
	return tap_done();
}
