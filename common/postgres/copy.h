/* postgres/copy.h - COPY, to PostgreSQL and from it; part of the libpq wrapper.
 */
#ifndef POSTGRES_COPY_H
#define POSTGRES_COPY_H

#include "postgres/connection.h"

/*
 * COPY ... FROM STDIN.  pg_copy_end() fails where the server refused a row, and
 * with FAILURE_DATA where it took another number of rows than `rows`.  After
 * any failure pg_copy_drop() ends the COPY, and nothing of it is stored.
 */
bool pg_copy_begin(struct pg *pg, const char *sql,
		   const struct sql_variable *with, size_t count,
		   struct failure *why) MUST_CHECK;
bool pg_copy_add(struct pg *pg, struct slice bytes,
		 struct failure *why) MUST_CHECK;
bool pg_copy_end(struct pg *pg, int64_t rows, struct failure *why) MUST_CHECK;
void pg_copy_drop(struct pg *pg);

/*
 * COPY ... TO STDOUT in text format: one line per call, without its newline,
 * until PG_COPY_DONE.  `line` lives until the next call.
 */
enum pg_copy_out { PG_COPY_FAILED = -1, PG_COPY_DONE = 0, PG_COPY_LINE = 1 };

bool pg_copy_out_begin(struct pg *pg, const char *sql,
		       const struct sql_variable *with, size_t count,
		       struct failure *why) MUST_CHECK;
enum pg_copy_out pg_copy_out_next(struct pg *pg, struct slice *line,
				  struct failure *why) MUST_CHECK;

#endif
