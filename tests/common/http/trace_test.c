/* What may be shown of HTTP. */
#include "http/trace.h"
#include "tap.h"

static const struct {
	const char *line, *shown;
} cases[] = {
	{ "Content-Type: text/html\r\n", "Content-Type: text/html" },
	{ "content-TYPE:x\r\n", "content-TYPE:x" },
	{ "intuit_tid: 1-2-3\r\n", "intuit_tid: 1-2-3" },
	{ "Set-Cookie: CANARY\r\n", "Set-Cookie" },
	{ "Authorization: CANARY\r\n", "Authorization" },
	{ "Location: http://localhost/?code=CANARY\r\n", "Location" },
	{ "WWW-Authenticate: CANARY\r\n", "WWW-Authenticate" },
	{ "Date\x1b[2J: now\r\n", "Date [2J" },
	{ "Server: a\x1b[2Jb\r\n", "Server: a [2Jb" },
	{ "HTTP/1.1 400 CANARY\r\n", "HTTP/1.1 400" },
	{ "HTTP/1.1 200\r\n", "HTTP/1.1 200" },
	{ "CANARY without a colon\r\n", "" },
	{ "\r\n", "" },
	{ "", "" },
};

int
main(void)
{
	char text[HTTP_TRACE_LINE];

	for (size_t i = 0; i < LENGTH(cases); i++) {
		http_trace_redact(slice_of(cases[i].line), text);
		is(text, cases[i].shown,
		   *cases[i].shown ? cases[i].shown : "nothing");
	}
	return tap_done();
}
