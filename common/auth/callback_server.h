/*
 * auth/callback_server.h - waits on this machine for the one request with which
 * a browser brings the answer of Intuit's page.
 *
 * HTTP/1.1 on 127.0.0.1, GET, one path, heads of at most CALLBACK_SERVER_HEAD
 * bytes, CALLBACK_SERVER_CLIENTS connections at a time, because browsers open
 * some that they never use.  Everything else gets an error and is gone.
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
	int fd;            /* -1: not open, or done */
	struct slice path; /* the caller's redirect's */
	struct callback_client guests[CALLBACK_SERVER_CLIENTS];
	size_t welcomed; /* so far */
	int asked;       /* the connection of the one request, or -1 */
};

/* Is `redirect` http://localhost[:PORT]/... or http://127.0.0.1[:PORT]/...? */
bool callback_server_can_listen(const char *redirect);

/* FAILURE_USAGE: callback_server_can_listen() it not; FAILURE_IO: the port is
 * taken. */
bool callback_server_open(struct callback_server *l, const char *redirect,
			  struct failure *why) MUST_CHECK;
void callback_server_close(struct callback_server *l); /* may be called twice */

/* Wait for the request and append what stands behind its "?"; nobody else is
 * let in from then on.  FAILURE_LATER: none came within `most_ms`. */
bool callback_server_wait(struct callback_server *l, int64_t most_ms,
			  struct buf *query, struct failure *why) MUST_CHECK;

/* Tell the person at the browser how it went, in a page of our own words. */
void callback_server_respond(struct callback_server *l, bool good);

#endif
