/*
 * postgres/arrays.h - arrays as what a statement is asked with; the part of the
 * door to libpq that speaks parameters.
 *
 * In the binary form that array_recv() of PostgreSQL takes
 * (src/backend/utils/adt/arrayfuncs.c): each element as a field of COPY.
 */
#ifndef POSTGRES_ARRAYS_H
#define POSTGRES_ARRAYS_H

#include "postgres/connection.h"

/* Of elements; PostgreSQL's pg_type.dat, the same in all versions. */
enum pg_array_type {
	PG_ARRAY_INT8 = 20,
	PG_ARRAY_TEXT = 25,
	PG_ARRAY_TIME = 1184, /* timestamptz */
};

struct pg_array {
	struct buf bytes;
	enum pg_array_type type;
	int32_t count;
};

void pg_array_init(struct pg_array *a, enum pg_array_type type);
void pg_array_free(struct pg_array *a);
void pg_array_clear(struct pg_array *a); /* keeps the memory */

/* A field of COPY, its length before it (postgres/copy_binary.h). */
bool pg_array_add(struct pg_array *a, struct slice field,
		  struct failure *why) MUST_CHECK;

/* What pg_run() does, of one statement in which the arrays, none of them empty,
 * are $1, $2, ... */
bool pg_run_with_arrays(struct pg *pg, const char *sql,
			const struct sql_variable *with, size_t count,
			const struct pg_array *arrays, int array_count,
			struct pg_result *answer,
			struct failure *why) MUST_CHECK;

#endif
