/*
 * http/response.h - an HTTP response as it arrives, checked against its limits.
 *
 * Only a complete response has a status: status 0 says that none came, and
 * `error` why, without quoting headers or body.  Truncated or corrupt gzip, or
 * gzip with bytes after it, more than 64 KiB of headers, and a body above its
 * limit are not responses.
 */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include "base/gzip.h"
#include "http/retry.h"
#include "http/url_host.h"

enum { HTTP_RESPONSE_TID = 96, HTTP_RESPONSE_ERROR = 256 };

struct http_response {
	bool done;
	int status;
	struct buf body;              /* inflated */
	int64_t retry_after_ms;       /* -1: no Retry-After */
	char tid[HTTP_RESPONSE_TID];  /* intuit_tid, printable; or "" */
	char location[HTTP_URL_HOST]; /* where a redirect points; or "" */
	struct buf redirect; /* the same as a whole URL, which may hold a
				secret */
	char error[HTTP_RESPONSE_ERROR]; /* printable; "": a response came */
	bool unsent;     /* nothing of the request had been sent */
	bool timed_out;  /* it was sent, and its time ran out */
	bool too_large;  /* more than most_bytes */
	bool bad_gzip;   /* request it without gzip */
	bool untrusted;  /* TLS: the certificate cannot be verified */
	bool proxy_auth; /* a proxy asks for a password */
	int64_t took_ms;

	void *transfer; /* client.c's; the rest is response.c's */
	size_t most_bytes, raw_bytes, header_bytes;
	bool headers_ended, gzipped;
	struct gzip_in gzip;
};

void http_response_init(struct http_response *r);
void http_response_free(struct http_response *r);

/* Clear it for the next one, whose body may have `most_bytes`, inflated. */
void http_response_begin(struct http_response *r, size_t most_bytes);

/* Take a whole header line, or the next bytes of the body.  False: end the
 * transfer; `error` says why. */
bool http_response_header(struct http_response *r,
			  struct slice line) MUST_CHECK;
bool http_response_body(struct http_response *r, struct slice bytes) MUST_CHECK;

/* The transfer ended: set the status if the response is complete. */
void http_response_end(struct http_response *r, int status);

/* Record why no response came; the first reason stays. */
void http_response_fail(struct http_response *r, const char *error);

#endif
