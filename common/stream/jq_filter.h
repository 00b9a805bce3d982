/*
 * stream/jq_filter.h - applies a user's jq program to a stream, the only place
 * where rows may be changed or dropped; qb-envelope(5).
 */
#ifndef STREAM_JQ_FILTER_H
#define STREAM_JQ_FILTER_H

#include "stream/jq_program.h"
#include "stream/stream.h"

struct jq_filter {
	const char *program; /* NULL: everything passes unchanged */
	struct jq_program compiled;
	struct seal_tally tally; /* of this window's rows after the program */
	int64_t rows;            /* of this stream after the program */
	struct buf value, line;  /* the new member, and the line with it */
};

void jq_filter_init(struct jq_filter *f);
/* `program` may be NULL.  FAILURE_USAGE when it does not compile. */
bool jq_filter_open(struct jq_filter *f, const char *program,
		    struct failure *why) MUST_CHECK;
void jq_filter_close(struct jq_filter *f); /* may be called twice */

/*
 * stream_next(), and then the program: its result replaces the row's payload,
 * which stays byte for byte if the result is equal; a row without a result is
 * dropped.  A gone line, which has no payload, passes unchanged.  A seal gets
 * the member "jq" with all programs so far and the new totals, which the end
 * counts, too.  FAILURE_DATA names the row's line and id, never its payload.
 */
enum stream_got jq_filter_next(struct jq_filter *f, struct stream *in,
			       struct failure *why) MUST_CHECK;

#endif
