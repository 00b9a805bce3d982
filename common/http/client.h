/*
 * http/client.h - many HTTP requests at once, each with a complete response.
 *
 * The wing http/ sends requests, and tells what a failed one means and whether
 * to retry it.  It knows no tokens and no queries; auth/ and quickbooks/
 * include it.  This file is the only one that includes libcurl.
 *
 * HTTP/1.1 with kept connections.  https is verified by the system's
 * certificates, or those of $SSL_CERT_FILE; plain http is for loopback hosts
 * only; redirects are not followed; a proxy comes from libcurl's usual
 * environment variables (never for plain http).
 *
 * A body shorter than its Content-Length, or without its last chunk, is not a
 * response.  Two things libcurl 7.88 does not notice: that a body without
 * Content-Length was cut, and that more follows than Content-Length says.  So
 * whoever parses a body must be able to tell that it is complete.
 */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include "base/options.h"
#include "http/response.h"
#include "http/url_escape.h"

struct http_client;

/* http_client_start() copies all of it. */
struct http_request {
	const char *url;
	const char *const *headers; /* "Name: value", NULL ends them */
	const char *user;           /* HTTP Basic, or NULL */
	const char *password;
	struct slice body;   /* POST, when its `at` is not NULL */
	bool no_gzip;        /* do not offer gzip */
	bool own_connection; /* do not reuse one: when a kept connection turns
				 out to be closed, libcurl sends the request
				 again by itself */
	size_t most_bytes;   /* of the response body, inflated */
	int64_t most_ms;     /* in all; connecting: 30 s */
	int64_t most_idle_s; /* without a byte, once connected; 0: most_ms */

	/* Takes the body of a response with status 200 piece by piece, instead
	 * of response->body, and so within no bound; false ends the transfer.
	 * `response` says whether it was all of it.  NULL: none does. */
	bool (*take)(void *into, struct slice bytes);
	void *into;
};

/* May a request go to this URL?  FAILURE_USAGE: it is neither https nor http to
 * 127.0.0.0/8, ::1 or localhost, or it holds a user name or a password.  The
 * message quotes the host at most. */
bool http_url_allowed(const char *url, struct failure *why) MUST_CHECK;

struct http_client *http_client_open(struct failure *why) MUST_CHECK;
void http_client_close(
	struct http_client *h); /* after its responses; NULL is fine */

/* FAILURE_USAGE as http_url_allowed().  `response` is cleared, and must not
 * move until it is done or cancelled. */
bool http_client_start(struct http_client *h,
		       const struct http_request *request,
		       struct http_response *response,
		       struct failure *why) MUST_CHECK;

/* End the request if it is in flight; call it before http_response_free(). */
void http_client_cancel(struct http_response *response);

/*
 * Send and receive until another response is done, `wait_ms` have passed, or
 * `wake_fd` (-1: none) is readable or at its end, which sets `*woken` (NULL is
 * fine).
 */
bool http_client_run(struct http_client *h, int64_t wait_ms, int wake_fd,
		     bool *woken, struct failure *why) MUST_CHECK;

/* Send and receive for `wait_ms`. */
bool http_client_wait(struct http_client *h, int64_t wait_ms,
		      struct failure *why) MUST_CHECK;

#endif
