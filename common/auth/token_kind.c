#include "auth/token_kind.h"

enum { LEAST_JWT = 200 };

static size_t
count_dots(struct slice text)
{
	size_t dots = 0;

	for (size_t i = 0; i < text.len; i++)
		dots += text.at[i] == '.';
	return dots;
}

/* "eyJ" is the beginning of a JSON object in base64.  Encrypted tokens (JWE)
 * have four dots, signed ones (JWS) two. */
static const char *
mistaken_jwt(struct slice token)
{
	size_t dots = count_dots(token);

	if (!slice_begins(token, "eyJ"))
		return NULL;
	if (dots == 2)
		return "an access token or an ID token";
	return dots == 4 || token.len >= LEAST_JWT ? "an access token" : NULL;
}

const char *
token_kind_mistaken(struct slice token)
{
	static const struct {
		const char *begin, *what;
	} others[] = {
		{ "{", "JSON, and not the value of refresh_token alone" },
		{ "[", "JSON, and not the value of refresh_token alone" },
		{ "QBO_REFRESH_TOKEN=", "a whole line of settings" },
		{ "refresh_token=", "a whole parameter" },
		{ "http://", "an address" },
		{ "https://", "an address" },
		{ "Bearer ", "an Authorization header" },
		{ "bearer ", "an Authorization header" },
		{ "Basic ", "an Authorization header" },
	};

	for (size_t i = 0; i < LENGTH(others); i++)
		if (slice_begins(token, others[i].begin))
			return others[i].what;
	return mistaken_jwt(token);
}

static bool
is_quote(char c)
{
	return c == '"' || c == '\'' || c == '`';
}

const char *
token_kind_unclean(struct slice text)
{
	if (text.len &&
	    (is_quote(text.at[0]) || is_quote(text.at[text.len - 1])))
		return "is in quotes";
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] == '\n' || text.at[i] == '\r')
			return "contains a line end";
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] == ' ' || text.at[i] == '\t')
			return "contains a space";
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] < ' ' || text.at[i] > '~')
			return "contains a character that is not printable "
			       "ASCII";
	return NULL;
}

bool
token_kind_check(struct slice token, const char *name, enum failure_kind kind,
		 struct failure *why)
{
	const char *what = token_kind_mistaken(token);
	const char *unclean = token_kind_unclean(token);

	if (what)
		return fail(
			why, kind,
			"%s is not a refresh token but %s (%zu characters); "
			"a refresh token begins with RT1- or AB11",
			name, what, token.len);
	return !unclean ||
	       fail(why, kind,
		    "%s is not a refresh token: it %s (%zu characters)", name,
		    unclean, token.len);
}
