/* drift.h - rows that move before a query is answered, and queries that are
 * answered as if they were others, as a script says. */
#ifndef DRIFT_H
#define DRIFT_H

#include "sim.h"

/* Rows of what is asked for are edited, deleted or returned. */
void drift(struct sim *s, const struct question *asked,
	   const struct script_verdict *v);

void drift_question(struct question *asked, const struct script_verdict *v);

#endif
