/*
 * postgres/connect.h - connect to PostgreSQL; part of the libpq wrapper.
 *
 * Where to connect: --dsn, and libpq's environment (PGHOST, PGSERVICE,
 * PGPASSFILE, ...).  Every session uses UTF-8 and UTC, and has an empty
 * search_path, so statements name the schema.
 */
#ifndef POSTGRES_CONNECT_H
#define POSTGRES_CONNECT_H

#include "base/options.h"
#include "postgres/connection.h"

/* --dsn, for the option table of a tool. */
extern const struct option_table pg_options;

/* --dsn for the commands that messages name, or NULL if it was not given.  One
 * with a password is not shown: "...", which cannot be used by mistake. */
const char *pg_dsn_shown(void);

/*
 * Closes a connection that is open.  FAILURE_LATER: no answer within a minute,
 * or the server is shutting down, starting up or full.  FAILURE_REFUSED: no
 * such database, no right, a wrong password.  FAILURE_USAGE: --dsn is invalid.
 */
bool pg_connect(struct pg *pg, struct failure *why) MUST_CHECK;

#endif
