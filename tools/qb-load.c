/*
 * qb-load - put windows into PostgreSQL, each whole or not at all.
 *
 * In:   rows, seals, ends.  Out: a receipt for each window that is committed.
 * Promise: nothing is sent to the server before a window's seal is known to
 * hold; a stored row is replaced only by a newer one, and what is there
 * already is not written again; a receipt is printed only after the commit.
 */
#include <fcntl.h>

#include "diag.h"
#include "landing.h"

static const char *schema;
static const char *rejects;
static const char *run;
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
	.synopsis = "qb-load [--schema=NAME] [--rejects=FILE] [--dry-run] "
		    "[--run=ID] [--dsn=DSN] [--verbose]",
	.about = "Put windows into PostgreSQL, each whole or not at all.",
	.rows = rows,
	.count = LENGTH(rows),
	.also = &pg_options,
};

static bool
schema_is_right(struct failure *why)
{
	size_t len = strlen(schema);

	if (len && len <= STATEMENT_LONGEST_NAME)
		return true;
	return fail(why, FAILURE_USAGE,
		    "--schema takes a name of 1 to %d bytes, not %zu",
		    STATEMENT_LONGEST_NAME, len);
}

/* Rows of customers: for nobody else's eyes. */
static bool
open_rejects(struct landing *landing, struct failure *why)
{
	if (!rejects)
		return true;
	landing->rejects_fd =
		open(rejects, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	return landing->rejects_fd >= 0 || fail_errno(why, "open") ||
	       fail_in(why, "--rejects=%s", rejects);
}

static void
log_window(const struct landing *landing, const struct stream *in,
	   int64_t began_ms)
{
	const struct ledger_entry *entry = &landing->entry;

	diag_say("window %s entity=%s window=%" PRId64 "/%" PRId64
		 " rows=%" PRId64 " inserted=%" PRId64 " updated=%" PRId64
		 " unchanged=%" PRId64 " stale=%" PRId64 " rejected=%" PRId64
		 " ms=%" PRId64,
		 dry_run ? "tried" : "loaded", in->window.entity->name,
		 in->window.no, in->window.of, in->seal.rows, entry->inserted,
		 entry->updated, entry->unchanged, entry->stale,
		 entry->rejected, clock_tick_ms() - began_ms);
}

/* The window whose seal has just passed: load it, then say so. */
static bool
load_window(struct landing *landing, const struct stream *in,
	    struct lines_out *out, struct failure *why)
{
	char window[WINDOW_SPELLED];
	int64_t began_ms = clock_tick_ms();

	if (!landing_load(landing, in, why)) {
		window_spell(&in->window, window);
		return fail_in(why, "%s", window);
	}
	log_window(landing, in, began_ms);
	return ledger_write_receipt(&landing->entry, schema, &in->window,
				    in->now.value[MEMBER_WINDOW], &in->seal,
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
load_all(struct landing *landing, struct stream *in, struct lines_out *out,
	 struct failure *why)
{
	enum stream_got got;
	int64_t rejected = 0;

	while ((got = stream_next(in, why)) > STREAM_DONE) {
		if (got == STREAM_ROW && !landing_add(landing, in, why))
			return false;
		if (got == STREAM_SEAL && !load_window(landing, in, out, why))
			return false;
		if (got == STREAM_END &&
		    !envelope_copy(&in->now, &out->pending, why))
			return false;
		if (got == STREAM_SEAL)
			rejected += landing->entry.rejected;
	}
	if (got == STREAM_DONE && rejected)
		return tell_rejected(rejected, why);
	return got == STREAM_DONE;
}

int
main(int argc, char *argv[])
{
	struct failure why = { 0 };
	struct landing landing;
	struct lines_out out;
	struct stream in;
	struct run of;
	int used;

	diag_begin("qb-load");
	lines_out_init(&out, STDOUT_FILENO);
	stream_init(&in, STDIN_FILENO, &out);
	landing_init(&landing);
	landing.run = &of;
	if (options_read(argc, argv, &options, &used, &why) &&
	    options_no_operands(argc, argv, used, &why) &&
	    options_want_pipe(&options, &why) && schema_is_right(&why) &&
	    run_init(&of, run, NULL, &why) && open_rejects(&landing, &why) &&
	    pg_open(&landing.pg, &why)) {
		diag_verbose(verbose);
		landing.schema = schema;
		landing.dry_run = dry_run;
		load_all(&landing, &in, &out, &why);
		lines_finish(&out, &why);
	}
	landing_free(&landing);
	stream_free(&in);
	lines_out_free(&out);
	return diag_end(&why);
}
