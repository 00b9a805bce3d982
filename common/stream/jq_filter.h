/*
 * stream/jq_filter.h - a user's jq program between a stream and what goes on:
 * the one place where rows may change or go; qb-envelope(5).
 */
#ifndef STREAM_JQ_FILTER_H
#define STREAM_JQ_FILTER_H

#include "stream/jq_program.h"
#include "stream/stream.h"

struct jq_filter {
	const char *program; /* NULL: everything passes as it is */
	struct jq_program tree;
	struct seal_tally tally; /* of this window's rows as they are now */
	int64_t rows;            /* of this stream */
	struct buf value, line;  /* what is new, and the envelope with it */
};

void jq_filter_init(struct jq_filter *a);
/* `program` may be NULL.  FAILURE_USAGE when it does not compile. */
bool jq_filter_open(struct jq_filter *a, const char *program,
		    struct failure *why) MUST_CHECK;
void jq_filter_close(struct jq_filter *a); /* may be called twice */

/*
 * stream_next(), and then the program: a row's payload becomes what the program
 * makes of it, and stays byte for byte when that is equal; a row of which it
 * makes nothing is passed over.  A seal gets the member "jq": the programs so
 * far, and the totals of the rows as they are now; an end counts those.
 * FAILURE_DATA names the row's line and id, never its payload.
 */
enum stream_got jq_filter_next(struct jq_filter *a, struct stream *in,
			       struct failure *why) MUST_CHECK;

#endif
