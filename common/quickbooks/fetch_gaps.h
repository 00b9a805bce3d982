/*
 * quickbooks/fetch_gaps.h - narrows a page that QuickBooks cannot return down
 * to its bad rows, and finds the times that must be left out for them.
 *
 * One row that QuickBooks cannot print makes every page that holds it fail, by
 * a refusal (4002) or by the same error again and again (10000, 500), while
 * other requests succeed (QUIRKS.md, "Faults").
 */
#ifndef QUICKBOOKS_FETCH_GAPS_H
#define QUICKBOOKS_FETCH_GAPS_H

#include "quickbooks/failed_windows.h"
#include "quickbooks/fetch_job.h"
#include "quickbooks/scan_output.h"
#include "quickbooks/unreadable_rows.h"

struct fetch_gaps {
	struct unreadable_rows rows; /* of one pass of one scan */
	int pass;
	int failures_in_row; /* pages, since one succeeded */
};

/* For another scan. */
void fetch_gaps_clear(struct fetch_gaps *g);

/* A page of the scan has come. */
void fetch_gaps_page_came(struct fetch_gaps *g);

/* How often to try a request: a part of a page that failed for all its tries is
 * not tried as often, unless it is the last row.  0: as often as others. */
int64_t fetch_gaps_most_tries(const struct fetch_gaps *g,
			      const struct reader_question *question);

/*
 * The page of `job` failed as `why` says: true when it is narrowed, which its
 * reader has been told, or when it was one row, which is left out.  False: it
 * was one row and rows are not left out (`keep` false), or the failure is not
 * that of a row: too many pages failed in a row, or it concerns all requests.
 */
bool fetch_gaps_narrow(struct fetch_gaps *g, struct fetch_job *job, bool keep,
		       struct failure *why);

/*
 * The scan is proven but for these rows: the times to leave out, in order.
 * Counts the seconds in which their neighbours lie, to tell whether an
 * unreadable row lies there, too, and the gaps.  Where the counts do not agree,
 * or rows have no time, all of the scan is left out.
 */
bool fetch_gaps_find(struct fetch_gaps *g, struct fetch_jobs *jobs,
		     struct scan *scan, struct scan_output *output,
		     struct time_ranges *gaps, struct failure *why) MUST_CHECK;

/* The scan is sealed but for these rows: add them to what failed. */
void fetch_gaps_report(const struct fetch_gaps *g, const struct scan *scan,
		       struct failed_windows *failed);

#endif
