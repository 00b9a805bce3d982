/*
 * quickbooks/report_reader.h - reads the windows of reports, one call each.
 *
 * A report becomes one row: its id is its name and the parameters, its payload
 * the body of the response, byte for byte.
 */
#ifndef QUICKBOOKS_REPORT_READER_H
#define QUICKBOOKS_REPORT_READER_H

#include "quickbooks/client.h"
#include "quickbooks/fetch_output.h"
#include "quickbooks/report_response.h"

struct report_reader {
	struct qbo_client *qbo; /* the caller's */
	struct fetch_output output;
	struct qbo_call call;
	int64_t windows, rows; /* sealed; the caller may clear them */

	/* Why report_read() failed, beside its failure: */
	bool absent;           /* the company does not have this report */
	bool this_window_only; /* another one may succeed; true if `absent` */
};

/* The caller sets `qbo`. */
void report_reader_init(struct report_reader *r, struct lines_out *out);
void report_reader_free(struct report_reader *r);

/*
 * Read a window, write its row and its seal; `text` is the ticket's object.
 * After a failure nothing of it is written, and `why` names the window.
 *
 * FAILURE_REFUSED: the company does not have the report; it is not the one that
 * was requested; it is cut.  FAILURE_LATER: it took too long, or as calls fail.
 */
bool report_read(struct report_reader *r, const struct window *window,
		 struct slice text, struct failure *why) MUST_CHECK;

#endif
