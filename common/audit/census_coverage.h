/*
 * audit/census_coverage.h - is all that was created in a range loaded?
 *
 * A row created there was loaded if a window by `created` covers it; or if
 * windows by `updated` cover all time from then until they were read, since a
 * row's last change is not before its creation.  A row created before they
 * begin was loaded if it was changed since.
 */
#ifndef AUDIT_CENSUS_COVERAGE_H
#define AUDIT_CENSUS_COVERAGE_H

#include "check/ledger_query.h"

struct census_coverage {
	struct time_ranges created, updated; /* by windows of the load log */
	int64_t read_us; /* when one by `updated` was read last */
};

void census_coverage_init(struct census_coverage *c);
void census_coverage_free(struct census_coverage *c);

/* Read what windows cover so well that no row can appear there any more; as
 * ledger_query_proven(). */
bool census_coverage_read(struct census_coverage *c,
			  const struct ledger_query *l,
			  const struct entity *entity, int64_t settle_ms,
			  struct failure *why) MUST_CHECK;

enum census_coverage_is {
	CENSUS_COVERED, /* the range, but perhaps for its end, is cut to that */
	CENSUS_MISSING, /* `missing` must be loaded first */
};

/* Pure.  What comes after the last load is cut off: it cannot be in the table.
 * `missing` has no end (0) where all that came since is to be loaded. */
enum census_coverage_is census_coverage_apply(const struct census_coverage *c,
					      struct time_range *range,
					      struct time_range *missing);

/*
 * When windows by `updated` begin, if all that was changed since was loaded,
 * and if they begin with the range or later: then rows that were created before
 * the range are in the table if they were changed from that time on.  0:
 * otherwise.
 */
int64_t census_coverage_changed_from(const struct census_coverage *c,
				     struct time_range range);

/* Until when all that was changed was loaded; INT64_MAX where that is not what
 * the load log says. */
int64_t census_coverage_loaded_until(const struct census_coverage *c);

#endif
