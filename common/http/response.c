#include "http/response.h"
#include "base/clock.h"

enum {
	MOST_HEADER_BYTES = 64 * 1024,
	MOST_URL_BYTES = 64 * 1024,
	CHUNK = 256 *
		1024, /* what 16 KiB of gzip usually inflate to, at once */
	/* QuickBooks' JSON inflates about 8:1, a page of equal rows 100:1;
	 * checked once there is enough to do harm. */
	MOST_RATIO = 200,
	RATIO_FROM = 4 * 1024 * 1024,
};

void
http_response_init(struct http_response *r)
{
	*r = (struct http_response){ .retry_after_ms = -1 };
	buf_init(&r->body, 0);
	buf_init(&r->redirect, MOST_URL_BYTES);
	gzip_in_init(&r->gzip);
}

void
http_response_free(struct http_response *r)
{
	buf_free(&r->body);
	buf_free(&r->redirect);
	gzip_in_free(&r->gzip);
}

void
http_response_begin(struct http_response *r, size_t most_bytes)
{
	struct buf body = r->body;
	struct gzip_in gzip = r->gzip;

	buf_free(&r->redirect);
	http_response_init(r);
	r->body = body;
	r->gzip = gzip;
	buf_clear(&r->body);
	gzip_in_clear(&r->gzip);
	r->most_bytes = most_bytes;
	r->body.most = most_bytes + CHUNK; /* inflated in chunks */
}

void
http_response_fail(struct http_response *r, const char *error)
{
	r->status = 0;
	buf_free(&r->body);
	if (!r->error[0])
		slice_printable(slice_of(error), r->error, HTTP_RESPONSE_ERROR);
}

/* The same, for use with `return`. */
static bool
reject(struct http_response *r, const char *error)
{
	http_response_fail(r, error);
	return false;
}

/* Is this the header `name` ("Name:")?  `value` is trimmed. */
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
take_encoding(struct http_response *r, struct slice value)
{
	char name[16];

	slice_printable(value, name, sizeof(name));
	if (!strcasecmp(name, "gzip") || !strcasecmp(name, "x-gzip")) {
		r->gzipped = true;
		return true;
	}
	if (!*name || !strcasecmp(name, "identity"))
		return true;
	r->bad_gzip = true;
	return reject(r, "unexpected Content-Encoding");
}

bool
http_response_header(struct http_response *r, struct slice line)
{
	struct slice value;

	r->header_bytes += line.len;
	if (r->header_bytes > MOST_HEADER_BYTES)
		return reject(r, "more than 64 KiB of headers");
	if (slice_begins(line,
			 "HTTP/")) { /* of the next response after a 100 */
		r->headers_ended = r->gzipped = false;
		r->retry_after_ms = -1;
		r->location[0] = '\0';
	} else if (slice_is(line, "\r\n") || slice_is(line, "\n")) {
		r->headers_ended = true;
	} else if (header_is(line, "Retry-After:", &value)) {
		r->retry_after_ms = retry_after_ms(value, clock_now_us());
	} else if (header_is(line, "intuit_tid:", &value)) {
		slice_printable(value, r->tid, HTTP_RESPONSE_TID);
	} else if (header_is(line, "Location:", &value)) {
		http_url_target(value, r->location);
	} else if (header_is(line, "Content-Encoding:", &value)) {
		return take_encoding(r, value);
	}
	return true;
}

static bool
within_bounds(struct http_response *r)
{
	if (r->body.len > r->most_bytes) {
		r->too_large = true;
		return reject(r, "the body is too large");
	}
	if (r->body.len > RATIO_FROM && r->body.len / MOST_RATIO > r->raw_bytes)
		return reject(r, "gzip that inflates more than 200 times");
	return true;
}

static bool
inflate(struct http_response *r, struct slice from)
{
	struct failure why;
	size_t wrote;

	do {
		/* within_bounds() has left room for a chunk */
		char *room = buf_reserve(&r->body, CHUNK, &why);

		if (!room)
			BUG("a body above its limit");
		if (!gzip_inflate(&r->gzip, &from, room, CHUNK, &wrote, &why)) {
			r->bad_gzip = true;
			return reject(r, why.text);
		}
		buf_wrote(&r->body, wrote);
		if (!within_bounds(r))
			return false;
	} while (from.len || wrote == CHUNK);
	return true;
}

bool
http_response_body(struct http_response *r, struct slice bytes)
{
	struct failure why;

	r->raw_bytes += bytes.len;
	if (r->gzipped)
		return inflate(r, bytes);
	if (buf_add_slice(&r->body, bytes, &why))
		return within_bounds(r);
	r->too_large = true;
	return reject(r, "the body is too large");
}

void
http_response_end(struct http_response *r, int status)
{
	struct failure why;

	if (r->error[0])
		return;
	if (!r->headers_ended) { /* libcurl 7.88 accepts that */
		http_response_fail(r, "incomplete headers");
		return;
	}
	if (r->gzipped && !gzip_in_end(&r->gzip, &why)) {
		r->bad_gzip = true;
		http_response_fail(r, why.text);
		return;
	}
	r->status = status;
}
