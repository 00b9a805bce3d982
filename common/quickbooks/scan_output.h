/*
 * quickbooks/scan_output.h - from the pages of a scan to the rows and seals of
 * its windows.
 *
 * The rows of a scan that lies within one window are written as they come.
 * Those of several windows wait until the scan is proven; then each goes to the
 * window of its own time, and the windows are written one after the other.
 */
#ifndef QUICKBOOKS_SCAN_OUTPUT_H
#define QUICKBOOKS_SCAN_OUTPUT_H

#include "quickbooks/call.h"
#include "quickbooks/fetch_output.h"
#include "quickbooks/held_rows.h"
#include "quickbooks/scan.h"

struct scan_output {
	struct fetch_output lines;
	struct held_rows held;
	bool hold; /* set by the caller: hold the rows of one window, too, so
		      that scan_output_drop() can drop them */
	/* a window that several scans read, so far */
	struct fetch_seal seal;
	struct fetch_scan scan;
};

void scan_output_init(struct scan_output *o, struct lines_out *out);
void scan_output_free(struct scan_output *o);

/*
 * Take the rows of a page that the scan does not have yet.  FAILURE_REFUSED: a
 * row's own time lies outside the range that was asked for, so QuickBooks
 * ignored that; or it cannot be read.  A row that was changed while the page
 * was read, and so has left the range, is passed over.  A row without a time
 * sets scan->has_undated_row: such a scan must lie in one window.
 */
bool scan_output_take_page(struct scan_output *o, struct scan *scan,
			   const char *realm, const struct qbo_call *call,
			   const struct reader_question *question,
			   struct failure *why) MUST_CHECK;

/* Drop the rows of a scan that are held. */
void scan_output_drop(struct scan_output *o);

/* Are the rows of this scan held? */
bool scan_output_holds(const struct scan_output *o, const struct scan *scan);

/*
 * The scan is proven: write its rows, and seal its windows.  `gaps`, in order,
 * are times that are left out (only where rows are held): windows are cut
 * around them.  Adds to `windows` and `rows` what was sealed.
 */
bool scan_output_finish(struct scan_output *o, struct scan *scan,
			const char *realm, const struct time_ranges *gaps,
			int64_t *windows, int64_t *rows,
			struct failure *why) MUST_CHECK;

/* The times of the rows that are held and were there in the last pass, sorted;
 * the caller frees them. */
bool scan_output_times(struct scan_output *o, const struct scan *scan,
		       int64_t **times, size_t *count,
		       struct failure *why) MUST_CHECK;

#endif
