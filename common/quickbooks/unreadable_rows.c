#include "quickbooks/unreadable_rows.h"

bool
unreadable_rows_add(struct unreadable_rows *u, int64_t position,
		    const struct failure *why)
{
	int i = u->count;

	if (u->count == UNREADABLE_MOST)
		return false;
	u->count++;
	for (; i && u->rows[i - 1].position > position; i--)
		u->rows[i] = u->rows[i - 1];
	u->rows[i].position = position;
	u->rows[i].why = *why;
	return true;
}

static struct time_range
unit_of(int64_t at_us, int64_t unit_us)
{
	int64_t rest = at_us % unit_us;
	int64_t start_us = at_us - rest - (rest < 0 ? unit_us : 0);

	return (struct time_range){ start_us, start_us + unit_us };
}

struct unreadable_between
unreadable_rows_between(const struct unreadable_rows *u, int i,
			const int64_t *times, size_t count,
			struct time_range range, int64_t unit_us)
{
	/* the rows before it, less those that are unreadable, too */
	int64_t readable = u->rows[i].position - 1 - i;
	size_t before = readable < (int64_t)count ? (size_t)readable : count;
	struct unreadable_between between = {
		.before = { range.start_us, range.start_us },
		.after = { range.end_us, range.end_us },
	};

	if (before > 0)
		between.before = unit_of(times[before - 1], unit_us);
	if (before < count)
		between.after = unit_of(times[before], unit_us);
	return between;
}

int64_t
unreadable_rows_times_in(const int64_t *times, size_t count,
			 struct time_range range)
{
	int64_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += times[i] >= range.start_us && times[i] < range.end_us;
	return found;
}
