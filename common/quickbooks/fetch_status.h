/*
 * quickbooks/fetch_status.h - tells a program that watches how far qb-fetch is:
 * lines of JSON, appended to a file or pipe; qb-fetch(1), --status-file.
 */
#ifndef QUICKBOOKS_FETCH_STATUS_H
#define QUICKBOOKS_FETCH_STATUS_H

#include "quickbooks/fetch_queue.h"

struct fetch_status {
	int fd;          /* -1: nobody watches */
	int64_t next_ms; /* no line before that */
};

void fetch_status_init(struct fetch_status *s);

/* FAILURE_IO: it cannot be opened. */
bool fetch_status_open(struct fetch_status *s, const char *path,
		       struct failure *why) MUST_CHECK;

/* At most a few lines a second are written; with `now` always one, but none to
 * a pipe that is full.  Where that fails nobody is told any more, and the work
 * goes on. */
void fetch_status_tell(struct fetch_status *s,
		       const struct fetch_progress *progress,
		       const struct absent_entities *absent, bool now);

void fetch_status_close(struct fetch_status *s);

#endif
