/*
 * qb-stamp - add the ingestion time and the run name to each row.
 *
 * In:   rows and seals.  Out: the same with a "stamp" member.
 * Promise: nothing else of an envelope changes, each one is written before the
 * tool waits for the next, and a seal passes only if its rows match it.  Only a
 * user's program (--jq) can change or drop rows; the seal then says so.
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
	  .help = "run name (default: generated)",
	  .text = &run },
	{ .name = "at",
	  .argument = "TIME",
	  .help = "ingestion time, RFC 3339 (default: now)",
	  .text = &at },
	{ .name = "jq",
	  .argument = "PROGRAM",
	  .help = "change or drop rows with a jq program",
	  .text = &program },
};

static const struct option_table options = {
	.tool = "qb-stamp",
	.about = "Add the ingestion time and the run name to each row.",
	.rows = rows,
	.count = LENGTH(rows),
};

/* All rows of a window get the time at which its first one passed. */
static bool
write_stamp(struct buf *stamp, const struct run_stamp *rs, struct failure *why)
{
	buf_clear(stamp);
	return run_stamp_write(rs, stamp, why);
}

static bool
write_stamped(const struct envelope *e, struct slice stamp,
	      struct lines_out *out, struct failure *why)
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
stamp_all(struct stream *in, struct lines_out *out, const struct run_stamp *rs,
	  struct jq_filter *filter, struct failure *why)
{
	enum stream_got got;
	struct buf stamp;
	bool done = false;

	buf_init(&stamp, RUN_STAMP_LONGEST_STAMP);
	while ((got = jq_filter_next(filter, in, why)) > STREAM_DONE) {
		if (in->first && !write_stamp(&stamp, rs, why))
			goto out;
		if (!write_stamped(&in->now, buf_slice(&stamp), out, why))
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
	struct jq_filter filter;
	struct lines_out out;
	struct stream in;
	struct run_stamp rs;
	int used;

	log_begin("qb-stamp");
	lines_out_init(&out, STDOUT_FILENO);
	stream_init(&in, STDIN_FILENO, &out);
	jq_filter_init(&filter);
	if (options_read(argc, argv, &options, &used, &why) &&
	    options_no_operands(argc, argv, used, &why) &&
	    options_require_pipe(&options, &why) &&
	    run_stamp_init(&rs, run, at, &why) &&
	    jq_filter_open(&filter, program, &why)) {
		stamp_all(&in, &out, &rs, &filter, &why);
		lines_finish(&out, &why);
	}
	jq_filter_close(&filter);
	stream_free(&in);
	lines_out_free(&out);
	return log_failure(&why);
}
