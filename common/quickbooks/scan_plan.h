/*
 * quickbooks/scan_plan.h - what reading a scan would take: qb-fetch --plan.
 */
#ifndef QUICKBOOKS_SCAN_PLAN_H
#define QUICKBOOKS_SCAN_PLAN_H

#include "quickbooks/scan.h"
#include "stream/lines.h"

struct scan_plan {
	int64_t scans, calls;
};

/* For so many rows, spread evenly, if nothing changes meanwhile. */
struct scan_plan scan_plan_for(const struct scan_policy *policy,
			       bool rows_may_enter, int64_t rows);

/* The calls that follow the count of a scan, which is so many rows. */
int64_t scan_plan_after_count(const struct scan_policy *policy, int64_t rows);

/* Write the plan of a whole run, which has so many rows, as a line of JSON;
 * qb-fetch(1). */
bool scan_plan_write(const struct scan *scan, const struct scan_policy *policy,
		     int64_t rows, struct lines_out *to,
		     struct failure *why) MUST_CHECK;

#endif
