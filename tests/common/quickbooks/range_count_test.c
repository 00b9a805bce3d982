/* covers: range_count */
/* A server that counts only what is short enough. */
#include "base/clock.h"
#include "quickbooks/range_count.h"
#include "tap.h"

struct server {
	int64_t most_us; /* longer ranges are too slow for it */
	int64_t unit_us;
	int counts, refusals;
	int64_t at_us;    /* counted in order up to here */
	bool out_of_line; /* a gap, an overlap, or a bound off the units */
};

/* One row for each hour, whole or begun. */
static int64_t
rows_before(int64_t at_us)
{
	return (at_us - CLOCK_FIRST) / (3600 * CLOCK_SECOND);
}

/* Whether all was counted. */
static bool
count_all(struct range_count *c, struct server *s)
{
	struct time_range part;

	while (range_count_next(c, &part)) {
		if (part.start_us != s->at_us)
			s->out_of_line = true;
		if (part.end_us - part.start_us > s->most_us) {
			s->refusals++;
			if (!range_count_halve(c))
				return false;
			continue;
		}
		s->counts++;
		s->at_us = part.end_us;
		range_count_add(c, rows_before(part.end_us) -
					   rows_before(part.start_us));
	}
	return true;
}

static void
check(const char *what, int64_t start_us, int64_t end_us, struct server *s)
{
	struct range_count c;

	s->at_us = start_us;
	range_count_begin(&c, start_us, end_us, s->unit_us);
	ok(count_all(&c, s), "%s: all is counted", what);
	ok(c.sum == rows_before(end_us) - rows_before(start_us),
	   "%s: the counts add up", what);
	ok(!s->out_of_line && s->at_us == end_us,
	   "%s: every moment is counted once, in order", what);
}

static void
test_parts(void)
{
	const int64_t year_us = 365 * CLOCK_DAY;
	struct server quick = { .most_us = INT64_MAX, .unit_us = CLOCK_SECOND };
	struct server slow = { .most_us = 100 * CLOCK_DAY,
			       .unit_us = CLOCK_SECOND };
	struct server days = { .most_us = CLOCK_DAY, .unit_us = CLOCK_DAY };
	struct server seconds = { .most_us = CLOCK_SECOND,
				  .unit_us = CLOCK_SECOND };
	struct server ever = { .most_us = year_us, .unit_us = CLOCK_SECOND };

	check("a quick server", 0, year_us, &quick);
	ok(quick.counts == 1, "a quick server: one count");
	check("a slow server", 0, year_us, &slow);
	ok(slow.counts == 4 && slow.refusals == 2,
	   "a slow server: four quarters, and half of them is not tried again");
	check("days", -45 * CLOCK_DAY, 100 * CLOCK_DAY, &days);
	ok(days.counts == 145, "days: each by itself, before 1970 too");
	ok(days.refusals < 20, "days: longer ones are tried ever less often");
	check("seconds", -CLOCK_SECOND / 2, 1000 * CLOCK_SECOND + 1, &seconds);
	ok(seconds.counts == 1002, "seconds: those at the ends are parts");
	check("ten thousand years", CLOCK_FIRST, CLOCK_LAST, &ever);
}

static void
test_limits(void)
{
	struct time_range part;
	struct range_count c;

	range_count_begin(&c, 10, 10, CLOCK_SECOND);
	ok(!range_count_next(&c, &part) && !c.sum,
	   "an empty range needs no count");

	range_count_begin(&c, 3 * CLOCK_DAY, 4 * CLOCK_DAY, CLOCK_DAY);
	ok(!range_count_halve(&c), "one unit cannot be halved");
	ok(range_count_next(&c, &part) && part.start_us == 3 * CLOCK_DAY &&
		   part.end_us == 4 * CLOCK_DAY,
	   "what cannot be halved is still there");

	range_count_begin(&c, 0, 5 * CLOCK_DAY, CLOCK_DAY);
	ok(range_count_halve(&c) && range_count_next(&c, &part) &&
		   part.start_us == 0 && part.end_us == 2 * CLOCK_DAY,
	   "an odd number of days is cut at midnight");

	range_count_begin(&c, -12 * CLOCK_DAY / 10, -2 * CLOCK_DAY / 10,
			  CLOCK_DAY);
	ok(range_count_halve(&c) && range_count_next(&c, &part) &&
		   part.end_us == -CLOCK_DAY,
	   "so is one before 1970");

	/* the start of the range leaves the deepest pile of right halves */
	range_count_begin(&c, CLOCK_FIRST, CLOCK_LAST, 1);
	while (range_count_halve(&c))
		;
	ok(range_count_next(&c, &part) && part.end_us == CLOCK_FIRST + 1 &&
		   c.waiting_count < RANGE_COUNT_MOST_WAITING,
	   "all of time is halved down to a microsecond");
}

int
main(void)
{
	test_parts();
	test_limits();
	return tap_done();
}
