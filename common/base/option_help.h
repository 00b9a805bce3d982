/* base/option_help.h - an option table, printed. */
#ifndef BASE_OPTION_HELP_H
#define BASE_OPTION_HELP_H

#include "base/option_table.h"

/* "usage: qb-stamp [--run=ID] ...", and what the tool does. */
void option_help_usage(FILE *to, const struct option_table *table);

/* All of --help: usage, each option, each variable of the environment. */
void option_help_print(FILE *to, const struct option_table *table);

/*
 * For programs: a line for each option, with tabs between its name, its
 * argument, its default, its variable and its help; what it lacks is empty.
 */
void option_help_list(FILE *to, const struct option_table *table);

#endif
