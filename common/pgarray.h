/*
 * pgarray.h - arrays as what a statement is asked with; the part of the door to
 * libpq that speaks parameters.
 *
 * In the binary form that array_recv() of PostgreSQL takes
 * (src/backend/utils/adt/arrayfuncs.c): each element as a field of COPY.
 */
#ifndef PGARRAY_H
#define PGARRAY_H

#include "pg.h"

/* Of elements; PostgreSQL's pg_type.dat, the same in all versions. */
enum pgarray_type {
	PGARRAY_INT8 = 20,
	PGARRAY_TEXT = 25,
	PGARRAY_TIME = 1184, /* timestamptz */
};

struct pgarray {
	struct buf bytes;
	enum pgarray_type type;
	int32_t count;
};

void pgarray_init(struct pgarray *a, enum pgarray_type type);
void pgarray_free(struct pgarray *a);
void pgarray_clear(struct pgarray *a); /* keeps the memory */

/* A field of COPY, its length before it (copyrow.h). */
bool pgarray_add(struct pgarray *a, struct slice field,
		 struct failure *why) MUST_CHECK;

/* What pg_run() does, of one statement in which the arrays, none of them empty,
 * are $1, $2, ... */
bool pg_ask(struct pg *pg, const char *sql, const struct statement_value *with,
	    size_t count, const struct pgarray *arrays, int array_count,
	    struct pg_answer *answer, struct failure *why) MUST_CHECK;

#endif
