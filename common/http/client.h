/*
 * http/client.h - requests and whole answers, many at once.
 *
 * The door to libcurl.  HTTP/1.1 with kept connections; https is verified by
 * the system's certificates, or those of $SSL_CERT_FILE, plain http is for
 * loopback hosts only, redirects are not followed, a proxy comes from libcurl's
 * usual environment (never for plain http).
 *
 * Cut bodies and chunks, and a Content-Length that is not reached, are no
 * answers.  What libcurl 7.88 cannot see: where a body without Content-Length
 * ends, and what follows one whose Content-Length is too small.  Whoever reads
 * a body must know when it is whole.
 */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include "base/options.h"
#include "http/response.h"

struct http_client;

/* Everything is copied by http_client_start(). */
struct http_request {
	const char *url;
	const char *const *headers; /* "Name: value", NULL ends them */
	const char *user;           /* HTTP Basic, or NULL */
	const char *password;
	struct slice body; /* POST, when its `at` is not NULL */
	bool plain;        /* do not ask for gzip */
	bool once; /* a connection of its own: on a kept one that died libcurl
		      would send the request again by itself */
	size_t most_bytes; /* of the body that comes, inflated */
	int64_t most_ms;   /* until the answer is whole; connecting: 30 s */
};

/* FAILURE_USAGE: neither https nor http to 127.0.0.0/8, ::1 or localhost, or
 * with a name or password in it.  Quotes the host at most. */
bool http_url_allowed(const char *url, struct failure *why) MUST_CHECK;

struct http_client *http_client_open(struct failure *why) MUST_CHECK;
void
http_client_close(struct http_client *h); /* after its answers; NULL is fine */

/* FAILURE_USAGE as http_url_allowed().  `answer` must stay where it is until it
 * is done or dropped; what it held is cleared. */
bool http_client_start(struct http_client *h,
		       const struct http_request *request,
		       struct http_response *answer,
		       struct failure *why) MUST_CHECK;

/* End the request if it is under way; before http_response_free(). */
void http_client_cancel(struct http_response *answer);

/*
 * Send and receive until some answer is newly done, `wait_ms` have gone by, or
 * `wake_fd` (-1: none) has something to say, which `*woken` tells (NULL is
 * fine).
 */
bool http_client_run(struct http_client *h, int64_t wait_ms, int wake_fd,
		     bool *woken, struct failure *why) MUST_CHECK;

/* Append `text` so that it can stand in a URL's query or a form's value. */
bool http_url_escape(struct buf *to, struct slice text,
		     struct failure *why) MUST_CHECK;

#endif
