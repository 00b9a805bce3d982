/*
 * qb-stamp - write on each row when it was taken in, and by which run.
 *
 * In:   rows and seals.  Out: the same with a "stamp" member.
 * Promise: nothing else of an envelope changes, none is held back longer than
 * the wait for the next one, and no seal passes that its rows do not keep.
 */
#include "diag.h"
#include "options.h"
#include "run.h"
#include "stream.h"

static const char *run;
static const char *at;

static const struct option_row rows[] = {
	{ .name = "run",
	  .env = "QB_RUN_ID",
	  .argument = "ID",
	  .help = "name of this run, instead of one made of time and chance",
	  .text = &run },
	{ .name = "at",
	  .argument = "TIME",
	  .help = "stamp with TIME (RFC 3339) instead of now",
	  .text = &at },
};

static const struct option_table options = {
	.synopsis = "qb-stamp [--run=ID] [--at=TIME]",
	.about = "Write on each row when it was taken in, and by which run.",
	.rows = rows,
	.count = LENGTH(rows),
};

/* All rows of a window bear the moment in which its first one passed. */
static bool
write_stamp(struct buf *stamp, const struct run *of, struct failure *why)
{
	buf_clear(stamp);
	return run_write_stamp(of, stamp, why);
}

static bool
stamp_all(struct stream *in, struct lines_out *out, const struct run *of,
	  struct failure *why)
{
	enum stream_got got;
	struct buf stamp;
	bool done = false;

	buf_init(&stamp, RUN_LONGEST_STAMP);
	while ((got = stream_next(in, why)) > STREAM_DONE) {
		if (in->first && !write_stamp(&stamp, of, why))
			goto out;
		struct slice value = buf_slice(&stamp);
		if (got == STREAM_END ?
			    !envelope_copy(&in->now, &out->pending, why) :
			    !envelope_put(&in->now, MEMBER_STAMP, value,
					  &out->pending, why))
			goto out;
		if (!lines_push(out, why))
			goto out;
	}
	done = got == STREAM_DONE;
out:
	buf_free(&stamp);
	return done;
}

int
main(int argc, char *argv[])
{
	struct failure why = { 0 };
	struct lines_out out;
	struct stream in;
	struct run of;
	int used;

	diag_begin("qb-stamp");
	lines_out_init(&out, STDOUT_FILENO);
	stream_init(&in, STDIN_FILENO, &out);
	if (options_read(argc, argv, &options, &used, &why) &&
	    options_no_operands(argc, argv, used, &why) &&
	    options_want_pipe(&options, &why) &&
	    run_init(&of, run, at, &why)) {
		stamp_all(&in, &out, &of, &why);
		lines_finish(&out, &why);
	}
	stream_free(&in);
	lines_out_free(&out);
	return diag_end(&why);
}
