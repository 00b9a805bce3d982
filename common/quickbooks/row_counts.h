/* quickbooks/row_counts.h - how many rows of some entities QuickBooks has now.
 */
#ifndef QUICKBOOKS_ROW_COUNTS_H
#define QUICKBOOKS_ROW_COUNTS_H

#include "base/time_ranges.h"
#include "quickbooks/client.h"
#include "stream/window.h"

struct row_counts {
	/* the caller's */
	const struct entity *entity;
	enum window_by by;
	struct time_range range;
	bool want_after;

	int64_t in_range;
	/* These only inform: -1 where QuickBooks did not count them, which is
	 * logged as a warning. */
	int64_t total; /* of all times */
	int64_t after; /* of these, after the end of the range; 0 unless wanted
			  and rows lie outside of it */

	struct {
		struct qbo_call in_range, total, after;
	} calls;
};

/*
 * Two calls per entity, or three with `after`, all at the same time as far as
 * the rate limit lets them.  False where the rows of a range could not be
 * counted: the failure names the entity.
 */
bool row_counts_read(struct row_counts *counts, size_t count,
		     struct qbo_client *client, struct failure *why) MUST_CHECK;

#endif
