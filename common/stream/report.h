/*
 * stream/report.h - the reports of QuickBooks that can be read, each as an
 * entity of its own: "report:ProfitAndLoss".
 */
#ifndef STREAM_REPORT_H
#define STREAM_REPORT_H

#include "base/slice.h"

struct report {
	const char *name; /* as its address has it: "ProfitAndLoss" */
	bool as_of;       /* of one day, the last one of the period */
	bool aged;        /* as_of: what is due, by how long it has been */
	bool basis;       /* can be on a cash or an accrual basis */
};

/* "report:" */
extern const char REPORT_PREFIX[];

/*
 * "report:ProfitAndLoss" or "report:ProfitAndLoss:Cash", in any case; NULL when
 * there is none.  `*basis` becomes "Cash", "Accrual", or NULL: as the company
 * has it.
 */
const struct report *report_find(struct slice name, const char **basis);

/* All of them, in alphabetical order; NULL past the last. */
const struct report *report_at(size_t i);

#endif
