#include "quickbooks/range_count.h"

enum { FIRST_ENOUGH = 4, MOST_ENOUGH = 1 << 20 };

/* The last multiple at or before that moment, which may lie before 1970. */
static int64_t
round_down(int64_t at_us, int64_t unit_us)
{
	int64_t rest = at_us % unit_us;

	return at_us - rest - (rest < 0 ? unit_us : 0);
}

static int64_t
length(const struct time_range *range)
{
	return range->end_us - range->start_us;
}

/* Replace the range that is counted now by its halves, unless it is one unit. */
static bool
halve(struct range_count *c)
{
	struct time_range *top = &c->waiting[c->waiting_count - 1];
	struct time_range whole = *top;
	int64_t middle_us = round_down(whole.start_us + length(&whole) / 2,
				       c->unit_us);

	if (middle_us <= whole.start_us)
		middle_us += c->unit_us;
	if (middle_us >= whole.end_us)
		return false;
	if (c->waiting_count == RANGE_COUNT_MOST_WAITING)
		BUG("a range is halved too often");
	top->start_us = middle_us;
	c->waiting[c->waiting_count++] =
		(struct time_range){ whole.start_us, middle_us };
	return true;
}

/* Do not try what is longer than what failed. */
static void
shorten(struct range_count *c)
{
	while (c->most_us && c->waiting_count &&
	       length(&c->waiting[c->waiting_count - 1]) > c->most_us)
		if (!halve(c))
			return;
}

void
range_count_begin_again(struct range_count *c, int64_t start_us, int64_t end_us,
			int64_t unit_us)
{
	*c = (struct range_count){ .unit_us = unit_us,
				   .most_us = c->most_us,
				   .enough = c->enough };
	if (start_us < end_us)
		c->waiting[c->waiting_count++] =
			(struct time_range){ start_us, end_us };
	shorten(c);
}

void
range_count_begin(struct range_count *c, int64_t start_us, int64_t end_us,
		  int64_t unit_us)
{
	c->most_us = 0;
	c->enough = FIRST_ENOUGH;
	range_count_begin_again(c, start_us, end_us, unit_us);
}

bool
range_count_next(const struct range_count *c, struct time_range *range)
{
	if (!c->waiting_count)
		return false;
	*range = c->waiting[c->waiting_count - 1];
	return true;
}

void
range_count_add(struct range_count *c, int64_t count)
{
	if (!c->waiting_count)
		BUG("a count that nobody asked for");
	c->waiting_count--;
	c->sum += count;
	if (c->most_us && ++c->successes >= c->enough) {
		c->most_us = c->most_us < INT64_MAX / 2 ? 2 * c->most_us : 0;
		c->successes = 0;
		c->doubled = true;
	}
	shorten(c);
}

bool
range_count_halve(struct range_count *c)
{
	if (!c->waiting_count)
		BUG("a range is halved that nobody counts");
	if (!halve(c))
		return false;
	int64_t first_us = length(&c->waiting[c->waiting_count - 1]);
	int64_t second_us = length(&c->waiting[c->waiting_count - 2]);
	c->most_us = first_us > second_us ? first_us : second_us;
	c->successes = 0;
	/* it was longer again, for nothing: wait for more the next time */
	if (c->doubled && c->enough < MOST_ENOUGH)
		c->enough *= 2;
	c->doubled = false;
	return true;
}
