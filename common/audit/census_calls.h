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

struct census_calls {
	/* the caller's */
	struct qbo_client *qbo;
	const struct entity *entity;
	int64_t changed_from_us; /* only rows that were changed then or later
				    are counted and read; 0: all */
	int64_t loaded_until_us; /* what was changed then or later may not have
				    been loaded yet; INT64_MAX: all was */

	int64_t pages;                 /* of rows that came */
	int failures_in_row;           /* pages, as long as none came */
	struct failure unreadable_why; /* of CENSUS_PAGE_UNREADABLE */
	struct qbo_call call;
	struct row_counts counts;
};

void census_calls_init(struct census_calls *c, struct qbo_client *qbo);
void census_calls_free(struct census_calls *c);

/* A range that is too slow to count is halved (quickbooks/range_count.h). */
bool census_calls_count(struct census_calls *c, struct time_range range,
			int64_t *count, struct failure *why) MUST_CHECK;

enum census_page {
	CENSUS_PAGE_CAME,
	CENSUS_PAGE_TOO_SLOW,   /* or too large: ask for less */
	CENSUS_PAGE_UNREADABLE, /* one of its rows may be why: ask for less */
};

/*
 * Add the rows of the range as QuickBooks returns them, page after page, until
 * so many came as are expected, or a page is empty; a row that comes twice is
 * added twice.  FAILURE_REFUSED: a row does not lie in the range, so
 * QuickBooks ignored the filter, and nothing that came means anything.
 */
bool census_calls_rows(struct census_calls *c, struct time_range range,
		       int64_t expected, struct known_rows *to,
		       enum census_page *page, struct failure *why) MUST_CHECK;

/* What a row is that came and that the table lacks. */
enum known_row_is census_calls_unknown(const struct census_calls *c,
				       const struct response_row *row);

/*
 * Ask for some rows by their ids alone, at most QUERY_MOST_IDS: call.response
 * has those that are there, until the next call.
 */
bool census_calls_ids(struct census_calls *c, const struct slice *ids,
		      size_t count, enum census_page *page,
		      struct failure *why) MUST_CHECK;

#endif
