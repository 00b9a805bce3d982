#include "check/entity_coverage.h"

void
entity_coverages_free(struct entity_coverages *c)
{
	for (size_t i = 0; i < c->count; i++) {
		time_ranges_free(&c->of[i].settled);
		time_ranges_free(&c->of[i].logged);
	}
	c->count = 0;
}

static bool
find(struct entity_coverages *c, const struct window *window,
     struct entity_coverage **to, struct failure *why)
{
	enum window_by by =
		window->by == WINDOW_BY_CHANGE ? WINDOW_BY_UPDATED : window->by;
	struct entity_coverage *e = c->of;

	while (e < c->of + c->count &&
	       (e->entity != window->entity || e->by != by))
		e++;
	*to = e;
	if (e < c->of + c->count)
		return true;
	if (c->count == LENGTH(c->of))
		BUG("more entities and times than there are");
	c->count++;
	*e = (struct entity_coverage){ .entity = window->entity, .by = by };
	time_ranges_init(&e->settled);
	time_ranges_init(&e->logged);
	return ledger_query_settled(c->ledger, e->entity, by, c->run,
				    c->settle_ms, &e->settled, why);
}

bool
entity_coverage_settled(struct entity_coverages *c, const struct window *window,
			const struct time_ranges **to, struct failure *why)
{
	struct entity_coverage *e;

	if (!find(c, window, &e, why))
		return false;
	*to = &e->settled;
	return true;
}

bool
entity_coverage_empty_until(struct entity_coverages *c,
			    const struct window *window, int64_t *until_us,
			    struct failure *why)
{
	struct entity_coverage *e;

	*until_us = 0;
	if (window->by != WINDOW_BY_CHANGE)
		return true;
	if (!find(c, window, &e, why))
		return false;
	if (!e->logged_is_read &&
	    !ledger_query_logged(c->ledger, e->entity, c->run, c->settle_ms,
				 &e->logged, why))
		return false;
	e->logged_is_read = true;
	for (size_t i = 0; i < e->logged.count; i++) {
		struct time_range known = e->logged.ranges[i];

		if (known.start_us <= window->start_us &&
		    window->start_us < known.end_us)
			*until_us = known.end_us < window->end_us
					    ? known.end_us
					    : window->end_us;
	}
	return true;
}
