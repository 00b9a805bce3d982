/*
 * qb-archive - save each window to a file before passing it on.
 *
 * In:   rows and seals.  Out: the same, each seal with an "archive" member.
 * Promise: when a seal passes, the file of its window is complete, fsynced and
 * listed in SHA256SUMS.  No row changes, and each is written before the tool
 * waits for the next.  Payloads are checked by the seal's digest only.
 * A provisional window without rows has no file, and its seal no "archive".
 */
#include "archive/verify.h"
#include "base/log.h"
#include "base/options.h"

static int64_t level;

static const struct option_row rows[] = {
	{ .name = "level",
	  .argument = "N",
	  .preset = "6",
	  .help = "compression, 0 (none) to 9 (smallest)",
	  .least = 0,
	  .most = 9,
	  .integer = &level },
};

static const struct option_table options = {
	.tool = "qb-archive",
	.operands = "DIR",
	.about = "Save each window to a file before passing it on.",
	.rows = rows,
	.count = LENGTH(rows),
};

enum {
	LONGEST_SEAL = LINES_LONGEST + 1024, /* a line and a file name */
	LONGEST_END = 1024,
};

/* The line is archived as it was copied to `out`, with its newline. */
static bool
take_row(struct archive_writer *archive, const struct envelope *row,
	 struct buf *out, struct failure *why)
{
	size_t before = out->len;

	return envelope_copy(row, out, why) &&
	       archive_writer_add(
		       archive,
		       (struct slice){ out->at + before, out->len - before },
		       why);
}

static bool
put_file_name(const struct envelope *seal, const char *path, struct buf *to,
	      struct failure *why)
{
	char value[ARCHIVE_PATH + sizeof("{\"file\":\"\"}")];

	snprintf(value, sizeof(value), "{\"file\":\"%s\"}", path);
	return seal_put(seal, MEMBER_ARCHIVE, slice_of(value), to, why);
}

/*
 * A provisional window is read again with what comes next, so its file would
 * prove nothing that the next one does not; and a census that found nothing
 * gone has nothing to replay.  So a run with nothing new changes nothing here.
 */
static bool
needs_no_file(const struct stream *in)
{
	return (in->window.provisional || in->window.by == WINDOW_BY_CENSUS) &&
	       !in->seal.fetched;
}

/* A file that the seal names already is that of another archive. */
static bool
pass_seal(const struct envelope *seal, struct buf *out, struct failure *why)
{
	if (!seal->value[MEMBER_ARCHIVE].at)
		return envelope_copy(seal, out, why);
	return seal_put(seal, MEMBER_ARCHIVE, (struct slice){ NULL, 0 }, out,
			why);
}

/* Complete the file as a stream of one window; only then pass the seal on. */
static bool
keep_window(struct archive_writer *archive, const struct stream *in,
	    struct buf *out, struct failure *why)
{
	char path[ARCHIVE_PATH];
	struct buf seal, end;

	buf_init(&seal, LONGEST_SEAL);
	buf_init(&end, LONGEST_END);
	archive_path(&in->window, in->seal.realm, in->seal.sha256, path);
	bool kept = put_file_name(&in->now, path, &seal, why) &&
		    envelope_write_end(1, in->seal.rows, &end, why) &&
		    archive_writer_add(archive, buf_slice(&seal), why) &&
		    archive_writer_add(archive, buf_slice(&end), why) &&
		    archive_writer_commit(archive, path, why) &&
		    buf_add_slice(out, buf_slice(&seal), why);
	buf_free(&end);
	buf_free(&seal);
	return kept;
}

static bool
take(struct archive_writer *archive, const struct stream *in, struct buf *out,
     struct failure *why)
{
	if (in->now.kind == ENVELOPE_ROW || in->now.kind == ENVELOPE_GONE)
		return take_row(archive, &in->now, out, why);
	if (in->now.kind == ENVELOPE_END)
		return envelope_copy(&in->now, out, why);
	return needs_no_file(in) ? pass_seal(&in->now, out, why)
				 : keep_window(archive, in, out, why);
}

static bool
archive_all(struct stream *in, struct archive_writer *archive,
	    struct lines_out *out, struct failure *why)
{
	enum stream_got got;
	int64_t first = 0;

	while ((got = stream_next(in, why)) > STREAM_DONE) {
		if (in->first)
			first = in->line;
		if (!take(archive, in, &out->pending, why) ||
		    !lines_push(out, why))
			return false;
	}
	if (got == STREAM_FAILED)
		archive_explain(archive, in, first, why);
	return got == STREAM_DONE;
}

static bool
one_folder(int argc, char *argv[], int used, struct failure *why)
{
	if (argc == used)
		return fail(why, FAILURE_USAGE, "missing operand: DIR");
	return options_no_operands(argc, argv, used + 1, why);
}

int
main(int argc, char *argv[])
{
	struct failure why = { 0 };
	struct archive_writer archive;
	struct lines_out out;
	struct stream in;
	int used;

	log_begin("qb-archive");
	lines_out_init(&out, STDOUT_FILENO);
	stream_init(&in, STDIN_FILENO, &out);
	in.head.opaque = true; /* bytes are archived, not values */
	archive_writer_init(&archive);
	if (options_read(argc, argv, &options, &used, &why) &&
	    one_folder(argc, argv, used, &why) &&
	    options_require_pipe(&options, &why) &&
	    archive_writer_open(&archive, argv[used], (int)level, &why)) {
		archive_all(&in, &archive, &out, &why);
		lines_finish(&out, &why);
	}
	archive_writer_close(&archive);
	stream_free(&in);
	lines_out_free(&out);
	return log_failure(&why);
}
