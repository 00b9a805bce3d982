/*
 * quickbooks/report_request.h - what is requested for the window of a report:
 * its address, its parameters, and the id of the row that it becomes.
 */
#ifndef QUICKBOOKS_REPORT_REQUEST_H
#define QUICKBOOKS_REPORT_REQUEST_H

#include "stream/report.h"
#include "stream/window.h"

enum {
	REPORT_DATE = sizeof("2025-01-31"),
	REPORT_PATH = 64,
	REPORT_PARAMETERS = 128,
	REPORT_ID = REPORT_PATH + REPORT_PARAMETERS,
};

struct report_request {
	const struct report *report;
	const char
		*basis; /* "Cash" or "Accrual"; NULL: as the company has it */
	/* The first and the last day; what is of one day has the last. */
	char first[REPORT_DATE], last[REPORT_DATE];
	char path[REPORT_PATH];             /* "reports/ProfitAndLoss" */
	char parameters[REPORT_PARAMETERS]; /* in alphabetical order */
	/* "ProfitAndLoss?accounting_method=Cash&end_date=2025-01-31&
	 * start_date=2025-01-01" */
	char id[REPORT_ID];
};

/* FAILURE_DATA: it is not the window of a report, or not of whole days. */
bool report_request_make(struct report_request *r, const struct window *window,
			 struct failure *why) MUST_CHECK;

#endif
