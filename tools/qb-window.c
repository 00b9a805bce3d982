/*
 * qb-window - split a time range into windows, one ticket per window.
 *
 * In:   nothing.  Out: one ticket per window, entity by entity, then the end.
 * Promise: the windows of an entity touch, do not overlap and cover the whole
 * range.  The clock is read once, so all entities get the same windows.
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

/* One line for each entity that can be read, for people and for awk(1). */
static bool
write_list(struct lines_out *out, struct failure *why)
{
	const struct entity *e;

	if (!buf_printf(&out->pending, why, "%-20s %-23s %-32s %s\n", "ENTITY",
			"TABLE", "BY", "KIND"))
		return false;
	for (size_t i = 0; (e = entity_at(i)); i++) {
		char by[64];

		if (e->refused)
			continue;
		snprintf(by, sizeof(by), "updated%s%s%s",
			 e->created ? ",created" : "",
			 e->txn_date ? ",txn-date" : "",
			 e->unlogged ? "" : ",change");
		if (!buf_printf(&out->pending, why, "%-20s %-23s %-32s %s\n",
				e->name, e->table, by,
				e->list       ? "list"
				: e->txn_date ? "transaction"
					      : "other") ||
		    !lines_push(out, why))
			return false;
	}
	return true;
}

static bool
write_ticket(const struct window *window, struct lines_out *out,
	     struct failure *why)
{
	return buf_printf(&out->pending, why,
			  "{\"qb\":\"ticket\",\"window\":") &&
	       window_write(window, &out->pending, why) &&
	       buf_add(&out->pending, "}\n", 2, why) && lines_push(out, why);
}

static bool
write_tickets(const struct range_entities *w, enum window_by by,
	      const int64_t *bounds, size_t windows, struct lines_out *out,
	      struct failure *why)
{
	struct window window = { .by = by, .of = (int64_t)windows };

	for (size_t e = 0; e < w->count; e++)
		for (size_t i = 0; i < windows; i++) {
			window.entity = w->entity[e];
			window.start_us = bounds[i];
			window.end_us = bounds[i + 1];
			window.no = (int64_t)i + 1;
			if (!write_ticket(&window, out, why))
				return false;
		}
	return envelope_write_end((int64_t)(w->count * windows), 0,
				  &out->pending, why);
}

static void
warn_cut(const struct range *range)
{
	char end[CLOCK_TEXT];

	clock_format(range->end_us, end);
	if (range->cut)
		log_warn("--to lies in the future: cut to %s", end);
}

static bool
split_and_write(const struct range_entities *w, const struct range *range,
		struct lines_out *out, struct failure *why)
{
	int64_t whole[] = { range->start_us, range->end_us };
	struct range_step step;
	int64_t *bounds;
	size_t windows;

	if (range->by == WINDOW_BY_CHANGE) {
		if (every != rows[0].preset)
			return fail(
				why, FAILURE_USAGE,
				"--every does not go with --by=change: the "
				"log of changes is asked once for the whole "
				"range");
		warn_cut(range);
		return write_tickets(w, range->by, whole, 1, out, why);
	}
	if (!range_step_parse(&step, every, range, why) ||
	    !range_split(range, &step, &bounds, &windows, why))
		return false;
	warn_cut(range);
	bool done = write_tickets(w, range->by, bounds, windows, out, why);
	free(bounds);
	return done;
}

int
main(int argc, char *argv[])
{
	struct failure why = { 0 };
	struct lines_out out;
	struct range_entities wanted;
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
