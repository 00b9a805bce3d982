/*
 * qb-window - split a time range into windows, one ticket per window.
 *
 * In:   nothing.  Out: one ticket per window, entity by entity, then the end.
 * Promise: the windows of an entity touch, do not overlap and cover the whole
 * range.  The clock is read once, so all entities get the same windows, but for
 * those that are read whole, which get one, and for what has dates alone: whole
 * days (stream/range.h).
 */
#include "base/log.h"
#include "stream/envelope.h"
#include "stream/lines.h"
#include "stream/range.h"

static const char *every;
static bool list;

static const struct option_row rows[] = {
	{ .name = "every",
	  .argument = "LENGTH",
	  .preset = "7d",
	  .help = "length of a window, such as 12h, 7d, 1mo or 1y",
	  .text = &every },
	{ .name = "list",
	  .help = "print the entities, and by which times they are selected",
	  .on = &list },
};

static const struct option_table options = {
	.tool = "qb-window",
	.operands = "ENTITY...",
	.about = "Split a time range into windows, one ticket per window.",
	.rows = rows,
	.count = LENGTH(rows),
	.also = &range_options_with_change,
};

/* By which times a line of the list says that its rows can be selected. */
static void
spell_by(const struct entity *e, char *text, size_t size)
{
	if (entity_is_whole(e))
		snprintf(text, size, "whole");
	else if (e->shape == SHAPE_RATES)
		snprintf(text, size, "as-of");
	else
		snprintf(text, size, "updated%s%s%s",
			 e->created ? ",created" : "",
			 e->txn_date ? ",txn-date" : "",
			 e->unlogged ? "" : ",change");
}

/* One line for each entity that can be read, for people and for awk(1). */
static bool
write_list(struct lines_out *out, struct failure *why)
{
	static const char layout[] = "%-20s %-23s %-32s %s\n";
	const struct entity *e;

	if (!buf_printf(&out->pending, why, layout, "ENTITY", "TABLE", "BY",
			"KIND"))
		return false;
	for (size_t i = 0; (e = entity_at(i)); i++) {
		char by[64];

		spell_by(e, by, sizeof(by));
		if (!buf_printf(&out->pending, why, layout, e->name, e->table,
				by,
				e->list                    ? "list"
				: e->txn_date              ? "transaction"
				: e->shape == SHAPE_SINGLE ? "object"
							   : "other") ||
		    !lines_push(out, why))
			return false;
	}
	return true;
}

static bool
write_ticket(const struct window *window, bool optional, struct lines_out *out,
	     struct failure *why)
{
	return buf_printf(&out->pending, why,
			  "{\"qb\":\"ticket\",\"window\":") &&
	       window_write(window, &out->pending, why) &&
	       buf_printf(&out->pending, why, "%s}\n",
			  optional ? ",\"optional\":true" : "") &&
	       lines_push(out, why);
}

/* The windows of a range, as far as they are the same for all entities. */
struct windows {
	int64_t *bounds, *days, whole[2];
	size_t count, day_count;
};

/* `*bounds` and `*count` become those of windows by `by`. */
static void
choose(const struct windows *w, enum window_by by, const int64_t **bounds,
       size_t *count)
{
	bool whole = by == WINDOW_BY_WHOLE || by == WINDOW_BY_CHANGE;
	bool days = by == WINDOW_BY_AS_OF || by == WINDOW_BY_REPORT;

	*bounds = whole ? w->whole : days ? w->days : w->bounds;
	*count = whole ? 1 : days ? w->day_count : w->count;
}

static bool
write_tickets(const struct entity_list *wanted, const struct range *range,
	      const struct windows *windows, struct lines_out *out,
	      struct failure *why)
{
	int64_t tickets = 0;

	for (size_t e = 0; e < wanted->count; e++) {
		struct window window = { .entity = wanted->at[e],
					 .by = range_by(range, wanted->at[e]) };
		const int64_t *bounds;
		size_t count;

		choose(windows, window.by, &bounds, &count);
		for (size_t i = 0; i < count; i++) {
			window.start_us = bounds[i];
			window.end_us = bounds[i + 1];
			window.no = (int64_t)i + 1;
			window.of = (int64_t)count;
			if (!write_ticket(&window, wanted->optional[e], out,
					  why))
				return false;
		}
		if (!count)
			log_warn("%s: no day of the range is over",
				 window.entity->name);
		tickets += (int64_t)count;
	}
	return envelope_write_end(tickets, 0, &out->pending, why);
}

static void
warn_cut(const struct range *range)
{
	char end[CLOCK_TEXT];

	clock_format(range->end_us, end);
	if (range->cut)
		log_warn("--to lies in the future: cut to %s", end);
}

/* By change there is one window, unless --every splits what is not by change.
 */
static bool
split(const struct range *range, struct windows *w, struct failure *why)
{
	struct range_step step;

	w->whole[0] = range->start_us;
	w->whole[1] = range->end_us;
	if (range->by == WINDOW_BY_CHANGE && every != rows[0].preset)
		return fail(why, FAILURE_USAGE,
			    "--every does not go with --by=change: the log of "
			    "changes is asked once for the whole range");
	if (!range_step_parse(&step, every, range, why) ||
	    !range_split(range, &step, &w->bounds, &w->count, why))
		return false;
	w->days = base_realloc(NULL, (w->count + 1) * sizeof(*w->days));
	memcpy(w->days, w->bounds, (w->count + 1) * sizeof(*w->days));
	w->day_count = range_days(w->days, w->count);
	return true;
}

static bool
split_and_write(const struct entity_list *wanted, const struct range *range,
		struct lines_out *out, struct failure *why)
{
	struct windows windows = { 0 };
	bool done = split(range, &windows, why);

	if (done) {
		warn_cut(range);
		done = write_tickets(wanted, range, &windows, out, why);
	}
	free(windows.bounds);
	free(windows.days);
	return done;
}

int
main(int argc, char *argv[])
{
	struct failure why = { 0 };
	struct lines_out out;
	struct entity_list wanted;
	struct range range;
	int used;

	log_begin("qb-window");
	lines_out_init(&out, STDOUT_FILENO);
	range_allow_change();
	bool valid = options_read(argc, argv, &options, &used, &why);
	if (valid && list) {
		if (options_no_operands(argc, argv, used, &why) &&
		    write_list(&out, &why))
			lines_finish(&out, &why);
	} else if (valid && range_read(&range, clock_now_us(), &why) &&
		   range_require_entities(&range, argv + used, &wanted, &why)) {
		split_and_write(&wanted, &range, &out, &why);
		lines_finish(&out, &why);
	}
	lines_out_free(&out);
	return log_failure(&why);
}
