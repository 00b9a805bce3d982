/*
 * quickbooks/report_response.h - parses a report, and checks that it is the one
 * that was requested, and all of it.
 *
 * The only place that knows how a report is laid out: Header, Columns, Rows
 * (DOC run-reports; QUIRKS.md, "Reports").
 */
#ifndef QUICKBOOKS_REPORT_RESPONSE_H
#define QUICKBOOKS_REPORT_RESPONSE_H

#include "quickbooks/report_request.h"
#include "json/json.h"

/* What its Header says: as sent, or at NULL. */
struct report_response {
	struct slice name, basis;
	struct slice start, end;  /* StartPeriod, EndPeriod */
	struct slice report_date; /* an Option */
	struct slice time;        /* when it was made, if that is a time with an
				     offset */
	bool no_data;             /* an Option says so */
	bool cut;                 /* QuickBooks says that there is more */
};

/*
 * Slices point into `body`.  FAILURE_DATA: it is not one whole JSON object, or
 * none of a report: no Header, or two; no Columns or no Rows, although there
 * are data; a member of another type than these have.
 */
bool report_response_parse(struct report_response *r, struct slice body,
			   struct failure *why) MUST_CHECK;

/*
 * Is it the report that was requested?  FAILURE_REFUSED: QuickBooks left a
 * parameter out of account, so it is another report, of another period or
 * basis; or it is cut.
 */
bool report_response_check(const struct report_response *r,
			   const struct report_request *request,
			   struct failure *why) MUST_CHECK;

/* What helps against a report that is too large. */
bool report_response_advise(const struct report_request *request,
			    struct failure *why);

#endif
