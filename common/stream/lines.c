#include <fcntl.h>
#include <poll.h>

#include "stream/lines.h"

enum {
	CHUNK = 64 * 1024,
	/* gains nearly as much as a megabyte (measured); the kernel allows a
	 * user 64 MB of pipes in all (pipe(7)) */
	PIPE_BYTES = 512 * 1024,
};

void
lines_out_init(struct lines_out *out, int fd)
{
	out->fd = fd;
	buf_init(&out->pending, LINES_LONGEST + 2 * CHUNK);
}

void
lines_out_free(struct lines_out *out)
{
	buf_free(&out->pending);
}

/* After an error: try again?  A process that shares the descriptor may have set
 * O_NONBLOCK. */
static bool
may_retry(int fd, short events)
{
	struct pollfd waited_for = { .fd = fd, .events = events };

	if (errno == EAGAIN)
		return poll(&waited_for, 1, -1) >= 0 || errno == EINTR;
	return errno == EINTR;
}

static bool
fail_reader_exited(struct failure *why)
{
	fail(why, FAILURE_IO, "write: the next command in the pipe exited");
	return fail_next(why, "see the message of that command");
}

/* What was written is removed also when the rest fails, so that a later flush
 * does not write it twice. */
bool
lines_flush(struct lines_out *out, struct failure *why)
{
	size_t done = 0;
	bool failed = false;

	while (done < out->pending.len && !failed) {
		ssize_t n = write(out->fd, out->pending.at + done,
				  out->pending.len - done);
		if (n >= 0)
			done += (size_t)n;
		else if (errno == EPIPE)
			failed = !fail_reader_exited(why);
		else if (!may_retry(out->fd, POLLOUT))
			failed = !fail_errno(why, "write");
	}
	if (done)
		buf_drop_front(&out->pending, done);
	return !failed;
}

bool
lines_push(struct lines_out *out, struct failure *why)
{
	return out->pending.len < CHUNK || lines_flush(out, why);
}

void
lines_finish(struct lines_out *out, struct failure *why)
{
	struct failure late = { 0 };

	if (!lines_flush(out, &late) && !why->kind)
		*why = late;
}

void
lines_in_init(struct lines_in *in, int fd, struct lines_out *flush_first)
{
	*in = (struct lines_in){ .fd = fd, .flush_first = flush_first };
	buf_init(&in->held, LINES_LONGEST + 2 * CHUNK);
	buf_init(&in->raw, 2 * CHUNK); /* begin() may bring one byte more */
	gzip_in_init(&in->gzip);
}

void
lines_in_free(struct lines_in *in)
{
	buf_free(&in->held);
	buf_free(&in->raw);
	gzip_in_free(&in->gzip);
}

/* The writer filled what is read at once: with a larger pipe neither side waits
 * for the other each time.  Does nothing to other files. */
static void
enlarge_pipe(struct lines_in *in)
{
	int bytes = in->wide ? -1 : fcntl(in->fd, F_GETPIPE_SZ);

	in->wide = true;
	if (bytes >= 0 && bytes < PIPE_BYTES)
		(void)!fcntl(in->fd, F_SETPIPE_SZ, PIPE_BYTES);
}

/* Append what one read(2) gives; `in->ended` at the end of the file. */
static bool
read_some(struct lines_in *in, struct buf *to, struct failure *why)
{
	char *room = buf_reserve(to, CHUNK, why);
	ssize_t n;

	if (!room)
		return false;
	if (in->flush_first && !lines_flush(in->flush_first, why))
		return false;
	do
		n = read(in->fd, room, CHUNK);
	while (n < 0 && may_retry(in->fd, POLLIN));
	if (n < 0)
		return fail_errno(why, "read");
	if (n == CHUNK)
		enlarge_pipe(in);
	in->ended = n == 0;
	buf_wrote(to, (size_t)n);
	return true;
}

static bool
inflate_some(struct lines_in *in, struct failure *why)
{
	struct slice left = { in->raw.at + in->raw_taken,
			      in->raw.len - in->raw_taken };
	char *room = buf_reserve(&in->held, CHUNK, why);
	size_t wrote;

	if (!room || !gzip_inflate(&in->gzip, &left, room, CHUNK, &wrote, why))
		return false;
	in->raw_taken = in->raw.len - left.len;
	buf_wrote(&in->held, wrote);
	if (wrote || left.len)
		return true;

	buf_clear(&in->raw);
	in->raw_taken = 0;
	return read_some(in, &in->raw, why) &&
	       (!in->ended || gzip_in_end(&in->gzip, why));
}

/* The first two bytes tell gzip from text; gzip bytes are moved to `raw`. */
static bool
begin(struct lines_in *in, struct failure *why)
{
	while (!in->ended && in->held.len < 2)
		if (!read_some(in, &in->held, why))
			return false;
	in->begun = true;
	in->compressed = gzip_begins(buf_slice(&in->held));
	if (!in->compressed)
		return true;
	if (!buf_add_slice(&in->raw, buf_slice(&in->held), why))
		return false;
	buf_clear(&in->held);
	return true;
}

static bool
too_long(struct failure *why)
{
	return fail(why, FAILURE_DATA, "a line longer than %d bytes",
		    LINES_LONGEST);
}

static bool
refill(struct lines_in *in, struct failure *why)
{
	if (!in->begun)
		return begin(in, why);
	if (in->taken)
		buf_drop_front(&in->held, in->taken);
	in->taken = 0;
	if (in->held.len > LINES_LONGEST)
		return too_long(why);
	return in->compressed ? inflate_some(in, why)
			      : read_some(in, &in->held, why);
}

/* The next complete line in `held`, if there is one. */
static bool
take_line(struct lines_in *in, struct slice *line)
{
	const char *start = in->held.at + in->taken;
	size_t left = in->held.len - in->taken;
	const char *newline =
		memchr(start + in->searched, '\n', left - in->searched);

	in->searched = left;
	if (!newline)
		return false;
	*line = (struct slice){ start, (size_t)(newline - start) };
	in->taken += line->len + 1;
	in->searched = 0;
	return true;
}

enum lines_got
lines_next(struct lines_in *in, struct slice *line, struct failure *why)
{
	for (;;) {
		if (in->begun && take_line(in, line))
			return line->len <= LINES_LONGEST || too_long(why)
				       ? LINES_ONE
				       : LINES_FAILED;
		if (in->begun && in->ended && in->taken == in->held.len)
			return LINES_END;
		if (in->begun && in->ended) {
			fail(why, FAILURE_DATA,
			     "the last line is incomplete: it has no newline");
			return LINES_FAILED;
		}
		if (!refill(in, why))
			return LINES_FAILED;
	}
}

enum lines_got
lines_peek(struct lines_in *in, struct slice *line, struct failure *why)
{
	enum lines_got got = lines_next(in, line, why);

	if (got == LINES_ONE)
		in->taken -= line->len + 1; /* it is still held */
	return got;
}

bool
lines_ready(struct lines_in *in)
{
	size_t left = in->held.len - in->taken;
	struct pollfd ready = { .fd = in->fd, .events = POLLIN };

	return in->ended || in->raw_taken < in->raw.len ||
	       (in->begun && memchr(in->held.at + in->taken, '\n', left)) ||
	       poll(&ready, 1, 0) != 0;
}
