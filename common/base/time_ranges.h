/*
 * base/time_ranges.h - which stretches of time are covered, however they were
 * cut: by range, not by position.
 */
#ifndef BASE_TIME_RANGES_H
#define BASE_TIME_RANGES_H

#include "base/base.h"

struct time_range {
	int64_t start_us, end_us; /* [start, end), end after start */
};

/* Ranges in order, none touching the next. */
struct time_ranges {
	struct time_range *ranges;
	size_t count, room;
};

void time_ranges_init(struct time_ranges *c);
void time_ranges_free(struct time_ranges *c);

/* Starts come in ascending order; ranges may overlap, touch and repeat. */
void time_ranges_add(struct time_ranges *c, struct time_range range);

/* Is all of the range covered? */
bool time_ranges_contain(const struct time_ranges *c, struct time_range range);

/* The first part of `range` that is not covered; false when there is none. */
bool time_ranges_gap(const struct time_ranges *c, struct time_range range,
		     struct time_range *gap);

/*
 * Of `count` ranges in order of their starts: the places of those that, one
 * after the other, cover as much of `range` as all of them do, each time the
 * one that reaches furthest.  `chosen` has room for `count`; returns how many.
 */
size_t time_ranges_choose(const struct time_range *ranges, size_t count,
			  struct time_range range, size_t *chosen);

#endif
