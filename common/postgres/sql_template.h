/*
 * postgres/sql_template.h - SQL with psql's variables in it, expanded for the
 * server.
 *
 * So the files in sql/ can also be run with psql -v schema=raw -f FILE.
 */
#ifndef POSTGRES_SQL_TEMPLATE_H
#define POSTGRES_SQL_TEMPLATE_H

#include "base/buf.h"

struct sql_variable {
	const char *name;
	const char *value; /* UTF-8; NULL is "" */
};

enum { SQL_TEMPLATE_LONGEST_NAME = 63 }; /* PostgreSQL truncates others */

/* FAILURE_USAGE: the argument of --schema cannot be the name of one. */
bool sql_template_check_schema(const char *name,
			       struct failure *why) MUST_CHECK;

/*
 * Append `sql` with each :"name" replaced by the value as a quoted identifier
 * and each :'name' by the value as a quoted literal; as psql does, not within
 * literals, comments and $$ bodies.  Needs standard_conforming_strings.  For a
 * NULL write nullif(:'name', '').  FAILURE_USAGE: an identifier is empty or too
 * long.  A variable that is not in `with` is a bug.
 */
bool sql_template_expand(const char *sql, const struct sql_variable *with,
			 size_t count, struct buf *to,
			 struct failure *why) MUST_CHECK;

#endif
