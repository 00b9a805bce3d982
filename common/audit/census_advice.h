/* audit/census_advice.h - what to do when a census finds more than deletions,
 * or cannot be made. */
#ifndef AUDIT_CENSUS_ADVICE_H
#define AUDIT_CENSUS_ADVICE_H

#include "audit/known_rows.h"
#include "stream/entity.h"

/* The next step: read the range again, by CreateTime. */
bool census_advise_reload(const struct entity *entity, const char *schema,
			  struct time_range range, struct failure *why);

/*
 * FAILURE_LATER: the load log does not cover `missing`, with the command that
 * loads it.  An end of 0: up to now.
 */
bool census_fail_uncovered(const struct entity *entity, const char *schema,
			   struct time_range missing, struct failure *why);

/*
 * FAILURE_LATER when some rows of the census are not in the table: names them,
 * and the commands that read the times at which they were created.  True when
 * none is missing.
 */
bool census_require_all(const struct entity *entity, const char *schema,
			const struct known_rows *known, struct failure *why);

#endif
