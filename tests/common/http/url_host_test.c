/* covers: url_host */
#include "http/url_host.h"
#include "tap.h"

static const struct {
	const char *name, *url, *host, *target;
} cases[] = {
	{ "a URL", "https://quickbooks.api.intuit.com/v3/company/1?query=x",
	  "quickbooks.api.intuit.com", "quickbooks.api.intuit.com" },
	{ "a port", "http://127.0.0.1:8080", "127.0.0.1:8080",
	  "127.0.0.1:8080" },
	{ "an address in brackets", "http://[::1]:80/x", "[::1]:80",
	  "[::1]:80" },
	{ "a user and a password stay away",
	  "https://me:CANARY@signin.example.com/x", "signin.example.com",
	  "signin.example.com" },
	{ "also with a second @", "https://me:CANARY@CANARY@example.com",
	  "example.com", "example.com" },
	{ "a query right after the host", "https://example.com?token=CANARY",
	  "example.com", "example.com" },
	{ "a fragment right after the host", "https://example.com#CANARY",
	  "example.com", "example.com" },
	{ "no scheme", "//example.com/x?CANARY", "example.com", "example.com" },
	{ "a path", "/NotFound?realm=CANARY", "", "/NotFound" },
	{ "a URL in the query of a path", "/login?to=https://CANARY/", "",
	  "/login" },
	{ "a path that is long enough for a token",
	  "/a/CANARY-45678901234567890123456789012345678", "",
	  "the same host" },
	{ "a relative path", "NotFound", "", "the same host" },
	{ "nothing", "", "", "the same host" },
	{ "no host", "https:///x", "", "the same host" },
	{ "half a scheme", "https:", "", "the same host" },
	{ "control characters", "http://a\x1b[31mb\r\n/", "a [31mb  ",
	  "a [31mb  " },
};

int
main(void)
{
	char host[HTTP_URL_HOST], target[HTTP_URL_HOST], long_url[300];

	for (size_t i = 0; i < LENGTH(cases); i++) {
		http_url_host(slice_of(cases[i].url), host);
		http_url_target(slice_of(cases[i].url), target);
		is(host, cases[i].host, cases[i].name);
		is(target, cases[i].target, cases[i].name);
	}
	snprintf(long_url, sizeof(long_url), "http://%0200d/", 7);
	http_url_host(slice_of(long_url), host);
	is(host, "", "a host that is too long to be one");
	return tap_done();
}
