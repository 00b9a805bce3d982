/*
 * quickbooks/range_count.h - counts the rows of a time range in parts, when the
 * whole is too much for QuickBooks to count at once.
 *
 * Pure: it says which range to count next and is given the results; it sends
 * nothing.  A range that was too slow (a 504, the 120 s timeout) is replaced by
 * its two halves, down to one unit of time.  Since such a request takes long to
 * fail, longer ones are not tried again at once: after some successes twice the
 * length is.
 */
#ifndef QUICKBOOKS_RANGE_COUNT_H
#define QUICKBOOKS_RANGE_COUNT_H

#include "base/time_ranges.h"

/* Each halving leaves one half waiting and goes on with the other, which has at
 * most half of the units: fewer than 64 in any int64_t. */
enum { RANGE_COUNT_MOST_WAITING = 64 };

struct range_count {
	int64_t unit_us;
	struct time_range waiting[RANGE_COUNT_MOST_WAITING]; /* next one last */
	size_t waiting_count;
	int64_t sum; /* of what was counted so far */
	int64_t most_us; /* how long a range may be that is tried; 0: any */
	int successes;   /* since that was set */
	int enough;      /* of them, to try twice the length */
	bool doubled;    /* twice the length is being tried */
};

/*
 * Count [start_us, end_us), first as a whole; an empty range has no rows.
 * Halves end at multiples of `unit_us` from 1970: CLOCK_SECOND, or CLOCK_DAY
 * where rows have dates.
 */
void range_count_begin(struct range_count *c, int64_t start_us, int64_t end_us,
		       int64_t unit_us);

/* Count another range, or the same again, with what is known of the lengths that
 * are too slow; the first time as range_count_begin(). */
void range_count_begin_again(struct range_count *c, int64_t start_us,
			     int64_t end_us, int64_t unit_us);

/* The range to count now; the earliest comes first.  False: all is counted. */
bool range_count_next(const struct range_count *c, struct time_range *range);

/* The result of that range: go on with the next one. */
void range_count_add(struct range_count *c, int64_t count);

/* Instead of a result: it was too slow.  False: it is no longer than a unit;
 * then nothing has changed. */
bool range_count_halve(struct range_count *c) MUST_CHECK;

#endif
