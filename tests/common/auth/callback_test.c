/* covers: callback consent_error consent_url expiry */
#include "auth/callback.h"
#include "auth/consent_url.h"
#include "auth/expiry.h"
#include "base/clock.h"
#include "tap.h"

#define STATE "stateStateState"

static const struct {
	const char *name, *address;
	enum failure_kind kind;
	const char *says; /* the code, or what is said */
} cases[] = {
	{ "a whole address",
	  "https://x.example/cb?code=AB1&state=" STATE "&realmId=42",
	  FAILURE_NONE, "AB1" },
	{ "the query alone", "code=AB1&state=" STATE "&realmId=42",
	  FAILURE_NONE, "AB1" },
	{ "another order, and more",
	  "?x&realmId=42&y=&state=" STATE "&code=AB1&z=%00", FAILURE_NONE,
	  "AB1" },
	{ "a fragment", "?code=AB1&state=" STATE "&realmId=42#_=_",
	  FAILURE_NONE, "AB1" },
	{ "escapes", "?code=A%42%31&state=stateState%53tate&realmId=42",
	  FAILURE_NONE, "AB1" },
	{ "another state", "?code=CANARY&state=CANARY&realmId=42",
	  FAILURE_LOGIN, "its state belongs to another" },
	{ "a state that begins like it", "?code=CANARY&state=state&realmId=42",
	  FAILURE_LOGIN, "its state belongs to another" },
	{ "an empty state", "?code=CANARY&state=&realmId=42", FAILURE_LOGIN,
	  "its state belongs to another" },
	{ "no state", "?code=CANARY&realmId=42", FAILURE_DATA, "no state" },
	{ "two states", "?code=CANARY&state=" STATE "&state=CANARY&realmId=42",
	  FAILURE_DATA, "state occurs twice" },
	{ "two codes", "?code=CANARY&code=B&state=" STATE "&realmId=42",
	  FAILURE_DATA, "code occurs twice" },
	{ "two companies", "?code=A&realmId=4&state=" STATE "&realmId=42",
	  FAILURE_DATA, "realmId occurs twice" },
	{ "a refusal", "?error=access_denied&state=" STATE, FAILURE_LOGIN,
	  "refused: access_denied: the person at the browser" },
	{ "a scope that the app lacks", "?error=invalid_scope&state=" STATE,
	  FAILURE_REFUSED,
	  "refused: invalid_scope: the app lacks the scope com.intuit" },
	{ "an app that may not", "?state=" STATE "&error=unauthorized_client",
	  FAILURE_REFUSED, "refused: unauthorized_client: the app may not" },
	{ "a client that is not known", "?error=invalid_client&state=" STATE,
	  FAILURE_REFUSED, "does not know QBO_CLIENT_ID" },
	{ "a server that cannot", "?error=server_error&state=" STATE,
	  FAILURE_LATER, "refused: server_error: Intuit's page has a tran" },
	{ "one that cannot now", "?error=temporarily_unavailable&state=" STATE,
	  FAILURE_LATER, "a transient error" },
	{ "a request that is none", "?error=invalid_request&state=" STATE,
	  FAILURE_REFUSED, "refused: invalid_request: Intuit does not" },
	{ "a refusal in words of its own",
	  "?error=new_trouble&error_description=Ask%20your%0Aadmin%1b&"
	  "state=" STATE,
	  FAILURE_REFUSED,
	  "refused: new_trouble: qb does not know this error (Intuit says: "
	  "\"Ask your\\nadmin\\x1b\")" },
	{ "words before the error, and a plus",
	  "?error_description=no+way&state=" STATE "&error=access_denied",
	  FAILURE_LOGIN, "(Intuit says: \"no way\")" },
	{ "an error without a name", "?error=&state=" STATE, FAILURE_REFUSED,
	  "refused: an error without a name" },
	{ "an error that is a token",
	  "?error=AB11CANARYCANARYCANARY&state=" STATE, FAILURE_REFUSED,
	  "refused: [left out]: qb" },
	{ "words with a token",
	  "?error=x&error_description=of%20RT1-CANARY-1:%20"
	  "eyJCANARY.x.y&state=" STATE,
	  FAILURE_REFUSED, "\"of [left out]: [left out]\"" },
	{ "words with the code",
	  "?error=access_denied&error_description=no%20CANARY&code=CANARY&"
	  "state=" STATE,
	  FAILURE_LOGIN, "did not give the permission" },
	{ "words with a bad escape",
	  "?error=access_denied&error_description=CANARY%&state=" STATE,
	  FAILURE_LOGIN, "did not give the permission" },
	{ "an error beside a code and a company",
	  "?code=CANARY&realmId=42&error=invalid_scope&state=" STATE,
	  FAILURE_REFUSED, "invalid_scope" },
	{ "an error without a state", "?error=invalid_scope", FAILURE_REFUSED,
	  "invalid_scope" },
	{ "two errors", "?error=CANARY&error=B&state=" STATE, FAILURE_DATA,
	  "error occurs twice" },
	{ "a refusal without our state", "?error=access_denied&state=x",
	  FAILURE_LOGIN, "its state belongs to another" },
	{ "a code with a newline", "?code=CANARY%0A&state=" STATE "&realmId=42",
	  FAILURE_DATA, "no code" },
	{ "an empty code", "?code=&state=" STATE "&realmId=42", FAILURE_DATA,
	  "no code" },
	{ "an escape that is cut", "?code=CANARY%4&state=" STATE "&realmId=42",
	  FAILURE_DATA, "invalid percent-encoding" },
	{ "a company with a path", "?code=A&state=" STATE "&realmId=4%2F2",
	  FAILURE_DATA, "realmId is not the number of a company" },
	{ "a company in words", "?code=A&realmId=null&state=" STATE,
	  FAILURE_DATA, "realmId is not the number of a company" },
	{ "no company", "?code=A&state=" STATE, FAILURE_LOGIN,
	  "no realmId, the company's ID: no company was chosen, or the app" },
	{ "an empty company", "?code=A&realmId=&state=" STATE, FAILURE_LOGIN,
	  "no realmId, the company's ID: no company was chosen, or the app" },
	{ "nothing", "", FAILURE_DATA, "no state" },
};

static void
test_callbacks(void)
{
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct failure why = { 0 };
		struct callback c;

		callback_init(&c);
		bool right = callback_parse(&c, slice_of(cases[i].address),
					    STATE, &why);
		bool good =
			right ? slice_is(buf_slice(&c.code), cases[i].says) &&
					!strcmp(c.realm, "42")
			      : strstr(why.text, cases[i].says) &&
					!strstr(why.text, "CANARY");
		ok(why.kind == cases[i].kind && good, "callback: %s",
		   cases[i].name);
		ok(right || (why.next[0] && !strstr(why.next, "window") &&
			     !strstr(why.next, "input")),
		   "callback: %s: what to do", cases[i].name);
		if (!good)
			printf("# %s\n", why.text);
		callback_free(&c);
	}
}

static void
test_discovery(void)
{
	static const struct {
		const char *name, *document;
		bool right, pkce;
	} documents[] = {
		{ "S256",
		  "{\"a\":1,\"code_challenge_methods_supported\":"
		  "[\"plain\",\"S256\"]}",
		  true, true },
		{ "plain alone",
		  "{\"code_challenge_methods_supported\":[\"plain\"]}", true,
		  false },
		{ "nothing of it", "{\"issuer\":\"x\"}", true, false },
		{ "no list", "{\"code_challenge_methods_supported\":\"S256\"}",
		  true, false },
		{ "HTML", "<html>", false, false },
		{ "what is cut",
		  "{\"code_challenge_methods_supported\":[\"S256\"]", false,
		  false },
	};

	for (size_t i = 0; i < LENGTH(documents); i++) {
		struct failure why;
		bool pkce;
		bool right = consent_url_offers_pkce(
			slice_of(documents[i].document), &pkce, &why);

		ok(right == documents[i].right &&
			   (!right || pkce == documents[i].pkce),
		   "discovery: %s", documents[i].name);
	}
}

static void
test_standing(void)
{
	const int64_t now = 1000 * CLOCK_DAY;
	struct expiry s = expiry_of(NULL, now, 14);
	struct tokens t;

	ok(s.state == EXPIRY_OVER, "no login is gone");
	tokens_init(&t);
	s = expiry_of(&t, now, 14);
	ok(s.state == EXPIRY_GOOD && s.idle_days == -1 && s.login_days == -1,
	   "of a login whose ends nobody said, nothing is known");
	t.refresh_ends_us = now + 14 * CLOCK_DAY;
	t.login_ends_us = now + 100 * CLOCK_DAY;
	s = expiry_of(&t, now, 14);
	ok(s.state == EXPIRY_GOOD && s.idle_days == 14,
	   "fourteen days are not fewer than fourteen");
	s = expiry_of(&t, now + 1, 14);
	ok(s.state == EXPIRY_SOON && s.idle_days == 13,
	   "a moment later they are");
	t.refresh_ends_us = now + 100 * CLOCK_DAY;
	t.login_ends_us = now + CLOCK_DAY / 2;
	s = expiry_of(&t, now, 14);
	ok(s.state == EXPIRY_SOON && s.login_days == 0,
	   "the consent's end counts, too");
	t.login_ends_us = now;
	ok(expiry_of(&t, now, 14).state == EXPIRY_OVER,
	   "when it has come the login is gone");
	t.login_ends_us = 0;
	t.refresh_ends_us = now - 1;
	ok(expiry_of(&t, now, 0).state == EXPIRY_OVER,
	   "so it is when it was not used for too long");
	tokens_free(&t);
}

int
main(void)
{
	test_callbacks();
	test_discovery();
	test_standing();
	return tap_done();
}
