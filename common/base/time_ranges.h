/*
 * base/time_ranges.h - a set of time ranges: which times are covered, no matter
 * how the ranges were split.
 */
#ifndef BASE_TIME_RANGES_H
#define BASE_TIME_RANGES_H

#include "base/base.h"

struct time_range {
	int64_t start_us, end_us; /* [start, end), end after start */
};

/* In ascending order; no two of them touch. */
struct time_ranges {
	struct time_range *ranges;
	size_t count, room;
};

void time_ranges_init(struct time_ranges *set);
void time_ranges_free(struct time_ranges *set);

/* Call in ascending order of starts; ranges may overlap, touch and repeat. */
void time_ranges_add(struct time_ranges *set, struct time_range range);

/* Is all of the range covered? */
bool time_ranges_contain(const struct time_ranges *set,
			 struct time_range range);

/* The first part of `range` that is not covered; false when there is none. */
bool time_ranges_gap(const struct time_ranges *set, struct time_range range,
		     struct time_range *gap);

/*
 * Choose, among `count` ranges in order of their starts, as few as needed to
 * cover what all of them cover of `range`: greedily, always the range that ends
 * last.  `chosen` (room for `count`) gets their indexes; returns how many.
 */
size_t time_ranges_choose(const struct time_range *ranges, size_t count,
			  struct time_range range, size_t *chosen);

#endif
