/* base/option_table.h - the options of a tool, in one table. */
#ifndef BASE_OPTION_TABLE_H
#define BASE_OPTION_TABLE_H

#include "base/failure.h"

/*
 * One row holds everything about an option: its spelling, its variable in the
 * environment, its default, its range and its help.  Parsing, --help, the
 * synopsis, qb-backfill and tests/tools/manual.t all read this row.
 */
struct option_row {
	const char *name;     /* spelled --name; NULL: environment only */
	const char *former;   /* an older name, still accepted; in no help */
	const char *env;      /* read when --name is not given; or NULL */
	const char *argument; /* "N" in --name=N; NULL makes it a switch */
	const char *preset;   /* default, as a user would type it; NULL: none */
	const char *help;
	int64_t least, most; /* of an integer, or of a duration in ms */
	bool required;       /* in the synopsis; the tool itself checks it */
	bool secret;         /* env only; ENV_FILE may name a file instead */
	const char **text;   /* exactly one of these four is set */
	int64_t *integer;
	int64_t *duration_ms; /* "250ms", "30s", "10m", "2h" */
	bool *on;
};

struct option_table {
	const char *tool;     /* "qb-stamp"; of the first table only */
	const char *operands; /* "ENTITY...", or NULL for none */
	const char *about;    /* what the tool does, in a sentence or two */
	const struct option_row *rows;
	size_t count;
	const struct option_table *also; /* rows shared with other tools */
};

#endif
