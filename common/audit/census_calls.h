/*
 * audit/census_calls.h - what a census asks QuickBooks: how many rows were
 * created in a range, which ones, and whether some of them are there at all.
 *
 * One call after the other, since each answer decides what is asked next.
 */
#ifndef AUDIT_CENSUS_CALLS_H
#define AUDIT_CENSUS_CALLS_H

#include "audit/known_rows.h"
#include "quickbooks/client.h"
#include "quickbooks/row_counts.h"

/* Ids in one query: some 1,200 bytes of a URL. */
enum { CENSUS_MOST_IDS = 100 };

struct census_calls {
	struct qbo_client *qbo;      /* the caller's */
	const struct entity *entity; /* the caller's */
	int64_t pages;               /* of rows that came */
	struct qbo_call call;
	struct row_counts counts;
};

void census_calls_init(struct census_calls *c, struct qbo_client *qbo);
void census_calls_free(struct census_calls *c);

/* A range that is too slow to count is halved (quickbooks/range_count.h). */
bool census_calls_count(struct census_calls *c, struct time_range range,
			int64_t *count, struct failure *why) MUST_CHECK;

/*
 * Add the rows of the range as QuickBooks returns them, page after page, until
 * so many came as are expected, or a page is empty; a row that comes twice is
 * added twice.  `*too_slow`: it takes too long or is too
 * large, ask for less.  FAILURE_REFUSED: a row does not lie in the range, so
 * QuickBooks ignored the filter, and nothing that came means anything.
 */
bool census_calls_rows(struct census_calls *c, struct time_range range,
		       int64_t expected, struct known_rows *to, bool *too_slow,
		       struct failure *why) MUST_CHECK;

/*
 * Ask for some rows by their ids alone, at most CENSUS_MOST_IDS: call.response
 * has those that are there, until the next call.
 */
bool census_calls_ids(struct census_calls *c, const struct slice *ids,
		      size_t count, bool *too_slow,
		      struct failure *why) MUST_CHECK;

#endif
