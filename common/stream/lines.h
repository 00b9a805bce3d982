/*
 * stream/lines.h - reads and writes lines on file descriptors.
 *
 * Input may be gzip, which its first bytes show.  Output is written when 64 KiB
 * are pending, and before a read that may block: full buffers without a delay
 * or a timer.  A pipe that is full when it is read is enlarged, as far as the
 * kernel allows.
 */
#ifndef STREAM_LINES_H
#define STREAM_LINES_H

#include "base/buf.h"
#include "base/gzip.h"

/* An invoice of 10,000 lines has some 8 MB. */
enum { LINES_LONGEST = 64 * 1024 * 1024 };

struct lines_out {
	int fd;
	struct buf
		pending; /* whole lines; callers append, lines_push() sends */
};

void lines_out_init(struct lines_out *out, int fd);
void lines_out_free(struct lines_out *out);

/* Call after appending a line: writes if enough is pending.  FAILURE_IO names
 * the reason, such as a reader that has exited. */
bool lines_push(struct lines_out *out, struct failure *why) MUST_CHECK;
/* What could not be written stays pending. */
bool lines_flush(struct lines_out *out, struct failure *why) MUST_CHECK;

/*
 * The last flush of a tool: complete lines are written also after a failure,
 * and an earlier failure in `why` is kept.
 */
void lines_finish(struct lines_out *out, struct failure *why);

struct lines_in {
	int fd;
	bool ended;
	bool wide;       /* enlarging the pipe was tried */
	size_t taken;    /* bytes of `held` already returned */
	size_t searched; /* bytes after those, known to hold no newline */
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
 * `line` excludes its newline and is valid until the next call.  FAILURE_DATA:
 * a last line without a newline, a line longer than LINES_LONGEST, corrupt or
 * truncated gzip.  FAILURE_IO: the read failed.
 */
enum lines_got lines_next(struct lines_in *in, struct slice *line,
			  struct failure *why) MUST_CHECK;

/* The same, but the next call returns the line again. */
enum lines_got lines_peek(struct lines_in *in, struct slice *line,
			  struct failure *why) MUST_CHECK;

/* Would lines_next() return without waiting for input?  The first bytes of a
 * line count as the whole line, since writers write whole lines. */
bool lines_ready(struct lines_in *in);

#endif
