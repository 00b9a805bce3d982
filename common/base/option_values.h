/* base/option_values.h - option values, parsed into variables. */
#ifndef BASE_OPTION_VALUES_H
#define BASE_OPTION_VALUES_H

#include "base/option_table.h"

/*
 * Set the row's variable from `given`.  `called` is the option as the user
 * spelled it, "--page-size", or the name of the environment variable;
 * FAILURE_USAGE names it, and the range.
 */
bool option_value_set(const struct option_row *row, const char *called,
		      const char *given, struct failure *why) MUST_CHECK;

/*
 * Set it from the environment, if the row's variable is set and not empty; a
 * secret also from the file that ENV_FILE names, without the newlines at its
 * end.  FAILURE_USAGE also when that file cannot be read, is empty, or has 16
 * KiB or more.
 */
bool option_value_from_environment(const struct option_row *row,
				   struct failure *why) MUST_CHECK;

#endif
