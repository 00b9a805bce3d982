/* postgres/sqlstate.h - what the operator should do about PostgreSQL's errors.
 */
#ifndef POSTGRES_SQLSTATE_H
#define POSTGRES_SQLSTATE_H

#include "base/failure.h"

enum { SQLSTATE_SIZE = 5 + 1 };

/*
 * Fail with "PostgreSQL says: <said> (<state>)", and with the kind and the next
 * step for that state; returns false.
 */
bool sqlstate_fail(const char *state, const char *said, struct failure *why);

/*
 * Find the state in a verbose message of libpq, "FATAL:  28P01: password ...",
 * in any language; `*said` is what follows it.
 */
bool sqlstate_find(const char *message, char state[SQLSTATE_SIZE],
		   const char **said) MUST_CHECK;

/*
 * The row that the CONTEXT of a failed COPY names, from 1; 0: none.  "COPY
 * qb_stage, line 17, column payload", in the server's language.
 */
int64_t sqlstate_copy_row(const char *context);

#endif
