/*
 * qb-check - prove that a range is in the table, or say what is missing.
 *
 * In:   nothing.  Out: for each entity what QuickBooks counts, what was
 * extracted, archived and loaded, what stands in the table, and the verdict.
 * Promise: the exit status is 0 only if all of that agrees; nothing is changed
 * anywhere.
 */
#include <fcntl.h>

#include "archive/verify.h"
#include "base/log.h"
#include "check/ledger_query.h"
#include "postgres/connect.h"
#include "quickbooks/client.h"
#include "quickbooks/query.h"
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
	  .help = "where the tables and the ledger are",
	  .text = &schema },
	{ .name = "archive",
	  .argument = "DIR",
	  .help = "read the archived files again, too",
	  .text = &archive },
	{ .name = "run",
	  .argument = "ID",
	  .help = "only what that run has loaded counts",
	  .text = &run },
	{ .name = "json",
	  .help = "one line of JSON an entity, instead of text",
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
	int folder; /* the archive's; -1: none */
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
 * Without --to, or with one in the future, the range ends where the last load
 * ended, that of any of the entities: now would never be loaded.
 */
static void
end_with_ledger(struct check *c)
{
	int64_t latest_us = INT64_MIN;

	for (size_t i = 0; i < c->count; i++) {
		const struct time_ranges *cover = &c->proofs[i].covered;
		int64_t end_us =
			cover->count ? cover->ranges[cover->count - 1].end_us
				     : INT64_MIN;

		if (end_us > latest_us)
			latest_us = end_us;
	}
	for (size_t i = 0; i < c->count; i++)
		if (latest_us > c->proofs[i].range.start_us &&
		    latest_us < c->proofs[i].range.end_us)
			c->proofs[i].range.end_us = latest_us;
}

static bool
ask_coverage(struct check *c, const struct range *span, struct failure *why)
{
	for (size_t i = 0; i < c->count; i++) {
		struct proof *p = &c->proofs[i];

		if (!ledger_query_coverage(&c->ledger, p->entity, p->by, run,
					   &p->covered, why))
			return false;
	}
	if (span->open || span->cut)
		end_with_ledger(c);
	return true;
}

static bool
begin_count(struct check *c, const struct proof *p, struct qbo_call *call,
	    struct failure *why)
{
	struct window window = { p->entity,       p->by, p->range.start_us,
				 p->range.end_us, 1,     1 };
	struct query query = { .window = &window, .count = true };

	call->entity = p->entity;
	call->count = true;
	if (!query_write(&query, &call->statement, why))
		return false;
	qbo_client_start(c->qbo, call);
	return true;
}

/* All entities at once; QuickBooks' limits are qbo's affair. */
static bool
ask_counts(struct check *c, struct qbo_call *calls, struct failure *why)
{
	for (size_t i = 0; i < c->count; i++)
		if (!begin_count(c, &c->proofs[i], &calls[i], why))
			return false;
	for (size_t i = 0; i < c->count; i++) {
		while (!calls[i].done)
			if (!qbo_client_run(c->qbo, -1, why))
				return false;
		if (calls[i].why.kind) {
			*why = calls[i].why;
			return fail_in(why, "%s", c->proofs[i].entity->name);
		}
		c->proofs[i].counted = calls[i].response.count;
	}
	return true;
}

static bool
ask_quickbooks(struct check *c, struct failure *why)
{
	struct qbo_call calls[RANGE_MOST_ENTITIES];

	for (size_t i = 0; i < c->count; i++)
		qbo_call_init(&calls[i]);
	bool done = ask_counts(c, calls, why);
	qbo_client_close(c->qbo); /* before the calls that it may still know */
	c->qbo = NULL;
	for (size_t i = 0; i < c->count; i++)
		qbo_call_free(&calls[i]);
	return done;
}

static bool
read_file(const struct check *c, struct proof *p,
	  const struct ledger_window *window, struct failure *why)
{
	struct archive_expected want = { c->ledger.realm, p->entity,
					 window->range, window->sha256,
					 window->totals.rows };
	struct archive_verdict found;

	if (!archive_verify(c->folder, window->file, &want, &found, why))
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

/* Go through the windows that, together, cover the range. */
static bool
ask_windows(const struct check *c, struct proof *p, bool archived,
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
		time_ranges_add(&p->kept, window.range);
		done = read_file(c, p, &window, why);
	}
out:
	free(chosen);
	ledger_windows_free(&windows);
	return done;
}

static bool
ask_rest(const struct check *c, struct proof *p, struct failure *why)
{
	if (!ask_windows(c, p, false, why) ||
	    (p->with_archive && !ask_windows(c, p, true, why)) ||
	    !ledger_query_row_counts(&c->ledger, p, why))
		return false;
	proof_conclude(p);
	return true;
}

static bool
write_proofs(const struct check *c, struct lines_out *out, struct failure *why)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct proof *p = &c->proofs[i];

		if (!(as_json ? proof_write_json(p, &out->pending, why)
			      : proof_write(p, &out->pending, why)) ||
		    !lines_push(out, why))
			return false;
	}
	return true;
}

/* The exit status: the worst of the verdicts, with what to do about it. */
static bool
conclude(const struct check *c, struct failure *why)
{
	size_t bad = 0, worst = 0, gaps = 0;

	for (size_t i = 0; i < c->count; i++) {
		const struct proof *p = &c->proofs[i];

		bad += p->verdict != FAILURE_NONE;
		gaps += !time_ranges_contain(&p->covered, p->range);
		if (!c->proofs[worst].verdict || p->verdict == FAILURE_DATA)
			worst = i;
	}
	if (!bad)
		return true;
	const struct proof *p = &c->proofs[worst];
	fail(why, p->verdict, "%zu of %zu entities are not proven: %s is %s",
	     bad, c->count, p->entity->name, proof_verdict(p));
	if (p->verdict == FAILURE_DATA)
		return fail_next(why, "look at what is marked WRONG; fetch "
				      "those windows again without "
				      "qb-pending");
	return gaps ? fail_next(why, "load what is missing: run the same "
				     "qb-backfill or pipeline again")
		    : fail_next(why, "fetch the range again without "
				     "qb-pending, which believes the ledger");
}

static bool
open_archive(struct check *c, struct failure *why)
{
	c->folder = -1;
	if (!archive)
		return true;
	c->folder = open(archive, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return c->folder >= 0 || fail(why, FAILURE_USAGE, "--archive=%s: %s",
				      archive, strerror(errno));
}

static bool
check_all(struct check *c, const struct range *span, struct lines_out *out,
	  struct failure *why)
{
	if (!open_archive(c, why))
		return false;
	c->qbo = qbo_client_open(why);
	if (!c->qbo || !pg_connect(&c->pg, why) ||
	    !ledger_query_open(&c->ledger, &c->pg, schema,
			       qbo_client_realm(c->qbo), why) ||
	    !ask_coverage(c, span, why) || !ask_quickbooks(c, why))
		return false;
	for (size_t i = 0; i < c->count; i++)
		if (!ask_rest(c, &c->proofs[i], why))
			return fail_in(why, "%s", c->proofs[i].entity->name);
	if (!write_proofs(c, out, why) || !lines_flush(out, why))
		return false;
	return conclude(c, why);
}

static void
end_check(struct check *c)
{
	qbo_client_close(c->qbo);
	pg_free(&c->pg);
	if (c->folder >= 0)
		close(c->folder);
	for (size_t i = 0; i < c->count; i++)
		proof_free(&c->proofs[i]);
}

int
main(int argc, char *argv[])
{
	static struct check check = { .folder = -1 };
	struct option_table qbo = request_options, pg = pg_options,
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
				 "where the last load did");
		begin_proofs(&check, &wanted, &span);
		check_all(&check, &span, &out, &why);
		lines_finish(&out, &why);
	}
	end_check(&check);
	lines_out_free(&out);
	return log_failure(&why);
}
