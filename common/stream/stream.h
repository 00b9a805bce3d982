/*
 * stream/stream.h - a stream of envelopes, read so that nothing can be missing
 *from it unnoticed; the rules of qb-envelope(5) for whoever reads rows.
 *
 *	stream := (window* end)+        window := row* seal
 *
 * End of file proves nothing: only an end does.
 */
#ifndef STREAM_STREAM_H
#define STREAM_STREAM_H

#include "stream/lines.h"
#include "stream/seal.h"
#include "stream/window.h"

enum stream_got {
	STREAM_FAILED = -1,
	STREAM_DONE = 0, /* the input ended after an end */
	STREAM_ROW,
	STREAM_SEAL, /* and it holds: every row of the window has passed */
	STREAM_END,  /* and its totals are right */
};

struct stream {
	struct lines_in in;
	struct envelope_prefix head; /* its `opaque` is the caller's */
	int64_t line;                /* number of the line in `now`, from 1 */

	struct envelope now;
	struct window window; /* of the row or seal in `now` */
	bool first;           /* `now` is the first row of its window */
	struct seal seal;     /* of the seal in `now` */

	/* sealed in this stream, and in all that were concatenated */
	int64_t windows, rows;
	int64_t all_windows, all_rows;

	struct seal_tally tally;
	struct buf stamp_text;  /* of the first row of the window, or empty */
	bool stamps_differ;     /* the rows of the window bear several */
	struct buf window_text; /* of the window that is open, or empty */
	bool ended;             /* the last envelope was an end */
};

/* `flush_first` is flushed before a read that may block; may be NULL. */
void stream_init(struct stream *s, int fd, struct lines_out *flush_first);
void stream_free(struct stream *s);

/*
 * The next row, seal or end; slices live until the next call.
 * FAILURE_DATA: a line that is no envelope, a ticket, rows of two windows
 * mixed, a seal that does not hold, stamps that are not the seal's, an end
 * whose totals are wrong. FAILURE_LATER: the stream is cut off; the text says
 * how many windows are safe.  Every failure names the line, and the window
 * where one is open.
 */
enum stream_got stream_next(struct stream *s, struct failure *why) MUST_CHECK;

#endif
