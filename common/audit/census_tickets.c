#include "audit/census_tickets.h"
#include "base/log.h"
#include "quickbooks/window_end.h"

enum { MOST_WINDOW_BYTES = 1024 };

void
census_tickets_free(struct census_tickets *t)
{
	free(t->at);
	*t = (struct census_tickets){ 0 };
}

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

/* QuickBooks cannot count it by CreateTime, and does not need to; said once per
 * entity. */
static bool
pass_over(struct census_tickets *t, const struct window *window)
{
	const char *what =
		window->by == WINDOW_BY_WHOLE
			? "is read whole: its deletions come out of the reading"
		: window->by == WINDOW_BY_AS_OF
			? "is read by day: nothing is deleted there"
		: window->by == WINDOW_BY_REPORT
			? "is a report: nothing is deleted there"
			: NULL;

	if (what && t->passed_over != window->entity) {
		t->passed_over = window->entity;
		log_info("%s %s", window->entity->name, what);
	}
	return what;
}

/* Tickets that touch, or overlap, become one range. */
static void
add(struct census_tickets *r, const struct window *window)
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

bool
census_tickets_take(struct census_tickets *t, const struct tickets *in,
		    struct failure *why)
{
	struct window window = in->window;

	if (pass_over(t, &window))
		return true;
	if (!check_ticket(&window, why))
		return fail_in(why, "line %" PRId64, in->line);
	add(t, &window);
	return true;
}
