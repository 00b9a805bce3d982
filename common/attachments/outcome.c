#include "attachments/outcome.h"

enum { LONGEST_WORD = 120 };

/* Between <name> and </name>. */
static struct slice
element(struct slice xml, const char *name)
{
	char open[16], close[16];

	snprintf(open, sizeof(open), "<%s>", name);
	snprintf(close, sizeof(close), "</%s>", name);
	const char *from = memmem(xml.at, xml.len, open, strlen(open));
	if (!from)
		return (struct slice){ "", 0 };
	from += strlen(open);
	size_t left = (size_t)(xml.at + xml.len - from);
	const char *to = memmem(from, left, close, strlen(close));
	return (struct slice){ from, to ? (size_t)(to - from) : 0 };
}

/* "HTTP 403, AccessDenied: Request has expired", as Amazon S3 says it. */
static void
describe(struct outcome *o, const struct http_response *response)
{
	struct slice body = buf_slice(&response->body);
	char code[LONGEST_WORD], message[LONGEST_WORD];
	const char *to = response->location;

	slice_printable(element(body, "Code"), code, sizeof(code));
	slice_printable(element(body, "Message"), message, sizeof(message));
	snprintf(o->what, sizeof(o->what), "HTTP %d%s%s%s%s%s%s",
		 response->status, *to ? " to " : "", to, *code ? ", " : "",
		 code, *message ? ": " : "", message);
}

static void
judge_none(struct outcome *o, const struct http_response *response)
{
	o->kind = OUTCOME_RETRY;
	o->fault =
		response->timed_out ? API_FAULT_TIMEOUT : API_FAULT_NO_RESPONSE;
	if (response->untrusted || response->proxy_auth)
		o->kind = OUTCOME_REFUSED;
	snprintf(o->what, sizeof(o->what), "%s",
		 *response->error ? response->error : "no response");
}

static bool
ends_with(struct slice text, const char *end)
{
	size_t len = strlen(end);

	return text.len >= len &&
	       !strncasecmp(text.at + text.len - len, end, len);
}

/* A page of sign-in, or "We'll be back soon", has come with status 200. */
static bool
may_be_html(const struct outcome_expected *expected)
{
	struct slice type = expected->type, name = expected->name;

	return (type.len >= 9 && !strncasecmp(type.at, "text/html", 9)) ||
	       ends_with(name, ".html") || ends_with(name, ".htm") ||
	       ends_with(name, ".xhtml");
}

static void
judge_body(struct outcome *o, const struct http_download *d,
	   const struct outcome_expected *expected)
{
	bool right_size = expected->size >= 0 && d->bytes == expected->size;

	if (!right_size && http_download_is_html(d) && !may_be_html(expected)) {
		o->kind = OUTCOME_RETRY;
		o->fault = API_FAULT_FOREIGN;
		snprintf(o->what, sizeof(o->what),
			 "an HTML page came instead of the file");
	} else if (expected->size >= 0 && !right_size) {
		o->kind = OUTCOME_WRONG;
		snprintf(o->what, sizeof(o->what),
			 "%" PRId64 " bytes came, and its Size is %" PRId64,
			 d->bytes, expected->size);
	} else {
		o->kind = OUTCOME_FILE;
	}
}

static void
judge_status(struct outcome *o, const struct http_response *response)
{
	int status = response->status;

	describe(o, response);
	o->kind = OUTCOME_REFUSED;
	if (status == 400 || status == 401 || status == 403 || status == 410) {
		o->kind = OUTCOME_NEW_LINK;
	} else if (status == 429 || status >= 500) {
		o->kind = OUTCOME_RETRY;
		o->fault = status == 429 ? API_FAULT_RATE_LIMITED
					 : API_FAULT_SERVER;
	}
}

void
outcome_judge(struct outcome *o, const struct http_download *d,
	      const struct outcome_expected *expected)
{
	*o = (struct outcome){ .fault = API_FAULT_NONE };
	if (d->why.kind) {
		o->kind = OUTCOME_STOP;
	} else if (d->too_large) {
		o->kind = OUTCOME_REFUSED;
		snprintf(o->what, sizeof(o->what),
			 "more than %" PRId64 " bytes (--most-megabytes)",
			 d->most_bytes);
	} else if (!d->response.status) {
		judge_none(o, &d->response);
	} else if (d->response.status == 200) {
		judge_body(o, d, expected);
	} else {
		judge_status(o, &d->response);
	}
}
