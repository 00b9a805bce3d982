#include "http/url_host.h"

enum { TOKEN_LENGTH = 40 }; /* as in api_fault.c */

/* Up to the first of the characters in `ends`. */
static struct slice
before_any(struct slice s, const char *ends)
{
	size_t len = 0;

	while (len < s.len && s.at[len] && !strchr(ends, s.at[len]))
		len++;
	return (struct slice){ s.at, len };
}

/* What follows "https://", or the "//" of an address without a scheme. */
static bool
find_authority(struct slice url, struct slice *authority)
{
	size_t scheme = before_any(url, ":/?#").len;
	size_t at = scheme < url.len && url.at[scheme] == ':' ? scheme + 1 : 0;

	if (url.len < at + 2 || memcmp(url.at + at, "//", 2) != 0)
		return false;
	*authority = before_any(
		(struct slice){ url.at + at + 2, url.len - at - 2 }, "/?#\\");
	return true;
}

void
http_url_host(struct slice url, char host[HTTP_URL_HOST])
{
	struct slice authority;

	host[0] = '\0';
	if (!find_authority(url, &authority))
		return;
	const char *user_end = memrchr(authority.at, '@', authority.len);
	if (user_end) {
		authority.len -= (size_t)(user_end + 1 - authority.at);
		authority.at = user_end + 1;
	}
	if (authority.len < HTTP_URL_HOST)
		slice_printable(authority, host, HTTP_URL_HOST);
}

void
http_url_target(struct slice location, char target[HTTP_URL_HOST])
{
	struct slice path = before_any(location, "?#;");

	http_url_host(location, target);
	if (target[0])
		return;
	if (slice_begins(path, "/") && !slice_begins(path, "//") &&
	    path.len < TOKEN_LENGTH)
		slice_printable(path, target, HTTP_URL_HOST);
	else
		snprintf(target, HTTP_URL_HOST, "the same host");
}
