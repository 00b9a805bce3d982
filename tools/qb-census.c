/*
 * qb-census - find the rows of a table that QuickBooks has no more.
 *
 * In:   tickets by created.  Out: for each run of tickets that touch, a gone
 * line for each row that was deleted at QuickBooks, a seal, and an end.
 * In:   rows and seals.  Out: the same, unchanged and at once; before the end,
 * what is gone of the rows that did not come.
 * Promise: nothing is said to be gone unless QuickBooks, asked for the row by
 * its id, did not have it, and with tickets the load log says that all that was
 * created in the range was loaded.  Where nothing was deleted it is one call
 * per entity, or none.  Nothing is changed in the database.
 */
#include "audit/census_range.h"
#include "audit/census_reading.h"
#include "audit/census_tickets.h"
#include "base/log.h"
#include "postgres/connect.h"

static const char *schema;
static int64_t settle_ms;
static const char *missing;
static const char *next_options;
static bool thorough;
static bool verbose;

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
	{ .name = "missing",
	  .argument = "HOW",
	  .preset = "fail",
	  .help = "if the table lacks rows of QuickBooks: fail or ignore",
	  .text = &missing },
	{ .name = "next-options",
	  .argument = "TEXT",
	  .help = "options of the commands that messages name",
	  .text = &next_options },
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

struct counter {
	struct qbo_client *qbo;
	struct pg pg;
	struct ledger_query ledger;
	struct census_tickets ranges; /* since the last end */
	struct census_range range;
	struct census_calls calls;
	struct census_output output;
	struct census_reading reading;
	int64_t counted, given_up; /* ranges */
	struct failure trouble;    /* of the first that was given up */
};

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
	struct census_tickets *r = &c->ranges;

	for (size_t i = 0; i < r->count; i++) {
		struct failure trouble = { 0 };

		r->at[i].no = (int64_t)i + 1; /* of what is in memory */
		r->at[i].of = (int64_t)r->count;
		c->counted++;
		switch (census_range_count(&c->range, &r->at[i], &trouble)) {
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
		if (!census_tickets_take(&c->ranges, in, why))
			return false;
	}
	return got == TICKETS_DONE && conclude(c, why);
}

/* --- a reading ------------------------------------------------------------ */

static bool
check_realm(const struct counter *c, const struct stream *in,
	    struct failure *why)
{
	if (slice_is(in->seal.realm, c->output.realm))
		return true;
	return fail(why, FAILURE_REFUSED,
		    "line %" PRId64 ": the window is of the company %.*s, and "
		    "QBO_REALM_ID is %s",
		    in->line, SLICE_SHOWN(in->seal.realm), c->output.realm);
}

static bool
pass_line(struct counter *c, const struct stream *in, enum stream_got got,
	  struct lines_out *out, struct failure *why)
{
	return (got != STREAM_SEAL || check_realm(c, in, why)) &&
	       census_reading_take(&c->reading, in, got, why) &&
	       envelope_copy(&in->now, &out->pending, why) &&
	       lines_push(out, why);
}

/* The windows before it count, too. */
static bool
pass_end(const struct census_reading *r, const struct stream *in,
	 struct lines_out *out, struct failure *why)
{
	int64_t windows, all;

	if (!r->windows)
		return envelope_copy(&in->now, &out->pending, why) &&
		       lines_push(out, why);
	if (!json_integer(in->now.value[MEMBER_WINDOWS], &windows) ||
	    !json_integer(in->now.value[MEMBER_ROWS], &all))
		BUG("an end line whose totals were checked");
	return envelope_write_end(windows + r->windows, all + r->gone,
				  &out->pending, why) &&
	       lines_push(out, why);
}

static bool
connect(struct counter *c, struct failure *why)
{
	return pg_connect(&c->pg, why) &&
	       ledger_query_open(&c->ledger, &c->pg, schema, c->output.realm,
				 why);
}

/* What was read is complete and loaded, also where it cannot be found out what
 * is gone. */
static bool
end_reading(struct counter *c, const struct stream *in, struct lines_out *out,
	    struct failure *why)
{
	struct failure end = { 0 };

	bool found = lines_flush(out, why) && connect(c, why) &&
		     census_reading_conclude(&c->reading, &c->ledger, &c->calls,
					     &c->output, why);
	bool ended = pass_end(&c->reading, in, out, found ? why : &end);
	pg_close(&c->pg);
	census_reading_clear(&c->reading);
	return found && ended;
}

/* It may take hours, so there is no connection to the database meanwhile. */
static bool
pass_reading(struct counter *c, struct stream *in, struct lines_out *out,
	     struct failure *why)
{
	enum stream_got got;

	c->output.by = GONE_BY_WHOLE;
	pg_close(&c->pg);
	while ((got = stream_next(in, why)) > STREAM_DONE)
		if (!(got == STREAM_END ? end_reading(c, in, out, why)
					: pass_line(c, in, got, out, why)))
			return false;
	return got == STREAM_DONE;
}

/* --- start and end -------------------------------------------------------- */

static bool
read_missing(struct counter *c, struct failure *why)
{
	c->range.may_lack = !strcmp(missing, "ignore");
	return c->range.may_lack || !strcmp(missing, "fail") ||
	       fail(why, FAILURE_USAGE,
		    "--missing=%s is neither fail nor ignore", missing);
}

static bool
open_all(struct counter *c, struct lines_out *out, struct failure *why)
{
	log_verbose(verbose);
	if (!read_missing(c, why))
		return false;
	c->qbo = qbo_client_open(why);
	if (!c->qbo)
		return false;
	census_calls_init(&c->calls, c->qbo);
	census_output_init(&c->output, out);
	census_reading_init(&c->reading);
	c->output.realm = qbo_client_realm(c->qbo);
	c->range.ledger = &c->ledger;
	c->range.calls = &c->calls;
	c->range.output = &c->output;
	c->range.settle_ms = settle_ms;
	c->range.thorough = thorough;
	c->range.advice = (struct census_advice){ .schema = schema,
						  .dsn = pg_dsn_shown(),
						  .options = next_options };
	return connect(c, why);
}

static void
close_all(struct counter *c)
{
	if (c->qbo) {
		census_calls_free(&c->calls);
		census_output_free(&c->output);
		census_reading_free(&c->reading);
	}
	qbo_client_close(c->qbo);
	pg_free(&c->pg);
	census_tickets_free(&c->ranges);
}

/* Tickets, or the rows of a reading: its first line tells. */
static void
work(struct counter *c, struct tickets *tickets, struct lines_out *out,
     struct failure *why)
{
	struct envelope first;
	struct slice line;
	struct stream in;
	enum lines_got got = lines_peek(&tickets->in, &line, why);

	if (got == LINES_FAILED)
		return;
	*why = (struct failure){ 0 };
	if (got == LINES_END || !envelope_parse(&first, line, why) ||
	    first.kind == ENVELOPE_TICKET || first.kind == ENVELOPE_END) {
		*why = (struct failure){ 0 };
		count_all(c, tickets, out, why);
		return;
	}
	stream_init(&in, -1, out);
	in.head.opaque = true;
	lines_in_free(&in.in);
	in.in = tickets->in; /* with what is held of the input */
	lines_in_init(&tickets->in, -1, NULL);
	pass_reading(c, &in, out, why);
	stream_free(&in);
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
		work(&counter, &in, &out, &why);
		lines_finish(&out, &why);
	}
	close_all(&counter);
	tickets_free(&in);
	lines_out_free(&out);
	return log_failure(&why);
}
