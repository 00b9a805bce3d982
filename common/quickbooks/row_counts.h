/* quickbooks/row_counts.h - how many rows of some entities QuickBooks has now.
 */
#ifndef QUICKBOOKS_ROW_COUNTS_H
#define QUICKBOOKS_ROW_COUNTS_H

#include "quickbooks/client.h"
#include "quickbooks/range_count.h"
#include "stream/window.h"

struct row_counts {
	/* the caller's */
	const struct entity *entity;
	enum window_by by;
	struct time_range range;
	int64_t changed_from_us; /* as in struct query; not with `outside` */
	bool outside;            /* also count the rows outside of the range */
	bool all; /* count all rows of the entity, whatever the range; not
		     with `outside` */

	bool may_be_absent; /* that the company does not have it is no failure
			     */

	int64_t in_range;
	bool absent;            /* the company does not have the entity: */
	struct failure refusal; /* how QuickBooks refused it */
	/* These only inform: -1 where they were not wanted, or where QuickBooks
	 * did not count them, which is logged as a warning. */
	int64_t total; /* of all times */
	int64_t after; /* of these, after the end of the range; 0 where no rows
			  lie outside of it */

	/* within row_counts_read() */
	struct range_count parts;
	struct {
		struct qbo_call in_range, total, after;
	} calls_of;
};

/*
 * One call for each range, and up to two more for `outside`, all at the same
 * time as far as the rate limit lets them.  A range that is too slow to count
 * as a whole is halved (range_count.h).  False where the rows of a range could
 * not be counted: the failure names the entity.
 */
bool row_counts_read(struct row_counts *counts, size_t count,
		     struct qbo_client *client, struct failure *why) MUST_CHECK;

#endif
