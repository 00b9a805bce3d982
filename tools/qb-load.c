/*
 * qb-load - load windows into PostgreSQL, each completely or not at all.
 *
 * In:   rows, gone lines, seals, ends.  Out: a receipt per committed window.
 * Promise: nothing of a window is sent to the server before its seal has been
 * checked; a row is replaced only by a newer one, and an unchanged row is not
 * written again; a receipt is printed only after the commit.
 */
#include <fcntl.h>

#include "base/log.h"
#include "load/loader_threads.h"
#include "postgres/connect.h"

static const char *schema;
static const char *rejects;
static const char *run;
static int64_t jobs;
static bool history;
static bool dry_run;
static bool verbose;

static const struct option_row rows[] = {
	{ .name = "schema",
	  .argument = "NAME",
	  .preset = "raw",
	  .help = "schema of the landing tables, for one company",
	  .text = &schema },
	{ .name = "rejects",
	  .argument = "FILE",
	  .help = "append rows that jsonb cannot hold to FILE, load the "
		  "others",
	  .text = &rejects },
	{ .name = "jobs",
	  .argument = "N",
	  .preset = "1",
	  .help = "windows to load at the same time, one connection each",
	  .least = 1,
	  .most = LOADER_THREADS_MOST,
	  .integer = &jobs },
	{ .name = "history",
	  .help = "keep versions that are replaced or deleted, in this load "
		  "and "
		  "all later ones",
	  .on = &history },
	{ .name = "dry-run",
	  .help = "show what would change, change nothing",
	  .on = &dry_run },
	{ .name = "run",
	  .env = "QB_RUN_ID",
	  .argument = "ID",
	  .help = "name of this run, for rows without a stamp",
	  .text = &run },
	{ .name = "verbose",
	  .help = "log each window to standard error",
	  .on = &verbose },
};

static const struct option_table options = {
	.tool = "qb-load",
	.about = "Load windows into PostgreSQL, each completely or not at all.",
	.rows = rows,
	.count = LENGTH(rows),
	.also = &pg_options,
};

/* Readable by the owner alone: it will have data of customers. */
static bool
open_rejects(int *fd, struct failure *why)
{
	*fd = -1;
	if (!rejects)
		return true;
	*fd = open(rejects, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	return *fd >= 0 || fail_errno(why, "open") ||
	       fail_in(why, "--rejects=%s", rejects);
}

static void
set_options(struct loader_threads *threads, int rejects_fd)
{
	threads->count = (int)jobs; /* checked: at most LOADER_THREADS_MOST */
	for (int i = 0; i < threads->count; i++) {
		struct loader *l = &threads->loaders[i];

		l->schema = schema;
		l->upsert.dry_run = dry_run;
		l->upsert.history.wanted = history;
		l->upsert.rejects_fd = rejects_fd;
	}
}

static void
log_window(const struct batch_slot *slot)
{
	const struct batch *b = &slot->batch;
	const struct ledger_entry *entry = &b->entry;

	log_info("window %s entity=%s window=%" PRId64 "/%" PRId64
		 " rows=%" PRId64 " inserted=%" PRId64 " updated=%" PRId64
		 " unchanged=%" PRId64 " stale=%" PRId64 " rejected=%" PRId64
		 " deleted=%" PRId64 " ms=%" PRId64,
		 dry_run ? "tried" : "loaded", b->window.entity->name,
		 b->window.no, b->window.of, b->seal.rows, entry->inserted,
		 entry->updated, entry->unchanged, entry->stale,
		 entry->rejected, entry->deleted, slot->took_ms);
}

/* The receipt of a committed window, or an end. */
static bool
write_result(const struct batch_slot *slot, struct lines_out *out,
	     struct failure *why)
{
	const struct batch *b = &slot->batch;

	if (slot->is_end)
		return buf_add_slice(&out->pending, buf_slice(&slot->end_line),
				     why) &&
		       lines_flush(out, why);
	log_window(slot);
	return ledger_entry_write_receipt(&b->entry, schema, &b->window,
					  b->sealed.value[MEMBER_WINDOW],
					  &b->seal, dry_run, &out->pending,
					  why) &&
	       lines_flush(out, why);
}

/* The next step is not jq, since jq 1.6 stops at a lone surrogate escape, which
 * is what many of these rows have. */
static bool
fail_rejected(int64_t rejected, struct failure *why)
{
	if (dry_run) {
		fail(why, FAILURE_DATA,
		     "jsonb cannot hold %" PRId64 " rows; nothing was loaded "
		     "or put into %s",
		     rejected, rejects);
		return fail_next(why,
				 "load without --dry-run: these rows go to "
				 "%s, the others into the table",
				 rejects);
	}
	fail(why, FAILURE_DATA,
	     "%" PRId64 " rows that jsonb cannot hold were put into %s; all "
	     "others are loaded",
	     rejected, rejects);
	return fail_next(why,
			 "see their ids: "
			 "grep -o '\"row\":{[^}]*}' %s",
			 rejects);
}

static bool
load_all(struct loader_threads *threads, struct lines_out *out,
	 struct failure *why)
{
	struct batch_slot *slot;
	int64_t rejected = 0;

	if (!loader_threads_start(threads, why))
		return false;
	while ((slot = loader_threads_next(threads, why))) {
		struct failure unwritten = { 0 };

		if (!write_result(slot, out, &unwritten)) {
			*why = unwritten;
			return false;
		}
		rejected += slot->is_end ? 0 : slot->batch.entry.rejected;
		loader_threads_release(threads, slot);
	}
	if (!why->kind && rejected)
		return fail_rejected(rejected, why);
	return !why->kind;
}

int
main(int argc, char *argv[])
{
	struct failure why = { 0 };
	struct lines_out out;
	struct stream in;
	struct loader_threads threads;
	struct run_stamp of;
	int used, rejects_fd;

	log_begin("qb-load");
	lines_out_init(&out, STDOUT_FILENO);
	stream_init(&in, STDIN_FILENO, NULL);
	in.head.opaque = true; /* PostgreSQL reads payloads */
	loader_threads_init(&threads);
	threads.in = &in;
	threads.run = &of;
	if (options_read(argc, argv, &options, &used, &why) &&
	    options_no_operands(argc, argv, used, &why) &&
	    options_require_pipe(&options, &why) &&
	    sql_template_check_schema(schema, &why) &&
	    run_stamp_init(&of, run, NULL, &why) &&
	    open_rejects(&rejects_fd, &why)) {
		log_verbose(verbose);
		set_options(&threads, rejects_fd);
		load_all(&threads, &out, &why);
		lines_finish(&out, &why);
	}
	loader_threads_free(&threads);
	stream_free(&in);
	lines_out_free(&out);
	return log_failure(&why);
}
