/*
 * qb-check - prove that a range is in the table, or say what is missing.
 *
 * In:   nothing.  Out: for each entity how many rows QuickBooks has, how many
 * were read, archived and loaded, how many the table has, and the verdict.
 * Promise: the exit status is 0 only if all of that agrees; nothing is changed
 * anywhere.  Two calls to QuickBooks per entity: it counts the rows of the
 * range, and all rows that it has; and where some lie outside of the range, a
 * third one for those after its end (for the text, not for --json).  Only the
 * first of them is needed for the verdict.
 */
#include <fcntl.h>

#include "archive/verify.h"
#include "base/clock.h"
#include "base/log.h"
#include "check/advice.h"
#include "check/ledger_query.h"
#include "postgres/connect.h"
#include "quickbooks/row_counts.h"
#include "stream/lines.h"
#include "stream/range.h"

static const char *schema;
static const char *archive;
static const char *run;
static bool as_json;

static const struct option_row rows[] = {
	{ .name = "schema",
	  .argument = "NAME",
	  .preset = "raw",
	  .help = "schema of the tables and of the load log",
	  .text = &schema },
	{ .name = "archive",
	  .argument = "DIR",
	  .help = "also read the archived files and check them",
	  .text = &archive },
	{ .name = "run",
	  .argument = "ID",
	  .help = "count only what this run loaded",
	  .text = &run },
	{ .name = "json",
	  .help = "print one line of JSON per entity instead of text",
	  .on = &as_json },
};

static const struct option_table options = {
	.tool = "qb-check",
	.operands = "ENTITY...",
	.about = "Prove that a range is in the table, or say what is missing.",
	.rows = rows,
	.count = LENGTH(rows),
};

struct check {
	struct qbo_client *qbo;
	struct pg pg;
	struct ledger_query ledger;
	int archive_fd; /* its folder; -1: none */
	struct proof proofs[RANGE_MOST_ENTITIES];
	size_t count;
};

static void
begin_proofs(struct check *c, const struct range_entities *wanted,
	     const struct range *span)
{
	for (c->count = 0; c->count < wanted->count; c->count++) {
		struct proof *p = &c->proofs[c->count];

		proof_init(p);
		p->entity = wanted->entity[c->count];
		p->by = span->by;
		p->range.start_us = span->start_us;
		p->range.end_us = span->end_us;
		p->with_archive = archive;
	}
}

/*
 * Without --to, or with one in the future, the range ends where the entity's
 * last load ended: what came later cannot have been loaded.
 */
static void
end_with_last_load(struct proof *p)
{
	const struct time_ranges *covered = &p->covered;

	if (!covered->count)
		return;
	int64_t end_us = covered->ranges[covered->count - 1].end_us;
	if (end_us > p->range.start_us && end_us < p->range.end_us)
		p->range.end_us = end_us;
}

static bool
read_coverage(struct check *c, const struct range *span, struct failure *why)
{
	for (size_t i = 0; i < c->count; i++) {
		struct proof *p = &c->proofs[i];

		if (!ledger_query_coverage(&c->ledger, p->entity, p->by, run,
					   &p->covered, why))
			return false;
		if (span->open || span->cut)
			end_with_last_load(p);
	}
	return true;
}

static bool
ask_quickbooks(struct check *c, struct failure *why)
{
	static struct row_counts counts[RANGE_MOST_ENTITIES];

	for (size_t i = 0; i < c->count; i++) {
		const struct proof *p = &c->proofs[i];

		counts[i].entity = p->entity;
		counts[i].by = p->by;
		counts[i].range = p->range;
		counts[i].want_after = !as_json;
	}
	if (!row_counts_read(counts, c->count, c->qbo, why))
		return false;
	for (size_t i = 0; i < c->count; i++) {
		struct proof *p = &c->proofs[i];

		p->counted = counts[i].in_range;
		p->counted_total = counts[i].total;
		p->counted_after = counts[i].after;
	}
	return true;
}

static bool
check_file(const struct check *c, struct proof *p,
	   const struct ledger_window *window, struct failure *why)
{
	struct archive_expected want = { c->ledger.realm, p->entity,
					 window->range, window->sha256,
					 window->totals.rows };
	struct archive_verdict found;

	if (!archive_verify(c->archive_fd, window->file, &want, &found, why))
		return fail_in(why, "%s", archive);
	if (found.verdict.kind) {
		proof_add_finding(p, found.verdict.kind, "%s: %s", window->file,
				  found.verdict.text);
		return true;
	}
	p->files++;
	p->file_rows += found.rows;
	p->altered += found.altered;
	return true;
}

/* Go through the windows that together cover the range. */
static bool
check_windows(const struct check *c, struct proof *p, bool archived,
	      struct failure *why)
{
	struct ledger_windows windows;
	size_t *chosen = NULL;
	bool done = ledger_windows_read(&c->ledger, p, run, archived, &windows,
					why);

	if (!done)
		goto out;
	chosen = base_realloc(NULL, (windows.count + 1) * sizeof(*chosen));
	size_t count = time_ranges_choose(windows.ranges, windows.count,
					  p->range, chosen);
	for (size_t i = 0; i < count && done; i++) {
		struct ledger_window window;

		ledger_window_at(&windows, chosen[i], &window);
		if (!archived) {
			proof_add_window(p, &window.totals, window.range);
			continue;
		}
		time_ranges_add(&p->archived, window.range);
		done = !*window.file || check_file(c, p, &window, why);
	}
out:
	free(chosen);
	ledger_windows_free(&windows);
	return done;
}

static bool
check_entity(const struct check *c, struct proof *p, struct failure *why)
{
	if (!check_windows(c, p, false, why) ||
	    (p->with_archive && !check_windows(c, p, true, why)) ||
	    !ledger_query_row_counts(&c->ledger, p, why))
		return false;
	proof_conclude(p);
	return true;
}

static bool
write_proofs(const struct check *c, struct lines_out *out, struct failure *why)
{
	size_t good = 0;

	for (size_t i = 0; i < c->count; i++) {
		const struct proof *p = &c->proofs[i];

		good += !p->verdict;
		if (!(as_json ? proof_write_json(p, &out->pending, why)
			      : proof_write(p, &out->pending, why)) ||
		    !lines_push(out, why))
			return false;
	}
	return as_json || good < c->count || c->count == 1 ||
	       buf_printf(&out->pending, why, "%zu of %zu entities ok\n", good,
			  c->count);
}

static bool
open_archive(struct check *c, struct failure *why)
{
	c->archive_fd = -1;
	if (!archive)
		return true;
	c->archive_fd = open(archive, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return c->archive_fd >= 0 ||
	       fail(why, FAILURE_USAGE, "--archive=%s: %s", archive,
		    strerror(errno));
}

static bool
check_all(struct check *c, const struct range *span, struct lines_out *out,
	  struct failure *why)
{
	const struct advice_options typed = { span, schema, archive, run };

	if (!open_archive(c, why))
		return false;
	c->qbo = qbo_client_open(why);
	if (!c->qbo || !pg_connect(&c->pg, why) ||
	    !ledger_query_open(&c->ledger, &c->pg, schema,
			       qbo_client_realm(c->qbo), why) ||
	    !read_coverage(c, span, why) || !ask_quickbooks(c, why))
		return false;
	for (size_t i = 0; i < c->count; i++)
		if (!check_entity(c, &c->proofs[i], why))
			return fail_in(why, "%s", c->proofs[i].entity->name);
	if (!write_proofs(c, out, why) || !lines_flush(out, why))
		return false;
	return advice_conclude(c->proofs, c->count, &typed, why);
}

static void
end_check(struct check *c)
{
	qbo_client_close(c->qbo);
	pg_free(&c->pg);
	if (c->archive_fd >= 0)
		close(c->archive_fd);
	for (size_t i = 0; i < c->count; i++)
		proof_free(&c->proofs[i]);
}

int
main(int argc, char *argv[])
{
	static struct check check = { .archive_fd = -1 };
	struct option_table qbo = retry_options, pg = pg_options,
			    range = range_options, all = options;
	struct failure why = { 0 };
	struct range_entities wanted;
	struct lines_out out;
	struct range span;
	int used;

	log_begin("qb-check");
	all.also = &range;
	range.also = &pg;
	pg.also = &qbo;
	lines_out_init(&out, STDOUT_FILENO);
	pg_init(&check.pg, "qb-check");
	if (options_read(argc, argv, &all, &used, &why) &&
	    range_read(&span, clock_now_us(), &why) &&
	    range_require_entities(&span, argv + used, &wanted, &why)) {
		if (span.cut)
			log_warn("--to lies in the future: the range ends "
				 "where the last load ended");
		begin_proofs(&check, &wanted, &span);
		check_all(&check, &span, &out, &why);
		lines_finish(&out, &why);
	}
	end_check(&check);
	lines_out_free(&out);
	return log_failure(&why);
}
