#include <endian.h>
#include <libpq-fe.h>

#include "pgarray.h"

enum {
	MOST_BYTES = 256 * 1024 * 1024,
	MOST_ARRAYS = 8,
	DIMENSIONS = 1,
	MAY_HOLD_NULLS = 1,
	FROM = 1, /* the first element's number */
	BINARY = 1,
	COUNT_AT = 3 * sizeof(uint32_t),
};

void
pgarray_init(struct pgarray *a, enum pgarray_type type)
{
	*a = (struct pgarray){ .type = type };
	buf_init(&a->bytes, MOST_BYTES);
}

void
pgarray_free(struct pgarray *a)
{
	buf_free(&a->bytes);
	a->count = 0;
}

void
pgarray_clear(struct pgarray *a)
{
	buf_clear(&a->bytes);
	a->count = 0;
}

static bool
begin(struct pgarray *a, struct failure *why)
{
	const uint32_t head[] = { htobe32(DIMENSIONS), htobe32(MAY_HOLD_NULLS),
				  htobe32(a->type), 0, htobe32(FROM) };

	return buf_add(&a->bytes, head, sizeof(head), why);
}

bool
pgarray_add(struct pgarray *a, struct slice field, struct failure *why)
{
	if ((!a->count && !begin(a, why)) ||
	    !buf_add_slice(&a->bytes, field, why))
		return false;
	uint32_t count = htobe32((uint32_t)++a->count);
	memcpy(a->bytes.at + COUNT_AT, &count, sizeof(count));
	return true;
}

bool
pg_ask(struct pg *pg, const char *sql, const struct statement_value *with,
       size_t count, const struct pgarray *arrays, int array_count,
       struct pg_answer *answer, struct failure *why)
{
	const char *values[MOST_ARRAYS];
	int lengths[MOST_ARRAYS], formats[MOST_ARRAYS];

	*answer = (struct pg_answer){ 0 };
	if (array_count > MOST_ARRAYS)
		BUG("more arrays than a statement takes");
	for (int i = 0; i < array_count; i++) {
		values[i] = arrays[i].bytes.at;
		lengths[i] = (int)arrays[i].bytes.len; /* bounded */
		formats[i] = BINARY;
	}
	return pg_fill(pg, sql, with, count, why) &&
	       pg_take(pg,
		       PQexecParams(pg->conn, pg->text.at, array_count, NULL,
				    values, lengths, formats, 0),
		       answer, why);
}
