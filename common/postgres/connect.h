/*
 * postgres/connect.h - where PostgreSQL is, and as what it is spoken to.
 *
 * Where to connect comes from --dsn or from libpq's own environment (PGHOST,
 * PGSERVICE, PGPASSFILE, ...).  Every session speaks UTF-8 and UTC, and has an
 * empty search_path: name the schema.
 */
#ifndef POSTGRES_CONNECT_H
#define POSTGRES_CONNECT_H

#include "base/options.h"
#include "postgres/connection.h"

/* The row --dsn, for whoever talks to PostgreSQL. */
extern const struct option_table pg_options;

/*
 * May be called again, for another connection.  FAILURE_LATER: nobody answers
 * within a minute, or the server is stopping, starting or full.
 * FAILURE_REFUSED: no such database, no right, a wrong password.
 * FAILURE_USAGE: --dsn is none.
 */
bool pg_connect(struct pg *pg, struct failure *why) MUST_CHECK;

#endif
