/*
 * audit/census_range.h - the census of the rows that were created in a range:
 * what is loaded of it, what the table has, what QuickBooks counts, and what
 * that says.
 *
 * If windows by `updated` begin with the range, rows that were created before
 * it and changed since are in the table, too, and so belong to it.
 */
#ifndef AUDIT_CENSUS_RANGE_H
#define AUDIT_CENSUS_RANGE_H

#include "audit/census.h"
#include "audit/census_advice.h"
#include "check/ledger_query.h"

struct census_range {
	/* the caller's; advice.entity is set by census_range_count() */
	const struct ledger_query *ledger;
	struct census_calls *calls;
	struct census_output *output;
	struct census_advice advice;
	int64_t settle_ms;
	bool thorough, may_lack;

	struct failure missing; /* rows of the range, in the table */
	int64_t rows;           /* QuickBooks' in the range */
};

/*
 * Write the gone lines and the seal of the window, which is cut to what is
 * loaded.  CENSUS_GIVEN_UP: nothing is written; or the table lacks rows, and
 * the window is provisional, so that it is counted again by the next run.
 */
enum census_result census_range_count(struct census_range *r,
				      struct window *window,
				      struct failure *why) MUST_CHECK;

#endif
