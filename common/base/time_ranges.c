#include "base/time_ranges.h"

void
time_ranges_init(struct time_ranges *set)
{
	*set = (struct time_ranges){ 0 };
}

void
time_ranges_free(struct time_ranges *set)
{
	free(set->ranges);
	time_ranges_init(set);
}

void
time_ranges_add(struct time_ranges *set, struct time_range range)
{
	struct time_range *last =
		set->count ? &set->ranges[set->count - 1] : NULL;

	if (last && range.start_us < last->start_us)
		BUG("ranges out of order");
	if (last && range.start_us <= last->end_us) {
		if (range.end_us > last->end_us)
			last->end_us = range.end_us;
		return;
	}
	if (set->count == set->room) {
		set->room = set->room ? 2 * set->room : 16;
		set->ranges = base_realloc(set->ranges,
					   set->room * sizeof(*set->ranges));
	}
	set->ranges[set->count++] = range;
}

/* How many ranges end at or before that moment. */
static size_t
ended_by(const struct time_ranges *set, int64_t at_us)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->ranges[middle].end_us <= at_us)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
time_ranges_gap(const struct time_ranges *set, struct time_range range,
		struct time_range *gap)
{
	size_t i = ended_by(set, range.start_us);

	*gap = range;
	if (i < set->count && set->ranges[i].start_us <= range.start_us)
		gap->start_us = set->ranges[i++].end_us;
	if (i < set->count && set->ranges[i].start_us < range.end_us)
		gap->end_us = set->ranges[i].start_us;
	return gap->start_us < gap->end_us;
}

bool
time_ranges_contain(const struct time_ranges *set, struct time_range range)
{
	struct time_range gap;

	return !time_ranges_gap(set, range, &gap);
}

size_t
time_ranges_choose(const struct time_range *ranges, size_t count,
		   struct time_range range, size_t *chosen)
{
	int64_t at_us = range.start_us;
	size_t next = 0, best = 0, found = 0;

	while (at_us < range.end_us) {
		for (; next < count && ranges[next].start_us <= at_us; next++)
			if (ranges[next].end_us >= ranges[best].end_us)
				best = next;
		if (next && ranges[best].end_us > at_us) {
			chosen[found++] = best;
			at_us = ranges[best].end_us;
		} else if (next < count) {
			at_us = ranges[next].start_us; /* over the gap */
		} else {
			break;
		}
	}
	return found;
}
