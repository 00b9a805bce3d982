#include "load/rejects.h"
#include "stream/lines.h"

static bool
write_lines(struct row_buffer *rb, struct lines_out *out, struct failure *why)
{
	enum spool_got got;
	struct buffered_row row;

	if (!row_buffer_rewind(rb, &row, why))
		return false;
	while ((got = row_buffer_next(rb, &row, why)) == SPOOL_RECORD)
		if (bitset_test(&rb->rejected, row.n) &&
		    (!buf_add_slice(&out->pending, row.line, why) ||
		     !buf_add(&out->pending, "\n", 1, why) ||
		     !lines_push(out, why)))
			return false;
	return got == SPOOL_END && lines_flush(out, why);
}

bool
rejects_write(struct row_buffer *rb, int fd, struct failure *why)
{
	struct lines_out out;
	bool done;

	lines_out_init(&out, fd);
	done = write_lines(rb, &out, why);
	/* a pipe or a terminal cannot be synced */
	if (done && fsync(fd) < 0 && errno != EINVAL && errno != EROFS)
		done = fail_errno(why, "fsync");
	if (!done)
		fail_in(why, "the file of --rejects");
	lines_out_free(&out);
	return done;
}
