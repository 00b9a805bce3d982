/*
 * postgres/arrays.h - arrays as parameters of a statement; part of the libpq
 * wrapper.
 *
 * In PostgreSQL's binary format of arrays, array_recv() in
 * src/backend/utils/adt/arrayfuncs.c: each element as a field of binary COPY.
 */
#ifndef POSTGRES_ARRAYS_H
#define POSTGRES_ARRAYS_H

#include "postgres/connection.h"

/* The type of the elements, by OID; pg_type.dat, the same in all versions. */
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

/* `field` includes its length (postgres/copy_binary.h). */
bool pg_array_add(struct pg_array *a, struct slice field,
		  struct failure *why) MUST_CHECK;

/* pg_run() of one statement with the arrays as $1, $2, ...; none is empty. */
bool pg_run_with_arrays(struct pg *pg, const char *sql,
			const struct sql_variable *with, size_t count,
			const struct pg_array *arrays, int array_count,
			struct pg_result *answer,
			struct failure *why) MUST_CHECK;

#endif
