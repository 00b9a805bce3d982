/*
 * cover.h - which stretches of time are covered, however they were cut: by
 * range, not by position.
 */
#ifndef COVER_H
#define COVER_H

#include "base.h"

struct cover_range {
	int64_t start_us, end_us; /* [start, end), end after start */
};

/* Ranges in order, none touching the next. */
struct cover {
	struct cover_range *ranges;
	size_t count, room;
};

void cover_init(struct cover *c);
void cover_free(struct cover *c);

/* Starts come in ascending order; ranges may overlap, touch and repeat. */
void cover_add(struct cover *c, struct cover_range range);

/* Is all of the range covered? */
bool cover_holds(const struct cover *c, struct cover_range range);

/* The first part of `range` that is not covered; false when there is none. */
bool cover_gap(const struct cover *c, struct cover_range range,
	       struct cover_range *gap);

/*
 * Of `count` ranges in order of their starts: the places of those that, one
 * after the other, cover as much of `range` as all of them do, each time the
 * one that reaches furthest.  `chosen` has room for `count`; returns how many.
 */
size_t cover_choose(const struct cover_range *ranges, size_t count,
		    struct cover_range range, size_t *chosen);

#endif
