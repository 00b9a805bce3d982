#include "auth/settings.h"
#include "auth/setting_values.h"
#include "http/client.h"
#include "http/trace.h"

/* Filled by options_read(). */
static struct settings given;
static bool debug_http;

static const struct option_row rows[] = {
	{ .name = "debug-http",
	  .help = "log HTTP requests and responses, without secrets",
	  .on = &debug_http },
	{ .env = "QBO_ENV",
	  .help = "sandbox or production",
	  .text = &given.env },
	{ .env = "QBO_REALM_ID", .help = "company ID", .text = &given.realm },
	{ .env = "QBO_CLIENT_ID",
	  .help = "client ID of your app at developer.intuit.com",
	  .text = &given.client_id },
	{ .env = "QBO_CLIENT_SECRET",
	  .help = "client secret of your app",
	  .secret = true,
	  .text = &given.client_secret },
	{ .env = "QBO_REFRESH_TOKEN",
	  .help = "refresh token to start with; later runs use the token file",
	  .secret = true,
	  .text = &given.refresh_token },
	{ .env = "QBO_TOKEN_FILE",
	  .help = "token file, instead of "
		  "$XDG_STATE_HOME/qb/ENV-REALM.json",
	  .text = &given.token_file },
	{ .env = "QBO_CREDENTIAL_HELPER",
	  .help = "command that stores the login instead of a file",
	  .text = &given.helper },
	{ .env = "QBO_API_URL",
	  .help = "API base URL override",
	  .text = &given.api_url },
	{ .env = "QBO_TOKEN_URL",
	  .preset = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
	  .help = "token endpoint",
	  .text = &given.token_url },
	{ .env = "QBO_MONTHLY_CALLS",
	  .help = "stop before the app makes more calls in a month",
	  .least = 1,
	  .most = SETTINGS_MOST_CALLS,
	  .integer = &given.monthly_calls },
};

const struct option_table settings_options = {
	.rows = rows,
	.count = LENGTH(rows),
};

/* At most so many names, in the order in which they are told. */
enum { MOST_MISSING = 4 };

static size_t
find_missing(unsigned needs, const char *missing[MOST_MISSING])
{
	const struct {
		unsigned need;
		const char *name, *value;
	} needed[MOST_MISSING] = {
		{ 0, "QBO_ENV", given.env },
		{ SETTINGS_REALM, "QBO_REALM_ID", given.realm },
		{ SETTINGS_KEYS, "QBO_CLIENT_ID", given.client_id },
		{ SETTINGS_KEYS, "QBO_CLIENT_SECRET", given.client_secret },
	};
	size_t count = 0;

	for (size_t i = 0; i < MOST_MISSING; i++)
		if (!needed[i].value &&
		    (needed[i].need & needs) == needed[i].need)
			missing[count++] = needed[i].name;
	return count;
}

static bool
fail_one_missing(const char *name, struct failure *why)
{
	bool can_log_in = given.client_id && given.client_secret;

	fail(why, FAILURE_USAGE, "%s is not set", name);
	if (!strcmp(name, "QBO_REALM_ID") && can_log_in)
		return fail_next(why, "qb-auth login, which prints "
				      "QBO_REALM_ID; set it, then run the same "
				      "command again");
	return fail_next(why, "set it (qb-auth(1), ENVIRONMENT), then run the "
			      "same command again");
}

/* All names in one message: nobody should have to start again for each. */
static bool
check_missing(unsigned needs, struct failure *why)
{
	const char *missing[MOST_MISSING];
	size_t count = find_missing(needs, missing);
	char list[128] = "";

	if (count == 0)
		return true;
	if (count == 1)
		return fail_one_missing(missing[0], why);
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(list);
		const char *before = !i ? "" : i + 1 < count ? ", " : " and ";

		snprintf(list + len, sizeof(list) - len, "%s%s", before,
			 missing[i]);
	}
	fail(why, FAILURE_USAGE, "not set: %s", list);
	return fail_next(why, "set them (qb-auth(1), ENVIRONMENT), then run "
			      "the same command again");
}

bool
settings_is_realm(struct slice text)
{
	return setting_values_is_realm(text);
}

static bool
check_values(struct failure *why)
{
	const struct setting_values values = {
		.env = given.env,
		.realm = given.realm,
		.client_id = given.client_id,
		.client_secret = given.client_secret,
		.refresh_token = given.refresh_token,
	};

	return setting_values_check(&values, why);
}

bool
settings_read(struct settings *s, unsigned needs, struct failure *why)
{
	if (!check_missing(needs, why) || !check_values(why))
		return false;
	http_trace_enable(debug_http);
	*s = given;
	if (!s->api_url)
		s->api_url = strcmp(s->env, "production")
				     ? "https://sandbox-quickbooks.api.intuit"
				       ".com"
				     : "https://quickbooks.api.intuit.com";
	if (!setting_values_check_base(s->api_url, why) ||
	    !http_url_allowed(s->api_url, why))
		return fail_in(why, "QBO_API_URL");
	return http_url_allowed(s->token_url, why) ||
	       fail_in(why, "QBO_TOKEN_URL");
}
