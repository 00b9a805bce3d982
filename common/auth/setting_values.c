#include <strings.h>

#include "auth/foreign_text.h"
#include "auth/setting_values.h"
#include "auth/token_kind.h"

enum {
	SHOWN = 128,
	MOST_QUOTED = 32, /* longer values may be secrets in the wrong place */
	CLIENT_ID_LENGTH = 50,
	CLIENT_SECRET_LENGTH = 40,
	LEAST_KEY = 20, /* shorter ones are not Intuit's: tests have them */
};

/* "live", in quotes, or how long it is. */
static void
quote(const char *value, char *to, size_t room)
{
	char shown[SHOWN];
	size_t len = strlen(value);

	if (len > MOST_QUOTED) {
		snprintf(to, room, "%zu characters", len);
		return;
	}
	foreign_text_show(slice_of(value), shown, sizeof(shown));
	snprintf(to, room, "\"%s\"", shown);
}

/* --- which company ------------------------------------------------------- */

/* What a person meant by "Production", "'sandbox'" or "prod"; or NULL. */
static const char *
meant_env(const char *value)
{
	static const struct {
		const char *written, *meant;
	} words[] = {
		{ "sandbox", "sandbox" },     { "production", "production" },
		{ "development", "sandbox" }, { "dev", "sandbox" },
		{ "prod", "production" },
	};
	size_t before = strspn(value, " \t\r\n\"'");
	size_t len = strcspn(value + before, " \t\r\n\"'");

	for (size_t i = 0; i < LENGTH(words); i++)
		if (strlen(words[i].written) == len &&
		    !strncasecmp(value + before, words[i].written, len))
			return words[i].meant;
	return NULL;
}

static bool
check_env(const char *env, struct failure *why)
{
	char shown[SHOWN + 2];

	if (!strcmp(env, "sandbox") || !strcmp(env, "production"))
		return true;
	quote(env, shown, sizeof(shown));
	fail(why, FAILURE_USAGE,
	     "QBO_ENV must be sandbox or production, not %s", shown);
	if (meant_env(env))
		fail_next(why,
			  "set QBO_ENV=%s, then run the same command again",
			  meant_env(env));
	return false;
}

/* QuickBooks shows the number in groups: "9130 3567 8901 2345". */
static bool
only_digits(const char *value, char digits[SETTING_VALUES_REALM_MOST + 1])
{
	size_t used = 0;

	for (; *value; value++)
		if (*value >= '0' && *value <= '9') {
			if (used == SETTING_VALUES_REALM_MOST)
				return false;
			digits[used++] = *value;
		} else if (!strchr(" \t\r\n\"'-.,", *value)) {
			return false;
		}
	digits[used] = '\0';
	return used > 0;
}

bool
setting_values_is_realm(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
	return text.len > 0 && text.len <= SETTING_VALUES_REALM_MOST;
}

static bool
check_realm(const char *realm, struct failure *why)
{
	char shown[SHOWN + 2], digits[SETTING_VALUES_REALM_MOST + 1];

	if (setting_values_is_realm(slice_of(realm)))
		return true;
	quote(realm, shown, sizeof(shown));
	fail(why, FAILURE_USAGE, "QBO_REALM_ID must be a number, not %s",
	     shown);
	if (only_digits(realm, digits))
		fail_next(why,
			  "set QBO_REALM_ID=%s, without anything between the "
			  "digits, then run the same command again",
			  digits);
	return false;
}

/* --- the app's keys ------------------------------------------------------ */

static bool
is_letters_and_digits(const char *text)
{
	for (; *text; text++)
		if (!(*text >= '0' && *text <= '9') &&
		    !((*text | 32) >= 'a' && (*text | 32) <= 'z'))
			return false;
	return true;
}

/* QUIRKS.md, "Logging in": what client IDs look like. */
static bool
is_client_id(const char *text)
{
	return strlen(text) == CLIENT_ID_LENGTH &&
	       is_letters_and_digits(text) &&
	       (!strncmp(text, "AB", 2) || !strncmp(text, "L0", 2) ||
		!strncmp(text, "Q0", 2));
}

static bool
is_client_secret(const char *text)
{
	return strlen(text) == CLIENT_SECRET_LENGTH &&
	       is_letters_and_digits(text);
}

static bool
fail_key(struct failure *why, const char *name, const char *value,
	 const char *what)
{
	fail(why, FAILURE_USAGE, "%s (%zu characters) %s", name, strlen(value),
	     what);
	return fail_next(why,
			 "set %s to the key of the app in Intuit's developer "
			 "portal, as it is there, then run the same command "
			 "again",
			 name);
}

static bool
check_key(const char *name, const char *value, struct failure *why)
{
	const char *unclean;

	if (!value)
		return true;
	unclean = token_kind_unclean(slice_of(value));
	if (unclean)
		return fail_key(why, name, value, unclean);
	if (!strncmp(value, "eyJ", 3) && token_kind_mistaken(slice_of(value)))
		return fail_key(why, name, value, "is an access token");
	return !(!strncmp(value, "RT1-", 4) && strlen(value) > LEAST_KEY) ||
	       fail_key(why, name, value, "is a refresh token");
}

static bool
check_keys(const char *id, const char *secret, struct failure *why)
{
	if (!check_key("QBO_CLIENT_ID", id, why) ||
	    !check_key("QBO_CLIENT_SECRET", secret, why))
		return false;
	if (!id || !secret)
		return true;
	if (is_client_secret(id) && is_client_id(secret)) {
		fail(why, FAILURE_USAGE,
		     "QBO_CLIENT_ID (%zu characters) is a client secret, and "
		     "QBO_CLIENT_SECRET (%zu characters) is a client ID",
		     strlen(id), strlen(secret));
		return fail_next(why, "swap the two, then run the same command "
				      "again");
	}
	if (strlen(id) < LEAST_KEY || strcmp(id, secret))
		return true;
	return is_client_id(secret)
		       ? fail_key(why, "QBO_CLIENT_SECRET", secret,
				  "is the same as QBO_CLIENT_ID")
		       : fail_key(why, "QBO_CLIENT_ID", id,
				  "is the same as QBO_CLIENT_SECRET");
}

static bool
check_refresh_token(const struct setting_values *v, struct failure *why)
{
	static const char name[] = "QBO_REFRESH_TOKEN";
	const char *token = v->refresh_token;
	bool is_key = strlen(token) >= LEAST_KEY &&
		      ((v->client_id && !strcmp(token, v->client_id)) ||
		       (v->client_secret && !strcmp(token, v->client_secret)));

	if (is_key)
		fail(why, FAILURE_USAGE,
		     "%s (%zu characters) is one of the app's keys", name,
		     strlen(token));
	else if (token_kind_check(slice_of(token), name, FAILURE_USAGE, why))
		return true;
	return fail_next(why, "set QBO_REFRESH_TOKEN to a refresh token, or "
			      "unset it and run qb-auth login; then run the "
			      "same command again");
}

bool
setting_values_check(const struct setting_values *v, struct failure *why)
{
	return (!v->env || check_env(v->env, why)) &&
	       (!v->realm || check_realm(v->realm, why)) &&
	       check_keys(v->client_id, v->client_secret, why) &&
	       (!v->refresh_token || check_refresh_token(v, why));
}

/* --- addresses ----------------------------------------------------------- */

/* What follows the scheme, up to the path; at NULL: there is no scheme. */
static struct slice
authority_of(const char *url)
{
	const char *at = strstr(url, "://");

	if (!at || strcspn(url, "/?#") < (size_t)(at - url))
		return (struct slice){ NULL, 0 };
	return (struct slice){ at + 3, strcspn(at + 3, "/?#") };
}

static bool
ends_with(struct slice s, const char *text)
{
	size_t len = strlen(text);

	return s.len >= len && !strncasecmp(s.at + s.len - len, text, len);
}

/* A proxy may have a path of its own; Intuit's servers have none, and "/v3" is
 * what is added. */
bool
setting_values_check_base(const char *url, struct failure *why)
{
	struct slice authority = authority_of(url);
	const char *path = authority.at ? authority.at + authority.len : url;
	const char *what = NULL;

	if (!authority.at)
		what = "it does not begin with https://";
	else if (strpbrk(url, "?#"))
		what = "it has a query or a fragment";
	else if (strpbrk(url, " \t\r\n\"'"))
		what = "it contains a space, a quote or a line end";
	else if (path[strspn(path, "/")] &&
		 (ends_with(authority, ".intuit.com") || strstr(path, "/v3")))
		what = "it has a path, which qb adds itself";
	if (!what)
		return true;
	fail(why, FAILURE_USAGE, "%s", what);
	return fail_next(why, "unset it, or set it to a scheme and a host "
			      "alone, such as https://quickbooks.api.intuit."
			      "com; then run the same command again");
}

static bool
is_port(struct slice port)
{
	long number = 0;

	for (size_t i = 0; i < port.len; i++) {
		if (port.at[i] < '0' || port.at[i] > '9' || port.len > 5)
			return false;
		number = number * 10 + port.at[i] - '0';
	}
	return number >= 1 && number <= UINT16_MAX;
}

bool
setting_values_check_redirect(const char *url, struct failure *why)
{
	struct slice authority = authority_of(url), port = { NULL, 0 };
	const char *colon, *what = NULL;

	if (authority.at) {
		colon = memrchr(authority.at, ':', authority.len);
		if (colon && *authority.at != '[') {
			port.at = colon + 1;
			port.len = authority.len -
				   (size_t)(port.at - authority.at);
		}
	}
	if (!authority.at)
		what = "it does not begin with https:// or http://";
	else if (strpbrk(url, " \t\r\n\"'"))
		what = "it contains a space, a quote or a line end";
	else if (strchr(url, '#'))
		what = "it has a fragment, which a redirect URI must not have";
	else if (port.at && !is_port(port))
		what = "its port is not a number from 1 to 65535";
	if (!what)
		return true;
	fail(why, FAILURE_USAGE, "%s", what);
	return fail_next(why, "set it to one of the redirect URIs of the app "
			      "in Intuit's developer portal, exactly as it is "
			      "there; then run the same command again");
}
