/*
 * qb-load - put windows into PostgreSQL, each whole or not at all.
 *
 * In:   rows, seals, ends.  Out: a receipt for each window that is committed.
 * Promise: nothing is sent to the server before a window's seal is known to
 * hold; a stored row is replaced only by a newer one, and what is there
 * already is not written again; a receipt is printed only after the commit.
 */
#include <fcntl.h>

#include "base/log.h"
#include "load/workers.h"
#include "postgres/connect.h"

static const char *schema;
static const char *rejects;
static const char *run;
static int64_t jobs;
static bool dry_run;
static bool verbose;

static const struct option_row rows[] = {
	{ .name = "schema",
	  .argument = "NAME",
	  .preset = "raw",
	  .help = "schema of the landing tables, one company's",
	  .text = &schema },
	{ .name = "rejects",
	  .argument = "FILE",
	  .help = "append rows that jsonb cannot hold, and load the others",
	  .text = &rejects },
	{ .name = "jobs",
	  .argument = "N",
	  .preset = "1",
	  .help = "how many windows to load at the same time, each by a "
		  "connection of its own",
	  .least = 1,
	  .most = WORKERS_MOST_LOADERS,
	  .integer = &jobs },
	{ .name = "dry-run",
	  .help = "say what would be done; nothing that is written stays",
	  .on = &dry_run },
	{ .name = "run",
	  .env = "QB_RUN_ID",
	  .argument = "ID",
	  .help = "name of this run, for rows that bear no stamp",
	  .text = &run },
	{ .name = "verbose",
	  .help = "log each window on standard error",
	  .on = &verbose },
};

static const struct option_table options = {
	.tool = "qb-load",
	.about = "Put windows into PostgreSQL, each whole or not at all.",
	.rows = rows,
	.count = LENGTH(rows),
	.also = &pg_options,
};

/* Rows of customers: for nobody else's eyes. */
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
prepare(struct workers *crew, int rejects_fd)
{
	crew->count = (int)jobs; /* held to WORKERS_MOST_LOADERS */
	for (int i = 0; i < crew->count; i++) {
		struct loader *landing = &crew->landings[i];

		landing->schema = schema;
		landing->dry_run = dry_run;
		landing->rejects_fd = rejects_fd;
	}
}

static void
log_window(const struct worker_slot *slot)
{
	const struct batch *p = &slot->parcel;
	const struct ledger_entry *entry = &p->entry;

	log_info("window %s entity=%s window=%" PRId64 "/%" PRId64
		 " rows=%" PRId64 " inserted=%" PRId64 " updated=%" PRId64
		 " unchanged=%" PRId64 " stale=%" PRId64 " rejected=%" PRId64
		 " ms=%" PRId64,
		 dry_run ? "tried" : "loaded", p->window.entity->name,
		 p->window.no, p->window.of, p->seal.rows, entry->inserted,
		 entry->updated, entry->unchanged, entry->stale,
		 entry->rejected, slot->took_ms);
}

/* The receipt of a window that is committed, or the end. */
static bool
tell(const struct worker_slot *slot, struct lines_out *out, struct failure *why)
{
	const struct batch *p = &slot->parcel;

	if (slot->end)
		return buf_add_slice(&out->pending, buf_slice(&slot->line),
				     why) &&
		       lines_flush(out, why);
	log_window(slot);
	return ledger_write_receipt(&p->entry, schema, &p->window,
				    p->sealed.value[MEMBER_WINDOW], &p->seal,
				    dry_run, &out->pending, why) &&
	       lines_flush(out, why);
}

/* Everything else is loaded; these rows are for a person to look at.  Not with
 * jq: 1.6 stops at half a surrogate pair, which is why many of them are here.
 */
static bool
tell_rejected(int64_t rejected, struct failure *why)
{
	if (dry_run) {
		fail(why, FAILURE_DATA,
		     "%" PRId64 " rows are such that jsonb cannot hold them; "
		     "nothing was loaded or put into %s",
		     rejected, rejects);
		return fail_next(why,
				 "load without --dry-run: they go to %s, "
				 "all others are loaded",
				 rejects);
	}
	fail(why, FAILURE_DATA,
	     "%" PRId64 " rows that jsonb cannot hold were put into %s; all "
	     "others are loaded",
	     rejected, rejects);
	return fail_next(why,
			 "look at their ids: "
			 "grep -o '\"row\":{[^}]*}' %s",
			 rejects);
}

static bool
load_all(struct workers *crew, struct lines_out *out, struct failure *why)
{
	struct worker_slot *slot;
	int64_t rejected = 0;

	if (!workers_start(crew, why))
		return false;
	while ((slot = workers_next(crew, why))) {
		struct failure untold = { 0 };

		if (!tell(slot, out, &untold)) {
			*why = untold;
			return false;
		}
		rejected += slot->end ? 0 : slot->parcel.entry.rejected;
		workers_done(crew, slot);
	}
	if (!why->kind && rejected)
		return tell_rejected(rejected, why);
	return !why->kind;
}

int
main(int argc, char *argv[])
{
	struct failure why = { 0 };
	struct lines_out out;
	struct stream in;
	struct workers crew;
	struct run_stamp of;
	int used, rejects_fd;

	log_begin("qb-load");
	lines_out_init(&out, STDOUT_FILENO);
	stream_init(&in, STDIN_FILENO, NULL);
	in.head.opaque = true; /* PostgreSQL reads payloads */
	workers_init(&crew);
	crew.in = &in;
	crew.run = &of;
	if (options_read(argc, argv, &options, &used, &why) &&
	    options_no_operands(argc, argv, used, &why) &&
	    options_require_pipe(&options, &why) &&
	    sql_template_check_schema(schema, &why) &&
	    run_stamp_init(&of, run, NULL, &why) &&
	    open_rejects(&rejects_fd, &why)) {
		log_verbose(verbose);
		prepare(&crew, rejects_fd);
		load_all(&crew, &out, &why);
		lines_finish(&out, &why);
	}
	workers_free(&crew);
	stream_free(&in);
	lines_out_free(&out);
	return log_failure(&why);
}
