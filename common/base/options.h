/* base/options.h - a command line and its environment, described by one table.
 */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include "base/failure.h"

#define QB_VERSION "0.1.0"

/*
 * One row is the only home of an option: its spelling, its variable in the
 * environment, its default, its range and its help.  Parsing, --help and
 * tests/tools/manual.t all read this row.
 */
struct option_row {
	const char *name;     /* spelled --name; NULL: environment only */
	const char *env;      /* read when --name is not given; or NULL */
	const char *argument; /* "N" in --name=N; NULL makes it a switch */
	const char *preset;   /* default, as a user would type it; NULL: none */
	const char *help;
	int64_t least, most; /* of an integer, or of a duration in ms */
	bool secret;         /* env only; ENV_FILE may name a file instead */
	const char **text;   /* exactly one of these four is set */
	int64_t *integer;
	int64_t *duration_ms; /* "250ms", "30s", "10m", "2h" */
	bool *on;
};

struct option_table {
	const char *synopsis; /* "qb-stamp [--run=ID] [--at=TIME]" */
	const char *about;    /* what it does, a sentence or two */
	const struct option_row *rows;
	size_t count;
	const struct option_table *also; /* rows shared with other tools */
};

/*
 * Fill the variables behind the rows; argv[*used] is the first operand.
 * --help and --version are answered here, and end the process.  A name is
 * written whole: the beginning of one is not understood.
 * What is given wins over the environment, which wins over the default; an
 * empty variable counts as not set, and one that does not count is not even
 * looked at.  FAILURE_USAGE names the option or the variable, for a file of a
 * secret that cannot be read, is empty, or holds 16 KiB and more, too.
 */
bool options_read(int argc, char *argv[], const struct option_table *table,
		  int *used, struct failure *why) MUST_CHECK;

/* A filter run by hand: short help, FAILURE_USAGE when stdin is a terminal. */
bool options_require_pipe(const struct option_table *table,
			  struct failure *why) MUST_CHECK;

/* Operands where the tool takes none: FAILURE_USAGE that names the first. */
bool options_no_operands(int argc, char *argv[], int used,
			 struct failure *why) MUST_CHECK;

#endif
