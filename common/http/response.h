/*
 * http/response.h - an HTTP answer as it comes in, held to its bounds.
 *
 * An answer counts when it is whole: status 0 says that none came, and `error`
 * why, in words that bear nothing of headers or body.  Gzip that is cut,
 * corrupt or followed by something, more than 64 KiB of headers and a body
 * past its bounds are no answers.
 */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include "base/gzip.h"
#include "http/retry.h"

enum { HTTP_RESPONSE_TID = 96, HTTP_RESPONSE_ERROR = 256 };

struct http_response {
	bool done;
	int status;
	struct buf body;             /* inflated */
	int64_t advice_ms;           /* retry_advice_ms(); -1: no Retry-After */
	char tid[HTTP_RESPONSE_TID]; /* intuit_tid, printable; or "" */
	char error[HTTP_RESPONSE_ERROR]; /* printable; "" when an answer came */
	bool unsent;     /* nothing of the request had been sent */
	bool timed_out;  /* it was sent, and its time went by */
	bool too_large;  /* more than most_bytes */
	bool bad_gzip;   /* ask for it plain */
	bool distrusted; /* TLS: the other side cannot prove its name */
	bool barred;     /* a proxy wants a login first */
	int64_t took_ms;

	void *under_way; /* http's own, as is what follows */
	size_t most_bytes, raw_bytes, header_bytes;
	bool headers_ended, zipped;
	struct gzip_in gzip;
};

void http_response_init(struct http_response *a);
void http_response_free(struct http_response *a);

/* Empty it for another one, whose body may have `most_bytes` inflated. */
void http_response_begin(struct http_response *a, size_t most_bytes);

/* A whole header line, or the next bytes of the body.  False: stop here, and
 * `error` says why. */
bool http_response_header(struct http_response *a,
			  struct slice line) MUST_CHECK;
bool http_response_body(struct http_response *a, struct slice bytes) MUST_CHECK;

/* The last byte came: is it whole?  Then that is its status. */
void http_response_end(struct http_response *a, int status);

/* Why no answer came; the first reason stays. */
void http_response_fail(struct http_response *a, const char *error);

#endif
