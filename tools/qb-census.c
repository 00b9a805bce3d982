/*
 * qb-census - find the rows of a table that QuickBooks has no more.
 *
 * In:   tickets by created.  Out: for each run of tickets that touch, a gone
 * line for each row that was deleted at QuickBooks, a seal, and an end.
 * Promise: nothing is said to be gone unless the load log says that all that
 * was created in the range was loaded, and QuickBooks, asked for the row by its
 * id, did not have it.  Where nothing was deleted it is one call per entity.
 * Nothing is changed in the database.
 */
#include "audit/census.h"
#include "audit/census_advice.h"
#include "audit/census_coverage.h"
#include "audit/live_rows.h"
#include "base/log.h"
#include "postgres/connect.h"
#include "quickbooks/window_end.h"
#include "stream/tickets.h"

static const char *schema;
static int64_t settle_ms;
static bool thorough;
static bool verbose;

enum { MOST_WINDOW_BYTES = 1024 };

static const struct option_row rows[] = {
	{ .name = "schema",
	  .argument = "NAME",
	  .preset = "raw",
	  .help = "schema of the tables and of the load log",
	  .text = &schema },
	{ .name = "settle",
	  .argument = "TIME",
	  .preset = "15m",
	  .help = "what was read less than this after its time is not counted",
	  .least = 0,
	  .most = INT64_C(30) * 24 * 3600 * 1000,
	  .duration_ms = &settle_ms },
	{ .name = "thorough",
	  .help = "compare all ids, also where the counts agree",
	  .on = &thorough },
	{ .name = "verbose",
	  .help = "log each range to standard error",
	  .on = &verbose },
};

static const struct option_table options = {
	.tool = "qb-census",
	.about = "Find the rows of a table that QuickBooks has no more.",
	.rows = rows,
	.count = LENGTH(rows),
};

/* The ranges of the tickets since the last end. */
struct ranges {
	struct window *at;
	size_t count, room;
};

struct counter {
	struct qbo_client *qbo;
	struct pg pg;
	struct ledger_query ledger;
	struct ranges ranges;
	struct census_calls calls;
	struct census_output output;
	int64_t counted, given_up; /* ranges */
	struct failure trouble;    /* of the first that was given up */
};

/* --- tickets -------------------------------------------------------------- */

static bool
check_ticket(struct window *window, struct failure *why)
{
	struct buf text;

	if (window->by != WINDOW_BY_CREATED) {
		fail(why, FAILURE_DATA,
		     "a ticket by %s: rows are counted by the time at which "
		     "they were created, which never changes",
		     window_by_name(window->by));
		return fail_next(why, "create the tickets again with "
				      "qb-window --by=created");
	}
	if (!window->entity->created)
		return fail(why, FAILURE_DATA,
			    "%s cannot be queried by the time at which it was "
			    "created",
			    window->entity->name);
	buf_init(&text, MOST_WINDOW_BYTES);
	bool done = window_end_clamp(window, &text, why);
	buf_free(&text);
	return done;
}

/* Tickets that touch, or overlap, become one range. */
static void
add_ticket(struct ranges *r, const struct window *window)
{
	struct window *last = r->count ? &r->at[r->count - 1] : NULL;

	if (last && last->entity == window->entity &&
	    window->start_us >= last->start_us &&
	    window->start_us <= last->end_us) {
		if (window->end_us > last->end_us)
			last->end_us = window->end_us;
		return;
	}
	if (r->count == r->room) {
		r->room = r->room ? 2 * r->room : 64;
		r->at = base_realloc(r->at, r->room * sizeof(*r->at));
	}
	r->at[r->count++] = (struct window){ .entity = window->entity,
					     .by = WINDOW_BY_CENSUS,
					     .start_us = window->start_us,
					     .end_us = window->end_us };
}

/* --- a range -------------------------------------------------------------- */

/* False: it is given up. */
static bool
check_coverage(const struct counter *c, struct window *window,
	       enum census_result *result, struct failure *why)
{
	struct time_range range = { window->start_us, window->end_us };
	struct time_range missing;
	struct census_coverage covered;
	char end[CLOCK_TEXT];

	census_coverage_init(&covered);
	*result = CENSUS_FAILED;
	if (census_coverage_read(&covered, &c->ledger, window->entity,
				 settle_ms, why)) {
		*result = CENSUS_DONE;
		if (census_coverage_apply(&covered, &range, &missing)) {
			*result = CENSUS_GIVEN_UP;
			census_fail_uncovered(window->entity, schema, missing,
					      why);
		}
	}
	if (!*result && range.end_us < window->end_us - CLOCK_DAY) {
		clock_format(range.end_us, end);
		log_warn("%s: the range ends at %s, since nothing later is "
			 "loaded",
			 window->entity->name, end);
	}
	window->end_us = range.end_us;
	census_coverage_free(&covered);
	return !*result;
}

/* The table is read before QuickBooks counts: what is deleted meanwhile is then
 * a difference, and what is loaded meanwhile cannot seem to be gone. */
static enum census_result
take_census(struct counter *c, struct census *census,
	    const struct window *window, struct failure *why)
{
	struct time_range range = { window->start_us, window->end_us };

	if (!live_rows_read(&c->ledger, window->entity, range, &census->known,
			    why))
		return CENSUS_FAILED;
	enum census_result result = census_take(census, range, why);
	if (result == CENSUS_GIVEN_UP && !why->next[0])
		census_advise_reload(window->entity, schema, range, why);
	return result;
}

/* A range that lacks rows is provisional: it is counted again by the next run.
 */
static enum census_result
count_range(struct counter *c, struct window *window, struct failure *why)
{
	int64_t calls = qbo_client_calls(c->qbo), gone;
	struct failure missing = { 0 };
	enum census_result result;
	struct census census;

	if (!check_coverage(c, window, &result, why))
		return result;
	census_init(&census);
	census.calls = &c->calls;
	census.output = &c->output;
	census.thorough = thorough;
	c->calls.entity = window->entity;
	c->calls.pages = 0;
	census_output_begin(&c->output);
	result = take_census(c, &census, window, why);
	calls = qbo_client_calls(c->qbo) - calls;
	window->provisional =
		!result && !census_require_all(window->entity, schema,
					       &census.known, &missing);
	if (!result && !census_output_seal(&c->output, window, c->calls.pages,
					   calls, &gone, why))
		result = CENSUS_FAILED;
	if (!result) {
		log_info("counted entity=%s rows=%zu gone=%" PRId64
			 " calls=%" PRId64,
			 window->entity->name, census.known.count, gone, calls);
	}
	if (!result && window->provisional) {
		*why = missing;
		result = CENSUS_GIVEN_UP;
	}
	census_free(&census);
	return result;
}

/* --- all of them ---------------------------------------------------------- */

/* What is wrong with one range is told at the end; with several, as it comes.
 */
static void
note_trouble(struct counter *c, const struct failure *trouble)
{
	if (c->given_up == 1)
		log_failure(&c->trouble);
	if (c->given_up++)
		log_failure(trouble);
	else
		c->trouble = *trouble;
}

static bool
count_ranges(struct counter *c, struct lines_out *out, struct failure *why)
{
	struct ranges *r = &c->ranges;

	for (size_t i = 0; i < r->count; i++) {
		struct failure trouble = { 0 };

		r->at[i].no = (int64_t)i + 1; /* of what is in memory */
		r->at[i].of = (int64_t)r->count;
		c->counted++;
		switch (count_range(c, &r->at[i], &trouble)) {
		case CENSUS_FAILED:
			*why = trouble;
			return false;
		case CENSUS_GIVEN_UP:
			note_trouble(c, &trouble);
			break;
		case CENSUS_DONE:
			break;
		}
		if (!lines_flush(out, why))
			return false;
	}
	r->count = 0;
	return census_output_end(&c->output, why);
}

static bool
conclude(const struct counter *c, struct failure *why)
{
	if (!c->given_up)
		return true;
	*why = c->trouble;
	if (c->given_up == 1)
		return false;
	*why = (struct failure){ 0 };
	fail(why, FAILURE_LATER,
	     "%" PRId64 " of %" PRId64 " ranges are not as they should be",
	     c->given_up, c->counted);
	return fail_next(why, "run the commands that are named above, then "
			      "the same command again");
}

static bool
count_all(struct counter *c, struct tickets *in, struct lines_out *out,
	  struct failure *why)
{
	enum tickets_got got;

	while ((got = tickets_next(in, why)) > TICKETS_DONE) {
		if (got == TICKETS_END) {
			if (!count_ranges(c, out, why))
				return false;
			continue;
		}
		if (!check_ticket(&in->window, why))
			return fail_in(why, "line %" PRId64, in->line);
		add_ticket(&c->ranges, &in->window);
	}
	return got == TICKETS_DONE && conclude(c, why);
}

static bool
open_all(struct counter *c, struct lines_out *out, struct failure *why)
{
	log_verbose(verbose);
	c->qbo = qbo_client_open(why);
	if (!c->qbo)
		return false;
	census_calls_init(&c->calls, c->qbo);
	census_output_init(&c->output, out);
	c->output.realm = qbo_client_realm(c->qbo);
	return pg_connect(&c->pg, why) &&
	       ledger_query_open(&c->ledger, &c->pg, schema, c->output.realm,
				 why);
}

static void
close_all(struct counter *c)
{
	if (c->qbo) {
		census_calls_free(&c->calls);
		census_output_free(&c->output);
	}
	qbo_client_close(c->qbo);
	pg_free(&c->pg);
	free(c->ranges.at);
}

int
main(int argc, char *argv[])
{
	static struct counter counter;
	struct option_table qbo = retry_options, pg = pg_options, all = options;
	struct failure why = { 0 };
	struct lines_out out;
	struct tickets in;
	int used;

	log_begin("qb-census");
	all.also = &pg;
	pg.also = &qbo;
	lines_out_init(&out, STDOUT_FILENO);
	tickets_init(&in, STDIN_FILENO, &out);
	pg_init(&counter.pg, "qb-census");
	if (options_read(argc, argv, &all, &used, &why) &&
	    options_no_operands(argc, argv, used, &why) &&
	    options_require_pipe(&all, &why) &&
	    open_all(&counter, &out, &why)) {
		count_all(&counter, &in, &out, &why);
		lines_finish(&out, &why);
	}
	close_all(&counter);
	tickets_free(&in);
	lines_out_free(&out);
	return log_failure(&why);
}
