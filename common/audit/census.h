/*
 * audit/census.h - find out which rows of a table QuickBooks has no more, by
 * counting.
 *
 * CreateTime never changes.  So the rows that were created in a range, at
 * QuickBooks and in the table, differ only by those that were deleted, or that
 * are missing in the table.  Where the counts of a range agree, one call is all
 * it takes; where they differ, the range is halved, and a part of at most 1000
 * rows is read and compared by ids.
 *
 * A row that is not among those read is no proof yet: rows may be deleted while
 * pages are read, which shifts the others.  It is asked for by its id, and only
 * an answer without it says that it is gone.  At the end the range is counted
 * again: it is done when QuickBooks has as many rows as are known of then.
 *
 * The same holds for the rows that were also changed since some time
 * (calls->changed_from_us): they are in the table if all that was changed since
 * was loaded.  LastUpdatedTime only grows, so none leaves them but by deletion;
 * but a row that is changed now enters them, and is not in the table yet.
 */
#ifndef AUDIT_CENSUS_H
#define AUDIT_CENSUS_H

#include "audit/census_pass.h"

struct census {
	/* the caller's */
	struct census_calls *calls;
	struct census_output *output; /* its window is open */
	bool thorough;                /* compare ids even where counts agree */
	bool may_lack;                /* rows may be missing in the table */

	/* at first those of the table; after census_take() those of QuickBooks
	 */
	struct known_rows known;
	bool outdated; /* given up because of rows that were changed after the
			  last load */

	struct time_range range;
	struct census_pass pass;
	struct known_rows page;
	struct id_set came, stored; /* ids of a part */
};

void census_init(struct census *c);
void census_free(struct census *c);

enum census_result {
	CENSUS_FAILED = -1, /* nothing more can be asked */
	CENSUS_DONE = 0,
	CENSUS_GIVEN_UP, /* this range: `why` is FAILURE_LATER; others go on */
};

/* Add each row that is gone to the output.  CENSUS_GIVEN_UP: the table lacks
 * more than CENSUS_MOST_MISSING rows though it must not, or QuickBooks' numbers
 * do not settle. */
enum { CENSUS_MOST_MISSING = 100 };
enum census_result census_take(struct census *c, struct time_range range,
			       struct failure *why) MUST_CHECK;

#endif
