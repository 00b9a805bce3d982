/*
 * postgres/sql_template.h - SQL with psql's variables in it, made ready for the
 * server.
 *
 * The files in sql/ run as they are with psql -v schema=raw -f; here the same
 * text is filled in for libpq.
 */
#ifndef POSTGRES_SQL_TEMPLATE_H
#define POSTGRES_SQL_TEMPLATE_H

#include "base/buf.h"

struct sql_variable {
	const char *name;
	const char *value; /* UTF-8; NULL counts as "" */
};

enum { SQL_TEMPLATE_LONGEST_NAME = 63 }; /* PostgreSQL cuts off the rest */

/* Can a schema be called so?  FAILURE_USAGE, of --schema, when not. */
bool sql_template_check_schema(const char *name,
			       struct failure *why) MUST_CHECK;

/*
 * Append `sql` with each :"name" replaced by the value as a quoted identifier
 * and each :'name' by it as a quoted text; not in texts, comments and $$
 * bodies, as psql does.  Needs standard_conforming_strings.  There is no NULL:
 * write nullif(:'name', '').  FAILURE_USAGE for an identifier that is empty or
 * too long.  A name that nobody gives is a bug of ours.
 */
bool sql_template_expand(const char *sql, const struct sql_variable *with,
			 size_t count, struct buf *to,
			 struct failure *why) MUST_CHECK;

#endif
