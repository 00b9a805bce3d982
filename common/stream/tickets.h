/*
 * stream/tickets.h - reads a stream of tickets by the rules of qb-envelope(5):
 * it is complete only with its end line.
 */
#ifndef STREAM_TICKETS_H
#define STREAM_TICKETS_H

#include "stream/envelope.h"
#include "stream/lines.h"
#include "stream/window.h"

enum tickets_got {
	TICKETS_FAILED = -1,
	TICKETS_DONE = 0, /* the input ended after an end line */
	TICKETS_ONE,      /* by a time of the rows, or by change */
	TICKETS_END,      /* its number of windows is checked */
};

struct tickets {
	struct lines_in in;
	int64_t line;         /* number of the line in `now`, from 1 */
	struct envelope now;  /* until the next call */
	struct window window; /* of the ticket in `now` */
	int64_t windows;      /* in this stream so far */
	bool ended;           /* the last line was an end */
};

void tickets_init(struct tickets *t, int fd, struct lines_out *flush_first);
void tickets_free(struct tickets *t);

/*
 * FAILURE_DATA: a line that is not a ticket, an end with a wrong total.
 * FAILURE_LATER: the input ended before its end line.  Failures name the line.
 */
enum tickets_got tickets_next(struct tickets *t,
			      struct failure *why) MUST_CHECK;

#endif
