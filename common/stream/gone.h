/*
 * stream/gone.h - that QuickBooks has an object no more: the member "gone" of a
 * gone line; qb-envelope(5).
 */
#ifndef STREAM_GONE_H
#define STREAM_GONE_H

#include "base/buf.h"

/* How that is known. */
enum gone_by {
	GONE_BY_CDC,    /* QuickBooks' log of changes has it as deleted */
	GONE_BY_CENSUS, /* a query for its id found nothing */
	GONE_BY_WHOLE,  /* the entity was read whole, and it was not there */
};

struct gone {
	struct slice id; /* not empty, no NUL */
	struct slice at; /* QuickBooks' time in the response that said so */
	struct slice deleted; /* when it was deleted; `at` NULL: not known */
	enum gone_by by;

	/* both times; deleted_us is at_us where it is not known */
	int64_t at_us, deleted_us;
};

/*
 * Read the member; `room` holds an id with escapes, and slices live as long as
 * both.  FAILURE_DATA names the member that is missing or wrong: times have an
 * offset.
 */
bool gone_parse(struct gone *g, struct slice object, struct buf *room,
		struct failure *why) MUST_CHECK;

/*
 * Append the line {"qb":"gone","window":...,"gone":{...}} and a newline;
 * `window` is the window's object.  Of `g` the slices and `by` are used.
 */
bool gone_write(const struct gone *g, struct slice window, struct buf *to,
		struct failure *why) MUST_CHECK;

#endif
