/* status/max_age.h - the argument of --max-age: how old is too old. */
#ifndef STATUS_MAX_AGE_H
#define STATUS_MAX_AGE_H

#include "base/failure.h"

/* "90m", "36h", "2d": from a minute to 3650 days.  FAILURE_USAGE otherwise. */
bool max_age_parse(const char *text, int64_t *age_us,
		   struct failure *why) MUST_CHECK;

#endif
