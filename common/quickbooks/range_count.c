#include "quickbooks/range_count.h"

void
range_count_begin(struct range_count *c, int64_t start_us, int64_t end_us,
		  int64_t unit_us)
{
	*c = (struct range_count){ .unit_us = unit_us };
	if (start_us < end_us)
		c->waiting[c->waiting_count++] =
			(struct time_range){ start_us, end_us };
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
}

/* The last multiple at or before that moment, which may lie before 1970. */
static int64_t
round_down(int64_t at_us, int64_t unit_us)
{
	int64_t rest = at_us % unit_us;

	return at_us - rest - (rest < 0 ? unit_us : 0);
}

bool
range_count_halve(struct range_count *c)
{
	if (!c->waiting_count)
		BUG("a range is halved that nobody counts");
	struct time_range *top = &c->waiting[c->waiting_count - 1];
	struct time_range whole = *top;
	int64_t middle_us =
		round_down(whole.start_us + (whole.end_us - whole.start_us) / 2,
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
