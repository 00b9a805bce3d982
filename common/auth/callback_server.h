/*
 * auth/callback_server.h - a server on this machine that receives the one
 * request to which Intuit's page redirects the browser.
 *
 * HTTP/1.1 on 127.0.0.1, GET, one path, heads of at most CALLBACK_SERVER_HEAD
 * bytes, CALLBACK_SERVER_CLIENTS connections at a time, because browsers open
 * some that they never use.  Anything else gets an error response.
 */
#ifndef AUTH_CALLBACK_SERVER_H
#define AUTH_CALLBACK_SERVER_H

#include "base/buf.h"

enum { CALLBACK_SERVER_HEAD = 16 * 1024, CALLBACK_SERVER_CLIENTS = 8 };

struct callback_client {
	int fd; /* -1: none */
	struct buf head;
};

struct callback_server {
	int fd;            /* that listens; -1: not open, or done */
	struct slice path; /* of the redirect URL; the caller's */
	struct callback_client clients[CALLBACK_SERVER_CLIENTS];
	size_t accepted; /* connections so far */
	int redirect_fd; /* the connection that brought it, or -1 */
};

/* Is `redirect` http://localhost[:PORT]/... or http://127.0.0.1[:PORT]/...? */
bool callback_server_can_listen(const char *redirect);

/* FAILURE_USAGE: `redirect` is not such an address; FAILURE_IO: the port is in
 * use. */
bool callback_server_open(struct callback_server *s, const char *redirect,
			  struct failure *why) MUST_CHECK;
void callback_server_close(struct callback_server *s); /* may be called twice */

/* Wait for the request, append its query part, and stop listening.
 * FAILURE_LATER: none came within `most_ms`. */
bool callback_server_wait(struct callback_server *s, int64_t most_ms,
			  struct buf *query, struct failure *why) MUST_CHECK;

/* Tell the person at the browser that the login succeeded (no kind), or why
 * not, and what to do next. */
void callback_server_respond(struct callback_server *s,
			     const struct failure *failure);

#endif
