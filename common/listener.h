/*
 * listener.h - waits on this machine for the one request with which a browser
 * brings the answer of Intuit's page.
 *
 * HTTP/1.1 on 127.0.0.1, GET, one path, heads of at most LISTENER_HEAD bytes,
 * LISTENER_GUESTS connections at a time, because browsers open some that they
 * never use.  Everything else gets an error and is gone.
 */
#ifndef LISTENER_H
#define LISTENER_H

#include "buf.h"

enum { LISTENER_HEAD = 16 * 1024, LISTENER_GUESTS = 8 };

struct listener_guest {
	int fd; /* -1: none */
	struct buf head;
};

struct listener {
	int fd;            /* -1: not open, or done */
	struct slice path; /* the caller's redirect's */
	struct listener_guest guests[LISTENER_GUESTS];
	size_t welcomed; /* so far */
	int asked;       /* the connection of the one request, or -1 */
};

/* Is `redirect` http://localhost[:PORT]/... or http://127.0.0.1[:PORT]/...? */
bool listener_can(const char *redirect);

/* FAILURE_USAGE: listener_can() it not; FAILURE_IO: the port is taken. */
bool listener_open(struct listener *l, const char *redirect,
		   struct failure *why) MUST_CHECK;
void listener_close(struct listener *l); /* may be called twice */

/* Wait for the request and append what stands behind its "?"; nobody else is
 * let in from then on.  FAILURE_LATER: none came within `most_ms`. */
bool listener_wait(struct listener *l, int64_t most_ms, struct buf *query,
		   struct failure *why) MUST_CHECK;

/* Tell the person at the browser how it went, in a page of our own words. */
void listener_answer(struct listener *l, bool good);

#endif
