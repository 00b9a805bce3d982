/* covers: outcome */
#include "attachments/outcome.h"
#include "tap.h"

#define XML(code, message) \
	"<?xml?><Error><Code>" code "</Code><Message>" message \
	"</Message></Error>"

static const struct {
	const char *name;
	int status;
	const char *body; /* of an error, or the first bytes */
	int64_t bytes, size;
	const char *file;
	enum outcome_kind kind;
	enum api_fault fault;
	const char *what;
} cases[] = {
	{ "the file", 200, "%PDF", 9, 9, "a.pdf", OUTCOME_FILE, 0, "" },
	{ "of any size", 200, "%PDF", 9, -1, "a.pdf", OUTCOME_FILE, 0, "" },
	{ "an empty one", 200, "", 0, 0, "a.pdf", OUTCOME_FILE, 0, "" },
	{ "of another size", 200, "%PDF", 9, 10, "a.pdf", OUTCOME_WRONG, 0,
	  "9 bytes came, and its Size is 10" },
	{ "a web page", 200, "<html><head>", 90, 10, "a.pdf", OUTCOME_RETRY,
	  API_FAULT_FOREIGN, "an HTML page came instead of the file" },
	{ "a web page where any size will do", 200, " \r\n<!DocType html>", 90,
	  -1, "a.pdf", OUTCOME_RETRY, API_FAULT_FOREIGN,
	  "an HTML page came instead of the file" },
	{ "a file that looks like one", 200, "<html><head>", 90, 90, "a.pdf",
	  OUTCOME_FILE, 0, "" },
	{ "a file that is one", 200, "<html><head>", 90, -1, "a.HTML",
	  OUTCOME_FILE, 0, "" },
	{ "an expired link", 403, XML("AccessDenied", "Request has expired"), 0,
	  9, "", OUTCOME_NEW_LINK, 0,
	  "HTTP 403, AccessDenied: Request has expired" },
	{ "an expired ticket", 401, "", 0, 9, "", OUTCOME_NEW_LINK, 0,
	  "HTTP 401" },
	{ "a file that is not there", 404, XML("NoSuchKey", "No key"), 0, 9, "",
	  OUTCOME_REFUSED, 0, "HTTP 404, NoSuchKey: No key" },
	{ "control characters", 404, XML("\x1b[31m", "a\nb"), 0, 9, "",
	  OUTCOME_REFUSED, 0, "HTTP 404,  [31m: a b" },
	{ "XML that is cut", 404, "<Code>NoSuch", 0, 9, "", OUTCOME_REFUSED, 0,
	  "HTTP 404" },
	{ "too many requests", 429, "", 0, 9, "", OUTCOME_RETRY,
	  API_FAULT_RATE_LIMITED, "HTTP 429" },
	{ "a server's trouble", 503, "", 0, 9, "", OUTCOME_RETRY,
	  API_FAULT_SERVER, "HTTP 503" },
	{ "a redirect that is not followed", 302, "", 0, 9, "", OUTCOME_REFUSED,
	  0, "HTTP 302" },
	{ "no response", 0, "", 0, 9, "", OUTCOME_RETRY, API_FAULT_NO_RESPONSE,
	  "no response" },
};

static void
judge(struct outcome *o, struct http_download *d, size_t i)
{
	const struct outcome_expected expected = {
		.size = cases[i].size,
		.type = SLICE("application/pdf"),
		.name = slice_of(cases[i].file),
	};
	struct failure why;

	http_response_begin(&d->response, 1024);
	d->response.status = cases[i].status;
	d->bytes = cases[i].bytes;
	d->head_len = strlen(cases[i].body);
	memcpy(d->head, cases[i].body, d->head_len);
	if (cases[i].status != 200 &&
	    !buf_add_slice(&d->response.body, slice_of(cases[i].body), &why))
		BUG(why.text);
	outcome_judge(o, d, &expected);
}

int
main(void)
{
	struct http_download d;
	struct outcome o;

	http_download_init(&d);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		judge(&o, &d, i);
		ok(o.kind == cases[i].kind && o.fault == cases[i].fault, "%s",
		   cases[i].name);
		is(o.what, cases[i].what, "in words");
	}
	d.response.untrusted = true;
	outcome_judge(&o, &d, &(struct outcome_expected){ .size = 1 });
	ok(o.kind == OUTCOME_REFUSED, "a certificate that cannot be verified");
	d.too_large = true;
	outcome_judge(&o, &d, &(struct outcome_expected){ .size = 1 });
	ok(o.kind == OUTCOME_REFUSED && strstr(o.what, "--most-megabytes"),
	   "what is too large");
	d.why.kind = FAILURE_IO;
	outcome_judge(&o, &d, &(struct outcome_expected){ .size = 1 });
	ok(o.kind == OUTCOME_STOP, "what cannot be written");
	http_download_free(&d);
	return tap_done();
}
