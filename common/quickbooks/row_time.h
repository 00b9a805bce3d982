/*
 * quickbooks/row_time.h - the time by which a row was selected, and so its
 * window.
 */
#ifndef QUICKBOOKS_ROW_TIME_H
#define QUICKBOOKS_ROW_TIME_H

#include "quickbooks/query_response.h"
#include "quickbooks/scan.h"

enum row_place {
	ROW_REFUSED, /* the failure says why */
	ROW_HERE,    /* `*at_us` is in the range of the scan */
	ROW_LEFT,    /* changed just now, and so no longer in the range */
	ROW_UNDATED, /* it has no such time; `*at_us` is the range's start */
};

/*
 * FAILURE_REFUSED: the row's own time lies outside of the range that was asked
 * for, so QuickBooks did not apply the filter, and what else came means
 * nothing; or it is not a time.
 */
enum row_place row_time_place(const struct scan *scan,
			      const struct query_response *page,
			      const struct response_row *row,
			      int64_t *at_us, struct failure *why);

#endif
