#include "check/entity_coverage.h"

void
entity_coverages_free(struct entity_coverages *c)
{
	for (size_t i = 0; i < c->count; i++) {
		time_ranges_free(&c->of[i].settled);
		time_ranges_free(&c->of[i].logged);
		time_ranges_free(&c->of[i].counted);
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
	time_ranges_init(&e->counted);
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

/* What a census counted is known, too, as far as no row is missing there: it
 * need not be asked of the log, which may have forgotten it, or have too much
 * of it. */
static bool
read_counted(const struct entity_coverages *c, struct entity_coverage *e,
	     struct failure *why)
{
	struct time_ranges proven;
	int64_t census_us = INT64_MIN;

	time_ranges_init(&proven);
	bool done = (c->run ||
		     ledger_query_census_end(c->ledger, e->entity, c->settle_ms,
					     &census_us, why)) &&
		    ledger_query_proven(c->ledger, e->entity, e->by,
					c->settle_ms, &proven, why);
	for (size_t i = 0; done && i < proven.count; i++) {
		struct time_range known = proven.ranges[i];

		if (known.end_us > census_us)
			known.end_us = census_us;
		if (known.start_us < known.end_us)
			time_ranges_add(&e->counted, known);
	}
	time_ranges_free(&proven);
	return done;
}

static bool
read_logged(const struct entity_coverages *c, struct entity_coverage *e,
	    enum window_by by, struct failure *why)
{
	if (e->logged_is_read)
		return true;
	e->logged_is_read =
		ledger_query_logged(c->ledger, e->entity, by, c->run,
				    c->settle_ms, &e->logged, why) &&
		(by == WINDOW_BY_WHOLE || read_counted(c, e, why));
	return e->logged_is_read;
}

/* Up to where these cover the window, if that is later than `*until_us`. */
static void
until(const struct time_ranges *known, const struct window *window,
      int64_t *until_us)
{
	for (size_t i = 0; i < known->count; i++) {
		struct time_range one = known->ranges[i];

		if (one.end_us > window->end_us)
			one.end_us = window->end_us;
		if (one.start_us <= window->start_us &&
		    window->start_us < one.end_us && one.end_us > *until_us)
			*until_us = one.end_us;
	}
}

bool
entity_coverage_empty_until(struct entity_coverages *c,
			    const struct window *window, int64_t *until_us,
			    struct failure *why)
{
	struct entity_coverage *e;

	*until_us = 0;
	if (window->by != WINDOW_BY_CHANGE && window->by != WINDOW_BY_WHOLE)
		return true;
	if (!find(c, window, &e, why) || !read_logged(c, e, window->by, why))
		return false;
	until(&e->logged, window, until_us);
	until(&e->counted, window, until_us);
	return true;
}
