/* base/option_help.h - prints an option table: --help, usage, completion. */
#ifndef BASE_OPTION_HELP_H
#define BASE_OPTION_HELP_H

#include "base/option_table.h"

/* "usage: qb-stamp [--run=ID] ...", and what the tool does. */
void option_help_usage(FILE *to, const struct option_table *table);

/* All of --help: usage, every option, every environment variable. */
void option_help_print(FILE *to, const struct option_table *table);

/*
 * For programs: one line per option with its name, argument, default,
 * environment variable and help, separated by tabs; a missing one is empty.
 */
void option_help_list(FILE *to, const struct option_table *table);

#endif
