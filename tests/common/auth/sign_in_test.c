/* covers: sign_in token_request */
#include "auth/sign_in.h"
#include "qboserver.h"
#include "tap.h"

#define CODE_GOOD "POST ok:" TOKENS("2") "\n"
#define GONE "POST 400:{\"error\":\"invalid_grant\"}\n"

static struct settings with = { .env = "sandbox",
				.realm = "1234567890",
				.client_id = "client",
				.client_secret = "CANARY-SECRET" };
static struct http_client *http;
static char url[64];
static struct failure why;

static void
answer(struct rawserver *s, const char *script)
{
	rawserver_start(s, folder, script);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/", s->port);
	with.token_url = with.api_url = url;
	why = (struct failure){ 0 };
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

static bool
exchange(const char *verifier)
{
	const struct authorization_code code = { .code = SLICE("CANARY-CODE"),
						 .redirect =
							 "http://localhost/a b",
						 .verifier = verifier };

	return sign_in_with_code(&with, http, &code, &why);
}

static void
test_code(void)
{
	struct rawserver s;

	answer(&s, CODE_GOOD);
	ok(exchange("CANARY-VERIFIER") && stored("CANARY-REFRESH-2") &&
		   !stored("previous_refresh_token"),
	   "a code becomes a login");
	ok(rawserver_asked(&s, "grant_type=authorization_code&code=CANARY-CODE&"
			       "redirect_uri=http%3A%2F%2Flocalhost%2Fa%20b&"
			       "code_verifier=CANARY-VERIFIER") == 1,
	   "with the redirect and the verifier that it was asked for with");
	ok(rawserver_asked(&s, "Authorization: Basic ") == 1 &&
		   rawserver_asked(&s, "x-include-refresh-token-hard-expires-"
				       "in: true") == 1,
	   "with the application's keys, and the five years are asked for");
	rawserver_stop(&s);

	answer(&s, "POST ok:" TOKENS("3") "\n");
	ok(exchange(NULL) && rawserver_asked(&s, "code_verifier") == 0 &&
		   stored("CANARY-REFRESH-3") && !stored("CANARY-REFRESH-2"),
	   "a second login takes the place of the first");
	rawserver_stop(&s);
}

static const struct {
	const char *name, *script;
	enum failure_kind kind;
	const char *text;
} codes[] = {
	{ "that is refused", GONE, FAILURE_LOGIN, "does not accept the code" },
	{ "for wrong keys", "POST 401:{\"error\":\"invalid_client\"}\n",
	  FAILURE_REFUSED, "rejects QBO_CLIENT_ID" },
	{ "for wrong keys, as a 400",
	  "POST 400:{\"error\":\"invalid_client\"}\n", FAILURE_REFUSED,
	  "rejects QBO_CLIENT_ID" },
	{ "of an app that may not",
	  "POST 400:{\"error\":\"unauthorized_client\"}\n", FAILURE_REFUSED,
	  "HTTP 400, unauthorized_client" },
	{ "without the scope", "POST 400:{\"error\":\"invalid_scope\"}\n",
	  FAILURE_REFUSED, "HTTP 400, invalid_scope" },
	{ "at another endpoint",
	  "POST 400:{\"error\":\"unsupported_grant_type\"}\n", FAILURE_REFUSED,
	  "HTTP 400, unsupported_grant_type" },
	{ "in a request that is none",
	  "POST 400:{\"error\":\"invalid_request\"}\n", FAILURE_REFUSED,
	  "HTTP 400, invalid_request" },
	{ "and an error of its own", "POST 403:{\"error\":\"CANARY\"}\n",
	  FAILURE_REFUSED, "HTTP 403, unknown error" },
	{ "and an answer that is cut", "POST reset\n" CODE_GOOD, FAILURE_LATER,
	  "the token endpoint" },
	{ "and a 500", "POST 500:CANARY\n" CODE_GOOD, FAILURE_LATER,
	  "HTTP 500" },
	{ "and an answer without refresh token",
	  "POST ok:{\"access_token\":\"x\"}\n" CODE_GOOD, FAILURE_LATER,
	  "no valid response" },
};

static void
test_bad_codes(void)
{
	struct rawserver s;

	for (size_t i = 0; i < LENGTH(codes); i++) {
		answer(&s, codes[i].script);
		bool got = exchange(NULL);
		ok(!got && why.kind == codes[i].kind &&
			   strstr(why.text, codes[i].text) && why.next[0] &&
			   !!strstr(why.next, "scope") ==
				   (strstr(why.text, "unauthorized_client") ||
				    strstr(why.text, "invalid_scope")) &&
			   rawserver_asked(&s, "POST /") == 1 &&
			   stored("CANARY-REFRESH-3"),
		   "a code %s: asked once, and the login before stays",
		   codes[i].name);
		rawserver_stop(&s);
	}
}

static void
test_token(void)
{
	struct rawserver s;

	answer(&s, "POST reset\nPOST ok:" TOKENS("4") "\n");
	ok(sign_in_with_token(&with, http, SLICE("CANARY-MINE"), &why) &&
		   rawserver_asked(&s, "refresh_token=CANARY-MINE") == 2 &&
		   stored("\"previous_refresh_token\":\"CANARY-MINE\""),
	   "a token that is brought: a lost answer is asked again");
	rawserver_stop(&s);
	answer(&s, GONE);
	ok(!sign_in_with_token(&with, http, SLICE("CANARY-OTHER"), &why) &&
		   why.kind == FAILURE_LOGIN &&
		   rawserver_asked(&s, "POST /") == 1 &&
		   stored("CANARY-REFRESH-4"),
	   "one that is refused: no other is tried, and the login stays");
	rawserver_stop(&s);
	answer(&s, GONE);
	ok(!sign_in_with_token(&with, http, SLICE("two\nlines"), &why) &&
		   why.kind == FAILURE_DATA &&
		   rawserver_asked(&s, "POST /") == 0,
	   "what is no token is not sent");
	rawserver_stop(&s);
	answer(&s, GONE);
	ok(!sign_in_with_token(&with, http, SLICE("eyJDQU5BUlk..CANARY.x.y"),
			       &why) &&
		   why.kind == FAILURE_DATA &&
		   strstr(why.text, "but an access token (23 characters)") &&
		   rawserver_asked(&s, "POST /") == 0,
	   "nor is an access token");
	rawserver_stop(&s);
}

/* A refresh that gets no answer in its time. */
static void
test_silence(void)
{
	struct rawserver s;
	struct session session;

	answer(&s, "POST hold\n");
	bool open = session_open(&session, &with, http, &why);
	session.timeout_ms = session.policy.retry_for_ms = 1000;
	ok(open && !session_renew_token(&session, &why) &&
		   why.kind == FAILURE_LATER &&
		   strstr(why.text, "after 2 tries") &&
		   rawserver_asked(&s, "refresh_token=CANARY-REFRESH-4") == 2 &&
		   stored("CANARY-REFRESH-4"),
	   "a token endpoint that says nothing: asked twice, nothing is lost");
	printf("# %s\n", why.text);
	session_close(&session);
	rawserver_stop(&s);
	answer(&s,
	       "POST pause:3000 ok:" TOKENS("5") "\n"
						 "POST ok:" TOKENS("6") "\n");
	open = session_open(&session, &with, http, &why);
	session.timeout_ms = session.policy.retry_for_ms = 1000;
	ok(open && session_renew_token(&session, &why) && !why.kind &&
		   stored("CANARY-REFRESH-6"),
	   "one that says nothing once: the second answer counts");
	session_close(&session);
	rawserver_stop(&s);
}

static void
test_end(void)
{
	struct rawserver s;
	bool there;

	answer(&s, "POST 500:x\n");
	ok(!sign_out(&with, http, url, &there, &why) &&
		   why.kind == FAILURE_LATER && stored("CANARY-REFRESH-6"),
	   "a login that could not be revoked is not forgotten");
	rawserver_stop(&s);
	answer(&s, "POST ok:\n");
	ok(sign_out(&with, http, url, &there, &why) && there &&
		   access(store, F_OK) &&
		   rawserver_asked(&s, "{\"token\":\"CANARY-REFRESH-6\"}") == 1,
	   "one that was is");
	rawserver_stop(&s);
	answer(&s, "POST ok:\n");
	ok(sign_out(&with, http, url, &there, &why) && !there &&
		   rawserver_asked(&s, "POST /") == 0,
	   "where there is none nobody is asked");
	rawserver_stop(&s);
}

int
main(void)
{
	listen_in();
	forget_login();
	http = http_client_open(&why);
	if (!http)
		abort();
	test_code();
	test_bad_codes();
	test_token();
	test_silence();
	test_end();
	ok(!was_said("CANARY"), "no secret in anything that was said");
	http_client_close(http);
	rawserver_clean(folder);
	return tap_done();
}
