#include "auth/settings.h"
#include "http/client.h"
#include "http/trace.h"

static struct settings given;

static bool debugs;

static const struct option_row rows[] = {
	{ .name = "debug-http",
	  .help = "show addresses and harmless headers on standard error",
	  .on = &debugs },
	{ .env = "QBO_ENV",
	  .help = "sandbox or production",
	  .text = &given.env },
	{ .env = "QBO_REALM_ID",
	  .help = "the company's number",
	  .text = &given.realm },
	{ .env = "QBO_CLIENT_ID",
	  .help = "of the application at developer.intuit.com",
	  .text = &given.client_id },
	{ .env = "QBO_CLIENT_SECRET",
	  .help = "of the application",
	  .secret = true,
	  .text = &given.client_secret },
	{ .env = "QBO_REFRESH_TOKEN",
	  .help = "for the first run; then the token file wins",
	  .secret = true,
	  .text = &given.refresh_token },
	{ .env = "QBO_TOKEN_FILE",
	  .help = "the token file, instead of "
		  "$XDG_STATE_HOME/qb/ENV-REALM.json",
	  .text = &given.token_file },
	{ .env = "QBO_CREDENTIAL_HELPER",
	  .help = "a command that holds the login instead of the token file",
	  .text = &given.helper },
	{ .env = "QBO_API_URL",
	  .help = "another server than QBO_ENV's",
	  .text = &given.api_url },
	{ .env = "QBO_TOKEN_URL",
	  .preset = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
	  .help = "the token endpoint",
	  .text = &given.token_url },
};

const struct option_table settings_options = {
	.rows = rows,
	.count = LENGTH(rows),
};

static bool
check_missing(unsigned needs, struct failure *why)
{
	const struct {
		unsigned need;
		const char *name, *value;
	} needed[] = {
		{ 0, "QBO_ENV", given.env },
		{ SETTINGS_REALM, "QBO_REALM_ID", given.realm },
		{ SETTINGS_KEYS, "QBO_CLIENT_ID", given.client_id },
		{ SETTINGS_KEYS, "QBO_CLIENT_SECRET", given.client_secret },
	};

	for (size_t i = 0; i < LENGTH(needed); i++)
		if (!needed[i].value &&
		    (needed[i].need & needs) == needed[i].need) {
			fail(why, FAILURE_USAGE, "%s is not set",
			     needed[i].name);
			return fail_next(why,
					 "set %s, then run the same "
					 "command again",
					 needed[i].name);
		}
	return true;
}

static bool
check_words(struct failure *why)
{
	if (strcmp(given.env, "sandbox") != 0 &&
	    strcmp(given.env, "production") != 0)
		return fail(why, FAILURE_USAGE,
			    "QBO_ENV is sandbox or production, not \"%s\"",
			    given.env);
	return !given.realm || settings_is_realm(slice_of(given.realm)) ||
	       fail(why, FAILURE_USAGE, "QBO_REALM_ID is a number, not \"%s\"",
		    given.realm);
}

bool
settings_is_realm(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
	return text.len > 0 && text.len <= SETTINGS_REALM_MOST;
}

bool
settings_read(struct settings *a, unsigned needs, struct failure *why)
{
	if (!check_missing(needs, why) || !check_words(why))
		return false;
	http_trace_enable(debugs);
	*a = given;
	if (!a->api_url)
		a->api_url = strcmp(a->env, "production")
				     ? "https://sandbox-quickbooks.api.intuit"
				       ".com"
				     : "https://quickbooks.api.intuit.com";
	if (!http_url_allowed(a->api_url, why))
		return fail_in(why, "QBO_API_URL");
	return http_url_allowed(a->token_url, why) ||
	       fail_in(why, "QBO_TOKEN_URL");
}
