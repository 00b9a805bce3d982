/*
 * statement.h - SQL with psql's variables in it, made ready for the server.
 *
 * The files in sql/ run as they are with psql -v schema=raw -f; here the same
 * text is filled in for libpq.
 */
#ifndef STATEMENT_H
#define STATEMENT_H

#include "buf.h"

struct statement_value {
	const char *name;
	const char *value; /* UTF-8; NULL counts as "" */
};

enum { STATEMENT_LONGEST_NAME = 63 }; /* PostgreSQL cuts off the rest */

/* Can a schema be called so?  FAILURE_USAGE, of --schema, when not. */
bool statement_want_schema(const char *name, struct failure *why) MUST_CHECK;

/*
 * Append `sql` with each :"name" replaced by the value as a quoted identifier
 * and each :'name' by it as a quoted text; not in texts, comments and $$
 * bodies, as psql does.  Needs standard_conforming_strings.  There is no NULL:
 * write nullif(:'name', '').  FAILURE_USAGE for an identifier that is empty or
 * too long.  A name that nobody gives is a bug of ours.
 */
bool statement_fill(const char *sql, const struct statement_value *with,
		    size_t count, struct buf *to,
		    struct failure *why) MUST_CHECK;

#endif
