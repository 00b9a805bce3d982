/*
 * stream/lines.h - newline-ended records from one descriptor, and to another.
 *
 * Input may be gzip, seen from its first bytes.  Output is written when 64 KiB
 * are pending, and before a read that may block: full buffers without added
 * latency, and no timer.  A pipe that comes full is made larger, as far as the
 * kernel lets it.
 */
#ifndef STREAM_LINES_H
#define STREAM_LINES_H

#include "base/buf.h"
#include "base/gzip.h"

/* One row of QuickBooks may hold 10,000 lines of an invoice, some 8 MB. */
enum { LINES_LONGEST = 64 * 1024 * 1024 };

struct lines_out {
	int fd;
	struct buf
		pending; /* whole lines; callers append, lines_push() sends */
};

void lines_out_init(struct lines_out *out, int fd);
void lines_out_free(struct lines_out *out);

/* After appending a line: write if enough is pending.  FAILURE_IO names the
 * reason; a reader that went away is one. */
bool lines_push(struct lines_out *out, struct failure *why) MUST_CHECK;
/* What could not be written stays pending. */
bool lines_flush(struct lines_out *out, struct failure *why) MUST_CHECK;

/*
 * The last flush of a tool: what is whole goes on even when something failed
 * before, and that earlier failure stays the one that is told.
 */
void lines_finish(struct lines_out *out, struct failure *why);

struct lines_in {
	int fd;
	bool ended;
	bool wide;       /* the pipe was looked at */
	size_t taken;    /* bytes of `held` already handed out */
	size_t searched; /* of those after them, without a newline */
	struct buf held;
	struct lines_out *flush_first; /* flushed before a read; may be NULL */
	bool compressed;
	bool begun;
	struct gzip_in gzip;
	struct buf raw; /* compressed bytes not yet inflated */
	size_t raw_taken;
};

void lines_in_init(struct lines_in *in, int fd, struct lines_out *flush_first);
void lines_in_free(struct lines_in *in);

enum lines_got { LINES_FAILED = -1, LINES_END = 0, LINES_ONE = 1 };

/*
 * `line` excludes its newline and lives until the next call.  FAILURE_DATA: a
 * last line without a newline, a line past LINES_LONGEST, gzip that is corrupt
 * or cut off.  FAILURE_IO: the read failed.
 */
enum lines_got lines_next(struct lines_in *in, struct slice *line,
			  struct failure *why) MUST_CHECK;

/* Would lines_next() return without waiting for the other side to write?  The
 * first bytes of a line count as its whole: writers write whole lines. */
bool lines_ready(struct lines_in *in);

#endif
