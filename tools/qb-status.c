/*
 * qb-status - show how far a schema is loaded, and how long the login lasts.
 *
 * In:   nothing.  Out: for each entity until when it is covered, its rows and
 *       its last load; then the login, and the calls of this month.
 * Promise: it changes nothing, and sends nothing to QuickBooks.  The exit
 * status is 0 unless something is older than --max-age or a person will have to
 * log in soon; the report is complete in any case.
 */
#include "base/log.h"
#include "base/options.h"
#include "postgres/connect.h"
#include "status/conclusion.h"
#include "status/max_age.h"
#include "status/metrics.h"
#include "status/status_json.h"
#include "status/status_text.h"
#include "stream/lines.h"

static struct overview overview;
static bool as_json;
static bool as_metrics;

static const struct option_row rows[] = {
	{ .name = "schema",
	  .argument = "NAME",
	  .preset = "raw",
	  .help = "schema of the tables and of the load log",
	  .text = &overview.schema },
	{ .name = "max-age",
	  .argument = "TIME",
	  .help = "exit with 75 if an entity is covered until longer ago, "
		  "such as 36h or 2d",
	  .text = &overview.max_age },
	{ .name = "settle",
	  .argument = "TIME",
	  .preset = "15m",
	  .help = "what was read less than this after its time is not covered",
	  .least = 0,
	  .most = INT64_C(30) * 24 * 3600 * 1000,
	  .duration_ms = &overview.settle_ms },
	{ .name = "json",
	  .help = "print one line of JSON per entity, and one for all",
	  .on = &as_json },
	{ .name = "metrics",
	  .help = "print OpenMetrics text",
	  .on = &as_metrics },
};

static const struct option_table options = {
	.tool = "qb-status",
	.about = "Show how far a schema is loaded, and how long the login "
		 "lasts.",
	.rows = rows,
	.count = LENGTH(rows),
};

static bool
read_max_age(struct overview *o, struct failure *why)
{
	if (as_json && as_metrics)
		return fail(why, FAILURE_USAGE,
			    "--json and --metrics are two formats: give one");
	return !o->max_age || max_age_parse(o->max_age, &o->max_age_us, why);
}

/* Everything is printed before the verdict is. */
static bool
report(const struct overview *o, struct lines_out *out, struct failure *why)
{
	struct failure conclusion = { 0 };
	struct buf *to = &out->pending;

	(void)conclusion_draw(o, &conclusion);
	if (!(as_json      ? status_json_write(o, &conclusion, to, why)
	      : as_metrics ? metrics_write(o, to, why)
			   : status_text_write(o, to, why)) ||
	    !lines_flush(out, why))
		return false;
	*why = conclusion;
	return !conclusion.kind;
}

int
main(int argc, char *argv[])
{
	struct option_table pg_table = pg_options, all = options;
	struct failure why = { 0 };
	struct lines_out out;
	struct pg pg;
	int used;

	log_begin("qb-status");
	all.also = &pg_table;
	pg_table.also = &login_status_options;
	lines_out_init(&out, STDOUT_FILENO);
	pg_init(&pg, "qb-status");
	if (options_read(argc, argv, &all, &used, &why) &&
	    options_no_operands(argc, argv, used, &why) &&
	    read_max_age(&overview, &why) && pg_connect(&pg, &why)) {
		overview.now_us = clock_now_us();
		if (overview_read(&overview, &pg, &why))
			report(&overview, &out, &why);
		overview_free(&overview);
	}
	pg_free(&pg);
	lines_out_free(&out);
	return log_failure(&why);
}
