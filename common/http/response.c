#include "http/response.h"
#include "base/clock.h"

enum {
	MOST_HEADER_BYTES = 64 * 1024,
	CHUNK = 256 *
		1024, /* what 16 KiB of gzip usually inflate to, at once */
	/* QuickBooks' JSON is about 8:1, and a page of equal rows 100:1; looked
	 * at once there is enough of it to do harm. */
	MOST_RATIO = 200,
	RATIO_FROM = 4 * 1024 * 1024,
};

void
http_response_init(struct http_response *a)
{
	*a = (struct http_response){ .advice_ms = -1 };
	buf_init(&a->body, 0);
	gzip_in_init(&a->gzip);
}

void
http_response_free(struct http_response *a)
{
	buf_free(&a->body);
	gzip_in_free(&a->gzip);
}

void
http_response_begin(struct http_response *a, size_t most_bytes)
{
	struct buf body = a->body;
	struct gzip_in gzip = a->gzip;

	http_response_init(a);
	a->body = body;
	a->gzip = gzip;
	buf_clear(&a->body);
	gzip_in_clear(&a->gzip);
	a->most_bytes = most_bytes;
	a->body.most = most_bytes + CHUNK; /* it comes a chunk at a time */
}

void
http_response_fail(struct http_response *a, const char *error)
{
	a->status = 0;
	buf_free(&a->body);
	if (!a->error[0])
		slice_printable(slice_of(error), a->error, HTTP_RESPONSE_ERROR);
}

/* The same for `return`. */
static bool
stop(struct http_response *a, const char *error)
{
	http_response_fail(a, error);
	return false;
}

/* Is the line the header `name` ("Name:")?  Then its value, trimmed. */
static bool
header_is(struct slice line, const char *name, struct slice *value)
{
	size_t len = strlen(name);

	if (line.len < len || strncasecmp(line.at, name, len))
		return false;
	value->at = line.at + len;
	value->len = line.len - len;
	while (value->len && strchr(" \t", *value->at)) {
		value->at++;
		value->len--;
	}
	while (value->len && strchr(" \t\r\n", value->at[value->len - 1]))
		value->len--;
	return true;
}

static bool
take_encoding(struct http_response *a, struct slice value)
{
	char name[16];

	slice_printable(value, name, sizeof(name));
	if (!strcasecmp(name, "gzip") || !strcasecmp(name, "x-gzip")) {
		a->zipped = true;
		return true;
	}
	if (!*name || !strcasecmp(name, "identity"))
		return true;
	a->bad_gzip = true;
	return stop(a, "a Content-Encoding that was not asked for");
}

bool
http_response_header(struct http_response *a, struct slice line)
{
	struct slice value;

	a->header_bytes += line.len;
	if (a->header_bytes > MOST_HEADER_BYTES)
		return stop(a, "more than 64 KiB of headers");
	if (slice_begins(line, "HTTP/")) { /* after a 100, say */
		a->headers_ended = a->zipped = false;
		a->advice_ms = -1;
	} else if (slice_is(line, "\r\n") || slice_is(line, "\n")) {
		a->headers_ended = true;
	} else if (header_is(line, "Retry-After:", &value)) {
		a->advice_ms = retry_advice_ms(value, clock_now_us());
	} else if (header_is(line, "intuit_tid:", &value)) {
		slice_printable(value, a->tid, HTTP_RESPONSE_TID);
	} else if (header_is(line, "Content-Encoding:", &value)) {
		return take_encoding(a, value);
	}
	return true;
}

static bool
within_bounds(struct http_response *a)
{
	if (a->body.len > a->most_bytes) {
		a->too_large = true;
		return stop(a, "a body larger than the bound");
	}
	if (a->body.len > RATIO_FROM && a->body.len / MOST_RATIO > a->raw_bytes)
		return stop(a, "gzip that inflates 200 times");
	return true;
}

static bool
inflate(struct http_response *a, struct slice from)
{
	struct failure why;
	size_t wrote;

	do {
		/* there is room: within_bounds() left a chunk of it */
		char *room = buf_reserve(&a->body, CHUNK, &why);

		if (!room)
			BUG("a body past its bound");
		if (!gzip_inflate(&a->gzip, &from, room, CHUNK, &wrote, &why)) {
			a->bad_gzip = true;
			return stop(a, why.text);
		}
		buf_wrote(&a->body, wrote);
		if (!within_bounds(a))
			return false;
	} while (from.len || wrote == CHUNK);
	return true;
}

bool
http_response_body(struct http_response *a, struct slice bytes)
{
	struct failure why;

	a->raw_bytes += bytes.len;
	if (a->zipped)
		return inflate(a, bytes);
	if (buf_add_slice(&a->body, bytes, &why))
		return within_bounds(a);
	a->too_large = true;
	return stop(a, "a body larger than the bound");
}

void
http_response_end(struct http_response *a, int status)
{
	struct failure why;

	if (a->error[0])
		return;
	if (!a->headers_ended) { /* libcurl 7.88 takes that for an answer */
		http_response_fail(a, "the headers are cut off");
		return;
	}
	if (a->zipped && !gzip_in_end(&a->gzip, &why)) {
		a->bad_gzip = true;
		http_response_fail(a, why.text);
		return;
	}
	a->status = status;
}
