/*
 * alter.h - a user's jq program between a stream and what goes on: the one
 * place where rows may change or go; qb-envelope(5).
 */
#ifndef ALTER_H
#define ALTER_H

#include "stream.h"
#include "tree.h"

struct alter {
	const char *program; /* NULL: everything passes as it is */
	struct tree tree;
	struct seal_tally tally; /* of this window's rows as they are now */
	int64_t rows;            /* of this stream */
	struct buf value, line;  /* what is new, and the envelope with it */
};

void alter_init(struct alter *a);
/* `program` may be NULL.  FAILURE_USAGE when it does not compile. */
bool alter_open(struct alter *a, const char *program,
		struct failure *why) MUST_CHECK;
void alter_close(struct alter *a); /* may be called twice */

/*
 * stream_next(), and then the program: a row's payload becomes what the program
 * makes of it, and stays byte for byte when that is equal; a row of which it
 * makes nothing is passed over.  A seal gets the member "jq": the programs so
 * far, and the totals of the rows as they are now; an end counts those.
 * FAILURE_DATA names the row's line and id, never its payload.
 */
enum stream_got alter_next(struct alter *a, struct stream *in,
			   struct failure *why) MUST_CHECK;

#endif
