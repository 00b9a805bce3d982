/*
 * stream/stream.h - reads a stream of rows and checks it by the rules of
 * qb-envelope(5), so that missing or changed rows are detected.
 *
 *	stream := (window* end)+        window := (row | gone)* seal
 *
 * The wing stream/ reads and writes what the tools send to each other: lines on
 * a pipe, each an envelope (a ticket, row, gone, seal, end or receipt), and
 *what is in them: entities and windows.  It includes base/ and json/; archive/,
 * quickbooks/, load/ and check/ include it.  Only jq_program.c includes libjq.
 *
 * End of file proves nothing: only an end line does.
 */
#ifndef STREAM_STREAM_H
#define STREAM_STREAM_H

#include "stream/lines.h"
#include "stream/seal.h"
#include "stream/window.h"

enum stream_got {
	STREAM_FAILED = -1,
	STREAM_DONE = 0, /* the input ended after an end line */
	STREAM_ROW,
	STREAM_GONE, /* an object that QuickBooks has no more */
	STREAM_SEAL, /* checked: every row and gone line of it was returned */
	STREAM_END,  /* its totals are checked */
};

struct stream {
	struct lines_in in;
	struct envelope_prefix head; /* the caller may set its `opaque` */
	int64_t line;                /* number of the line in `now`, from 1 */

	struct envelope now;
	struct window window; /* of the row, gone line or seal in `now` */
	bool first;           /* `now` is the first line of its window */
	struct seal seal;     /* of the seal in `now` */

	/* sealed in this stream, and in all concatenated streams so far */
	int64_t windows, rows;
	int64_t all_windows, all_rows;

	struct seal_tally tally;
	struct buf stamp_text;  /* of the first row of the window, or empty */
	bool stamps_differ;     /* the rows of the window have several */
	struct buf window_text; /* of the open window, or empty */
	bool ended;             /* the last line was an end */
};

/* `flush_first` is flushed before a read that may block; may be NULL. */
void stream_init(struct stream *s, int fd, struct lines_out *flush_first);
void stream_free(struct stream *s);

/*
 * The next row, gone line, seal or end; slices are valid until the next call.
 * FAILURE_DATA: a line that is not an envelope, or a ticket or receipt, mixed
 * windows, a seal that does not match its rows, stamps that differ from the
 * seal's, an end with wrong totals.  FAILURE_LATER: the input ended before its
 * end line; the text says how many windows are complete.  Every failure names
 * the line, and the open window.
 */
enum stream_got stream_next(struct stream *s, struct failure *why) MUST_CHECK;

#endif
