/*
 * quickbooks/unreadable_rows.h - rows that QuickBooks cannot return, and which
 * times must be left out for them.
 *
 * Such a row is known by its position alone, among rows in the order of their
 * times.  It lies between its neighbours: so the windows around it can be
 * sealed up to the one and from the other.
 *
 * Pure.
 */
#ifndef QUICKBOOKS_UNREADABLE_ROWS_H
#define QUICKBOOKS_UNREADABLE_ROWS_H

#include "base/failure.h"
#include "base/time_ranges.h"

/* More of them in one scan are not a matter of single rows any more. */
enum { UNREADABLE_MOST = 20 };

struct unreadable_rows {
	struct unreadable_row {
		int64_t position;      /* from 1 */
		struct time_range gap; /* the caller's: left out for it */
		struct failure why;
	} rows[UNREADABLE_MOST];
	int count;
};

/* False: there are too many.  `why` is copied. */
bool unreadable_rows_add(struct unreadable_rows *u, int64_t position,
			 const struct failure *why) MUST_CHECK;

/*
 * `times` are those of the rows that could be read, sorted.  Returns the units
 * of time (a second, or a day) in which the neighbours of the i-th unreadable
 * row lie; a neighbour that does not exist is the start or the end of `range`,
 * an empty range.
 */
struct unreadable_between {
	struct time_range before, after;
};
struct unreadable_between
unreadable_rows_between(const struct unreadable_rows *u, int i,
			const int64_t *times, size_t count,
			struct time_range range, int64_t unit_us);

/* How many of the times lie in a range. */
int64_t unreadable_rows_times_in(const int64_t *times, size_t count,
				 struct time_range range);

#endif
