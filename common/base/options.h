/* base/options.h - reads a command line and the environment, as one table
 * describes them. */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include "base/option_table.h"

#define QB_VERSION "0.1.0"

/*
 * Set the variables of the rows; argv[*used] is the first operand.  --help,
 * --version and --list-options (option_help_list(), for scripts) print and end
 * the process.  A name must be whole: "--pag" is not --page-size.  The command
 * line wins over the environment, which wins over the default; an empty
 * variable counts as not set, and a variable whose option is given is not read.
 * FAILURE_USAGE names the option or the variable, as option_value_set() and
 * option_value_from_environment() do.
 */
bool options_read(int argc, char *argv[], const struct option_table *table,
		  int *used, struct failure *why) MUST_CHECK;

/* FAILURE_USAGE, after a short help, when standard input is a terminal. */
bool options_require_pipe(const struct option_table *table,
			  struct failure *why) MUST_CHECK;

/* FAILURE_USAGE, naming the first operand, where the tool takes none. */
bool options_no_operands(int argc, char *argv[], int used,
			 struct failure *why) MUST_CHECK;

#endif
