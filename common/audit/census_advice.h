/* audit/census_advice.h - what to do when a census finds more than deletions,
 * or cannot be made. */
#ifndef AUDIT_CENSUS_ADVICE_H
#define AUDIT_CENSUS_ADVICE_H

#include "audit/known_rows.h"
#include "stream/entity.h"

/* What the commands need to load rows as the ones that are there were loaded.
 */
struct census_advice {
	const struct entity *entity;
	const char *schema;
	const char *dsn; /* NULL: not given */
	const char
		*options; /* all options, instead of these; NULL: not given */
};

/* The next step: read the range again, by CreateTime; `changed_from_us` not 0:
 * instead, what was changed from then on. */
bool census_advise_reload(const struct census_advice *a,
			  struct time_range range, int64_t changed_from_us,
			  struct failure *why);

/* The next step: load what was changed from then on. */
bool census_advise_load(const struct census_advice *a, int64_t changed_from_us,
			struct failure *why);

/*
 * FAILURE_LATER: the load log does not cover `missing`, with the command that
 * loads it.  An end of 0: up to now.
 */
bool census_fail_uncovered(const struct census_advice *a,
			   struct time_range missing, struct failure *why);

/*
 * FAILURE_LATER when some rows of the census are not in the table: names them,
 * and the commands that read the times at which they were created.  True when
 * none is missing.
 */
bool census_require_all(const struct census_advice *a,
			const struct known_rows *known, struct failure *why);

/* Tell of the rows that QuickBooks cannot return, `reason` being why. */
void census_tell_unreadable(const struct census_advice *a,
			    const struct known_rows *known,
			    const struct failure *reason);

#endif
