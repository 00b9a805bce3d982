/* check/suspects.h - windows whose rows may not be as they were loaded. */
#ifndef CHECK_SUSPECTS_H
#define CHECK_SUSPECTS_H

#include "base/time_ranges.h"

struct suspect {
	struct time_range range;
	int64_t rows; /* not as they were loaded, as far as is known */
};

struct suspects {
	struct suspect *at;
	size_t count, room;
};

void suspects_init(struct suspects *s);
void suspects_free(struct suspects *s);

/* A window that is there already has the larger of both numbers: two rules
 * find the same rows. */
void suspects_add(struct suspects *s, struct time_range range, int64_t rows);

bool suspects_overlap(const struct suspects *s, struct time_range range);

/* In the order of their starts. */
void suspects_sort(struct suspects *s);

#endif
