/*
 * stream/tickets.h - a stream of tickets, read by the rules of qb-envelope(5):
 * only an end says that there are no more.
 */
#ifndef STREAM_TICKETS_H
#define STREAM_TICKETS_H

#include "stream/envelope.h"
#include "stream/lines.h"
#include "stream/window.h"

enum tickets_got {
	TICKETS_FAILED = -1,
	TICKETS_DONE = 0, /* the input ended after an end */
	TICKETS_ONE,
	TICKETS_END, /* and its number of windows is right */
};

struct tickets {
	struct lines_in in;
	int64_t line;         /* number of the line in `now`, from 1 */
	struct envelope now;  /* until the next call */
	struct window window; /* of the ticket in `now` */
	int64_t windows;      /* in this stream so far */
	bool ended;           /* the last envelope was an end */
};

void tickets_init(struct tickets *t, int fd, struct lines_out *flush_first);
void tickets_free(struct tickets *t);

/*
 * FAILURE_DATA: a line that is no ticket, an end whose total is wrong.
 * FAILURE_LATER: the stream is cut off.  Failures name the line.
 */
enum tickets_got tickets_next(struct tickets *t,
			      struct failure *why) MUST_CHECK;

#endif
