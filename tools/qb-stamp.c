/*
 * qb-stamp - write on each row when it was taken in, and by which run.
 *
 * In:   rows and seals.  Out: the same with a "stamp" member.
 * Promise: nothing else of an envelope changes, none is held back longer than
 * the wait for the next one, and no seal passes that its rows do not keep.
 * Only a user's own program (--jq) may change or drop rows; the seal says so.
 */
#include "base/log.h"
#include "base/options.h"
#include "stream/jq_filter.h"
#include "stream/run_stamp.h"
#include "stream/stream.h"

static const char *run;
static const char *at;
static const char *program;

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
	{ .name = "jq",
	  .argument = "PROGRAM",
	  .help = "a jq program that changes or drops rows",
	  .text = &program },
};

static const struct option_table options = {
	.tool = "qb-stamp",
	.about = "Write on each row when it was taken in, and by which run.",
	.rows = rows,
	.count = LENGTH(rows),
};

/* All rows of a window bear the moment in which its first one passed. */
static bool
write_stamp(struct buf *stamp, const struct run_stamp *of, struct failure *why)
{
	buf_clear(stamp);
	return run_stamp_write(of, stamp, why);
}

static bool
pass_on(const struct envelope *e, struct slice stamp, struct lines_out *out,
	struct failure *why)
{
	struct buf *to = &out->pending;
	bool added = false;

	if (e->kind == ENVELOPE_END)
		added = envelope_copy(e, to, why);
	else if (e->kind == ENVELOPE_SEAL)
		added = seal_put(e, MEMBER_STAMP, stamp, to, why);
	else
		added = envelope_put(e, MEMBER_STAMP, stamp, to, why);
	return added && lines_push(out, why);
}

static bool
stamp_all(struct stream *in, struct lines_out *out, const struct run_stamp *of,
	  struct jq_filter *alter, struct failure *why)
{
	enum stream_got got;
	struct buf stamp;
	bool done = false;

	buf_init(&stamp, RUN_STAMP_LONGEST_STAMP);
	while ((got = jq_filter_next(alter, in, why)) > STREAM_DONE) {
		if (in->first && !write_stamp(&stamp, of, why))
			goto out;
		if (!pass_on(&in->now, buf_slice(&stamp), out, why))
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
	struct jq_filter alter;
	struct lines_out out;
	struct stream in;
	struct run_stamp of;
	int used;

	log_begin("qb-stamp");
	lines_out_init(&out, STDOUT_FILENO);
	stream_init(&in, STDIN_FILENO, &out);
	jq_filter_init(&alter);
	if (options_read(argc, argv, &options, &used, &why) &&
	    options_no_operands(argc, argv, used, &why) &&
	    options_require_pipe(&options, &why) &&
	    run_stamp_init(&of, run, at, &why) &&
	    jq_filter_open(&alter, program, &why)) {
		stamp_all(&in, &out, &of, &alter, &why);
		lines_finish(&out, &why);
	}
	jq_filter_close(&alter);
	stream_free(&in);
	lines_out_free(&out);
	return log_failure(&why);
}
