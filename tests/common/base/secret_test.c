/* covers: secret pkce */
#include <sys/prctl.h>
#include <sys/resource.h>

#include "auth/pkce.h"
#include "tap.h"

static void
test_words(void)
{
	char one[SECRET_TEXT], other[SECRET_TEXT];

	secret_random(one);
	secret_random(other);
	ok(strlen(one) == SECRET_TEXT - 1, "a word has 43 characters");
	ok(strspn(one, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		       "0123456789-_") == strlen(one),
	   "all of which may stand in a URL");
	ok(strcmp(one, other), "two words differ");
}

static void
test_equal(void)
{
	ok(secret_equal(SLICE("state"), SLICE("state")), "the same");
	ok(!secret_equal(SLICE("state"), SLICE("statE")), "another last byte");
	ok(!secret_equal(SLICE("state"), SLICE("Xtate")), "another first byte");
	ok(!secret_equal(SLICE("state"), SLICE("stat")), "a shorter one");
	ok(!secret_equal(SLICE("state"), SLICE("")), "nothing");
}

/* RFC 7636, appendix B. */
static void
test_pkce(void)
{
	char challenge[SECRET_TEXT];

	pkce_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
		       challenge);
	is(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
	   "the challenge of the RFC's example");
}

static void
test_stay_in(void)
{
	struct rlimit limit;

	secret_protect_process();
	ok(!getrlimit(RLIMIT_CORE, &limit) && limit.rlim_max == 0,
	   "no core file from here on");
#ifndef __SANITIZE_ADDRESS__
	ok(prctl(PR_GET_DUMPABLE) == 0, "and no debugger of our own user");
#endif
	setenv("QBO_CLIENT_SECRET", "CANARY", 1);
	setenv("QBO_REFRESH_TOKEN", "CANARY", 1);
	setenv("PGPASSWORD", "CANARY", 1);
	secret_clear_environment();
	ok(!getenv("QBO_CLIENT_SECRET") && !getenv("QBO_REFRESH_TOKEN") &&
		   !getenv("PGPASSWORD"),
	   "secrets are removed from the environment of other programs");
}

int
main(void)
{
	test_words();
	test_equal();
	test_pkce();
	test_stay_in();
	return tap_done();
}
