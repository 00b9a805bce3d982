/* covers: settings setting_values - which settings are missing, in one message,
 * and which cannot be what they should be. */
#include <sys/wait.h>

#include "auth/settings.h"
#include "tap.h"

static const struct option_table options = { .tool = "qb-test",
					     .also = &settings_options };

static const char *const names[] = { "QBO_ENV", "QBO_REALM_ID", "QBO_CLIENT_ID",
				     "QBO_CLIENT_SECRET" };
static const char *const values[] = { "sandbox", "123", "app", "hush" };

/* The environment has those of the four that `set` has a bit for, and the
 * variable `name`, too. */
static bool
reads(unsigned set, const char *name, const char *value, unsigned needs,
      struct failure *why)
{
	char tool[] = "qb-test";
	char *argv[] = { tool, NULL };
	struct settings settings;
	int used;

	for (size_t i = 0; i < LENGTH(names); i++)
		if (set & 1U << i)
			setenv(names[i], values[i], 1);
		else
			unsetenv(names[i]);
	if (name)
		setenv(name, value, 1);
	*why = (struct failure){ 0 };
	return options_read(1, argv, &options, &used, why) &&
	       settings_read(&settings, needs, why);
}

/* In a process of its own, since an option that was set stays set; `text` NULL:
 * it must succeed. */
static bool
is_told(unsigned set, const char *name, const char *value, unsigned needs,
	const char *text, const char *next)
{
	struct failure why;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (reads(set, name, value, needs, &why))
			_exit(text != NULL);
		fprintf(stderr, "%s\n%s\n", why.text, why.next);
		_exit(!text || why.kind != FAILURE_USAGE ||
		      strcmp(why.text, text) != 0 ||
		      strcmp(why.next, next) != 0);
	}
	return waitpid(pid, &status, 0) == pid && status == 0;
}

static const struct {
	unsigned set, needs;
	const char *text, *next;
} missing[] = {
	{ 0, SETTINGS_ALL,
	  "not set: QBO_ENV, QBO_REALM_ID, QBO_CLIENT_ID and QBO_CLIENT_SECRET",
	  "set them (qb-auth(1), ENVIRONMENT), then run the same command "
	  "again" },
	{ 3, SETTINGS_ALL, "not set: QBO_CLIENT_ID and QBO_CLIENT_SECRET",
	  "set them (qb-auth(1), ENVIRONMENT), then run the same command "
	  "again" },
	{ 7, SETTINGS_ALL, "QBO_CLIENT_SECRET is not set",
	  "set it (qb-auth(1), ENVIRONMENT), then run the same command again" },
	{ 13, SETTINGS_ALL, "QBO_REALM_ID is not set",
	  "qb-auth login, which prints QBO_REALM_ID; set it, then run the same "
	  "command again" },
	{ 1, SETTINGS_REALM, "QBO_REALM_ID is not set",
	  "set it (qb-auth(1), ENVIRONMENT), then run the same command again" },
	{ 0, SETTINGS_KEYS,
	  "not set: QBO_ENV, QBO_CLIENT_ID and QBO_CLIENT_SECRET",
	  "set them (qb-auth(1), ENVIRONMENT), then run the same command "
	  "again" },
};

static void
test_missing(void)
{
	for (size_t i = 0; i < LENGTH(missing); i++)
		ok(is_told(missing[i].set, NULL, NULL, missing[i].needs,
			   missing[i].text, missing[i].next),
		   "%s", missing[i].text);
	ok(is_told(15, NULL, NULL, SETTINGS_ALL, NULL, NULL), "all are set");
	ok(is_told(13, NULL, NULL, SETTINGS_KEYS, NULL, NULL),
	   "what is not needed may be missing");
	ok(is_told(3, NULL, NULL, SETTINGS_REALM, NULL, NULL),
	   "so may the application's keys");
}

static void
test_invalid(void)
{
	ok(is_told(15, "QBO_ENV", "live", SETTINGS_ALL,
		   "QBO_ENV must be sandbox or production, not \"live\"", ""),
	   "an environment that does not exist");
	ok(is_told(15, "QBO_REALM_ID", "12a", SETTINGS_ALL,
		   "QBO_REALM_ID must be a number, not \"12a\"", ""),
	   "a company that is not a number");
}

#define ID "ABV26raDvRdwv3NMPFUUnV7L2l2dkBgoad3OQqIGBzvLjJWpCA"
#define SECRET "npFa0albITpVKBrqq1okYi11nwaPqbkUoYXnCANA"
#define JWE "eyJlbmMiOiJ4IiwiYWxnIjoiZGlyIn0..CANARY.x.y"

/* What is said begins with `text`, and so does what to do with `next`; no
 * secret is in it.  `text` NULL: it is accepted. */
static const struct {
	const char *what, *name, *value, *text, *next;
} given[] = {
	{ "another environment's name", "QBO_ENV", "Production",
	  "QBO_ENV must be sandbox or production, not \"Production\"",
	  "set QBO_ENV=production" },
	{ "an environment in quotes", "QBO_ENV", "'sandbox'",
	  "QBO_ENV must be sandbox or production, not \"'sandbox'\"",
	  "set QBO_ENV=sandbox" },
	{ "an environment with a line end", "QBO_ENV", "sandbox\r",
	  "QBO_ENV must be sandbox or production, not \"sandbox\\r\"",
	  "set QBO_ENV=sandbox" },
	{ "a secret as environment", "QBO_ENV", SECRET,
	  "QBO_ENV must be sandbox or production, not 40 characters", "" },
	{ "a company in groups", "QBO_REALM_ID", "9130 3567-8901 2345",
	  "QBO_REALM_ID must be a number, not \"9130 3567-8901 2345\"",
	  "set QBO_REALM_ID=9130356789012345, without" },
	{ "a company in quotes", "QBO_REALM_ID", "\"123\"",
	  "QBO_REALM_ID must be a number", "set QBO_REALM_ID=123, without" },
	{ "a token as company", "QBO_REALM_ID", "RT1-9-H0-CANARY",
	  "QBO_REALM_ID must be a number, not \"[left out]\"", "" },
	{ "a long token as company", "QBO_REALM_ID", SECRET,
	  "QBO_REALM_ID must be a number, not 40 characters", "" },
	{ "an ID with a space", "QBO_CLIENT_ID", " CANARY",
	  "QBO_CLIENT_ID (7 characters) contains a space",
	  "set QBO_CLIENT_ID to the key" },
	{ "a secret in quotes", "QBO_CLIENT_SECRET", "'CANARY'",
	  "QBO_CLIENT_SECRET (8 characters) is in quotes",
	  "set QBO_CLIENT_SECRET to the key" },
	{ "a secret with a line end", "QBO_CLIENT_SECRET", "CANARY\n",
	  "QBO_CLIENT_SECRET (7 characters) contains a line end",
	  "set QBO_CLIENT_SECRET to the key" },
	{ "an access token as secret", "QBO_CLIENT_SECRET", JWE,
	  "QBO_CLIENT_SECRET (43 characters) is an access token",
	  "set QBO_CLIENT_SECRET to the key" },
	{ "a refresh token as ID", "QBO_CLIENT_ID", "RT1-9-H0-1770282300CANARY",
	  "QBO_CLIENT_ID (25 characters) is a refresh token",
	  "set QBO_CLIENT_ID to the key" },
	{ "an access token as refresh token", "QBO_REFRESH_TOKEN", JWE,
	  "QBO_REFRESH_TOKEN is not a refresh token but an access token (43 "
	  "characters); a refresh token begins with RT1- or AB11",
	  "set QBO_REFRESH_TOKEN to a refresh token, or unset it" },
	{ "a refresh token in quotes", "QBO_REFRESH_TOKEN", "\"AB11CANARY\"",
	  "QBO_REFRESH_TOKEN is not a refresh token: it is in quotes (12 char",
	  "set QBO_REFRESH_TOKEN to a refresh token, or unset it" },
	{ "a refresh token of a test", "QBO_REFRESH_TOKEN", "RT-0-first", NULL,
	  NULL },
	{ "an ID of a test", "QBO_CLIENT_ID", "ABclient", NULL, NULL },
	{ "a server with a path", "QBO_API_URL",
	  "https://quickbooks.api.intuit.com/v3/company",
	  "QBO_API_URL: it has a path, which qb adds itself", "unset it, or" },
	{ "a server without a scheme", "QBO_API_URL",
	  "quickbooks.api.intuit.com",
	  "QBO_API_URL: it does not begin with https://", "unset it, or" },
	{ "a server with a port and no scheme", "QBO_API_URL",
	  "localhost:8080/?x", "QBO_API_URL: it does not begin with https://",
	  "unset it, or" },
	{ "a server with a query", "QBO_API_URL",
	  "https://quickbooks.api.intuit.com?x=y",
	  "QBO_API_URL: it has a query or a fragment", "unset it, or" },
	{ "a server with a slash", "QBO_API_URL",
	  "https://quickbooks.api.intuit.com/", NULL, NULL },
	{ "a proxy with a path", "QBO_API_URL", "https://proxy.example/qbo",
	  NULL, NULL },
};

static bool
is_refused(size_t i)
{
	struct failure why;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		bool right = reads(15, given[i].name, given[i].value,
				   SETTINGS_ALL, &why);

		if (right)
			_exit(given[i].text != NULL);
		fprintf(stderr, "# %s\n# %s\n", why.text, why.next);
		_exit(!given[i].text || why.kind != FAILURE_USAGE ||
		      strncmp(why.text, given[i].text, strlen(given[i].text)) !=
			      0 ||
		      strncmp(why.next, given[i].next, strlen(given[i].next)) !=
			      0 ||
		      strstr(why.text, "CANA") || strstr(why.next, "CANA"));
	}
	return waitpid(pid, &status, 0) == pid && status == 0;
}

static void
test_values(void)
{
	for (size_t i = 0; i < LENGTH(given); i++)
		ok(is_refused(i), "%s", given[i].what);
}

/* Both keys are set. */
static bool
keys_are(const char *id, const char *secret, const char *text)
{
	const struct setting_values v = { .client_id = id,
					  .client_secret = secret };
	struct failure why = { 0 };
	bool right = setting_values_check(&v, &why);

	return right ? !text
		     : text && strstr(why.text, text) &&
			       !strstr(why.text, "CANA");
}

static void
test_keys(void)
{
	ok(keys_are(ID, SECRET, NULL), "keys as Intuit gives them");
	ok(keys_are(SECRET, ID, "is a client secret, and QBO_CLIENT_SECRET"),
	   "the two are swapped");
	ok(keys_are(ID, ID, "QBO_CLIENT_SECRET (50 characters) is the same"),
	   "the ID twice");
	ok(keys_are(SECRET, SECRET, "QBO_CLIENT_ID (40 characters) is the"),
	   "the secret twice");
	ok(keys_are("x", "x", NULL), "short keys of a test may be the same");
}

static void
test_redirects(void)
{
	static const struct {
		const char *url;
		bool right;
	} urls[] = {
		{ "http://localhost:8765/callback", true },
		{ "https://example.com/back?x=y", true },
		{ "http://[::1]:80/x", true },
		{ "http://localhost/callback", true },
		{ "http://localhost:87650/callback", false },
		{ "http://localhost:0/callback", false },
		{ "http://localhost:/callback", false },
		{ "http://localhost:8o/callback", false },
		{ "https://example.com/back#x", false },
		{ "https://example.com/ back", false },
		{ "localhost:8765/callback", false },
	};
	struct failure why;

	for (size_t i = 0; i < LENGTH(urls); i++)
		ok(setting_values_check_redirect(urls[i].url, &why) ==
			   urls[i].right,
		   "redirect: %s", urls[i].url);
}

int
main(void)
{
	for (size_t i = 0; i < LENGTH(names); i++) {
		char file[32];

		snprintf(file, sizeof(file), "%s_FILE", names[i]);
		unsetenv(file);
	}
	test_missing();
	test_invalid();
	test_values();
	test_keys();
	test_redirects();
	return tap_done();
}
