/*
 * qb-attachments - fetch the files of attachments into a folder.
 *
 * In:   rows and seals; those of Attachable count.  Or, with --schema, the
 * table attachables.  Out: a line for each file.
 * Promise: a file in the folder is complete, has the size that QuickBooks says,
 * is on the disk and listed in SHA256SUMS; none is ever overwritten.  The same
 * command again fetches only what is missing.  The access token goes to
 * QuickBooks' API, and never to the storage of the files.
 */
#include "attachments/batches.h"
#include "attachments/wanted_stream.h"
#include "attachments/wanted_table.h"
#include "base/clock.h"
#include "base/log.h"
#include "postgres/connect.h"

static const char *schema;
static int64_t jobs;
static int64_t most_megabytes;
static bool any_size;
static bool verbose;

enum { MEGABYTE = 1000 * 1000, PROGRESS_MS = 1000 };

static const struct option_row rows[] = {
	{ .name = "schema",
	  .argument = "NAME",
	  .help = "those of the table attachables, instead of a stream",
	  .text = &schema },
	{ .name = "jobs",
	  .argument = "N",
	  .preset = "4",
	  .help = "how many files are fetched at the same time",
	  .least = 1,
	  .most = 32,
	  .integer = &jobs },
	{ .name = "most-megabytes",
	  .argument = "N",
	  .preset = "1000",
	  .help = "do not fetch a file that is larger",
	  .least = 1,
	  .most = 1000000,
	  .integer = &most_megabytes },
	{ .name = "any-size",
	  .help = "keep files of another size than QuickBooks says",
	  .on = &any_size },
	{ .name = "verbose",
	  .help = "log retries to standard error",
	  .on = &verbose },
};

static const struct option_table options = {
	.tool = "qb-attachments",
	.operands = "DIR",
	.about = "Fetch the files of attachments into a folder.",
	.rows = rows,
	.count = LENGTH(rows),
};

/* --- progress, for a person who looks ------------------------------------- */

static int64_t shown_ms;
static size_t wanted_count;

static void
show_progress(const struct downloads *d)
{
	int64_t now_ms = clock_monotonic_ms();

	if (now_ms - shown_ms < PROGRESS_MS)
		return;
	shown_ms = now_ms;
	fprintf(stderr,
		"\r\033[K%" PRId64 " of %zu files, %" PRId64
		" fetched (%" PRId64 " MB)\r",
		d->files, wanted_count, d->fetched, d->bytes / MEGABYTE);
}

/* --- what is wanted ------------------------------------------------------- */

static bool
read_stream(struct wanted *to, struct lines_out *out, const char *realm,
	    struct failure *why)
{
	struct stream in;

	stream_init(&in, STDIN_FILENO, out);
	bool done = wanted_read_stream(to, &in, realm, why);
	stream_free(&in);
	return done;
}

static bool
read_table(struct wanted *to, const char *realm, struct failure *why)
{
	struct ledger_query ledger;
	struct pg pg;

	pg_init(&pg, "qb-attachments");
	bool done = pg_connect(&pg, why) &&
		    ledger_query_open(&ledger, &pg, schema, realm, why) &&
		    wanted_read_table(to, &ledger, why);
	pg_free(&pg);
	return done;
}

/* --- all of them ---------------------------------------------------------- */

static bool
fetch(struct downloads *d, struct wanted *wanted, struct failure *why)
{
	wanted_sort(wanted);
	wanted_count = wanted->count;
	if (isatty(STDERR_FILENO))
		d->progress = show_progress;
	if (!downloads_open(d, why))
		return false;
	bool done = batches_run(d, wanted, why) && batches_conclude(d, why);
	downloads_close(d);
	if (shown_ms)
		fprintf(stderr, "\r\033[K");
	log_info("attachments fetched files=%" PRId64 " fetched=%" PRId64
		 " bytes=%" PRId64 " gone=%" PRId64 " notes=%" PRId64
		 " calls=%" PRId64,
		 d->files, d->fetched, d->bytes, d->gone, wanted->notes,
		 qbo_client_calls(d->qbo));
	return done;
}

/* Of a stream that is cut, what was sealed is fetched all the same. */
static bool
read_and_fetch(struct downloads *d, struct failure *why)
{
	const char *realm = qbo_client_realm(d->qbo);
	struct failure cut = { 0 };
	struct wanted wanted;
	bool done = false;

	wanted_init(&wanted);
	bool read = schema ? read_table(&wanted, realm, &cut)
			   : read_stream(&wanted, d->out, realm, &cut);
	if (read || (!schema && cut.kind != FAILURE_REFUSED))
		done = fetch(d, &wanted, why);
	if (read && !wanted.rows)
		log_warn("there are no attachments in the %s",
			 schema ? "table" : "input");
	if (why->kind && cut.kind)
		log_warn("%s", cut.text);
	else if (cut.kind)
		*why = cut;
	wanted_free(&wanted);
	return done && read;
}

static bool
read_folder(int argc, char *argv[], int used, const char **folder,
	    struct failure *why)
{
	if (used + 1 == argc && *argv[used]) {
		*folder = argv[used];
		return true;
	}
	fail(why, FAILURE_USAGE,
	     used < argc ? "one folder, not several" : "no folder to write to");
	return fail_next(why, "qb-attachments DIR");
}

int
main(int argc, char *argv[])
{
	static struct downloads downloads;
	struct option_table qbo = retry_options, pg = pg_options, all = options;
	struct failure why = { 0 };
	struct folder folder;
	struct lines_out out;
	const char *path;
	int used;

	log_begin("qb-attachments");
	all.also = &pg;
	pg.also = &qbo;
	lines_out_init(&out, STDOUT_FILENO);
	folder_init(&folder);
	if (options_read(argc, argv, &all, &used, &why) &&
	    read_folder(argc, argv, used, &path, &why) &&
	    (schema || options_require_pipe(&all, &why))) {
		log_verbose(verbose);
		downloads = (struct downloads){
			.out = &out,
			.folder = &folder,
			.jobs = jobs,
			.most_bytes = most_megabytes * MEGABYTE,
			.any_size = any_size,
		};
		downloads.qbo = qbo_client_open(&why);
		if (downloads.qbo && folder_open(&folder, path, &why))
			(void)!read_and_fetch(&downloads, &why);
		lines_finish(&out, &why);
		qbo_client_close(downloads.qbo);
	}
	folder_close(&folder);
	lines_out_free(&out);
	return log_failure(&why);
}
