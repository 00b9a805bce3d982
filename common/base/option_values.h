/* base/option_values.h - the values of options, from text to variables. */
#ifndef BASE_OPTION_VALUES_H
#define BASE_OPTION_VALUES_H

#include "base/option_table.h"

/*
 * Set the row's variable from `given`; `called` is how the user spelled the
 * option: "--page-size", or a variable of the environment.  FAILURE_USAGE names
 * it, and the range.
 */
bool option_value_set(const struct option_row *row, const char *called,
		      const char *given, struct failure *why) MUST_CHECK;

/*
 * Set it from the environment, if a variable of the row is there and not empty;
 * a secret also from the file that ENV_FILE names, whole but for the newlines
 * at its end.  FAILURE_USAGE also for such a file that cannot be read, is
 * empty, or has 16 KiB or more.
 */
bool option_value_from_environment(const struct option_row *row,
				   struct failure *why) MUST_CHECK;

#endif
