/* postgres/sqlstate.h - what PostgreSQL's error codes ask of the operator. */
#ifndef POSTGRES_SQLSTATE_H
#define POSTGRES_SQLSTATE_H

#include "base/failure.h"

enum { SQLSTATE_SIZE = 5 + 1 };

/*
 * Record "PostgreSQL says: <said> (<state>)" with the kind and the advice that
 * fit the state; returns false.
 */
bool sqlstate_fail(const char *state, const char *said, struct failure *why);

/*
 * The state in a message of libpq's verbose form, "FATAL:  28P01: password
 * ...", whatever the language of its first word; `*said` is what follows.
 */
bool sqlstate_find(const char *message, char state[SQLSTATE_SIZE],
		   const char **said) MUST_CHECK;

/*
 * The row that a failed COPY names in its context, from 1; 0: none.  "COPY
 * qb_stage, line 17, column payload", in the server's language.
 */
int64_t sqlstate_copy_row(const char *context);

#endif
