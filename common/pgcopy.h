/*
 * pgcopy.h - rows in bulk, to PostgreSQL and from it; the half of the door to
 * libpq that speaks COPY.
 */
#ifndef PGCOPY_H
#define PGCOPY_H

#include "pg.h"

/*
 * COPY ... FROM STDIN.  pg_copy_end() gives the server's verdict: FAILURE_DATA
 * when it took another number of rows than `rows`.  After any failure of
 * these pg_copy_drop() ends the COPY; nothing of it is stored then.
 */
bool pg_copy_begin(struct pg *pg, const char *sql,
		   const struct statement_value *with, size_t count,
		   struct failure *why) MUST_CHECK;
bool pg_copy_add(struct pg *pg, struct slice bytes,
		 struct failure *why) MUST_CHECK;
bool pg_copy_end(struct pg *pg, int64_t rows, struct failure *why) MUST_CHECK;
void pg_copy_drop(struct pg *pg);

/*
 * COPY ... TO STDOUT, as text: one line at a time, without its newline, until
 * PG_DONE.  `line` lives until the next call.
 */
enum pg_got { PG_FAILED = -1, PG_DONE = 0, PG_LINE = 1 };

bool pg_read_begin(struct pg *pg, const char *sql,
		   const struct statement_value *with, size_t count,
		   struct failure *why) MUST_CHECK;
enum pg_got pg_read_next(struct pg *pg, struct slice *line,
			 struct failure *why) MUST_CHECK;

#endif
