/*
 * reports.h - /v3/company/REALM/reports/NAME: all reports that qb knows, in
 * five forms.
 */
#ifndef REPORTS_H
#define REPORTS_H

#include "sim.h"

/* What the log and the rules know of such a request, good or not. */
void reports_note(struct sim *s, const struct request *r, const char *name,
		  struct answer *a);

/* For the table of paths in api.c. */
bool reports_answer(struct sim *s, const struct request *r, struct answer *a,
		    const char *name, struct refusal *why) MUST_CHECK;

#endif
