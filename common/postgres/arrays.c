#include <endian.h>
#include <libpq-fe.h>

#include "postgres/arrays.h"

enum {
	MOST_BYTES = 256 * 1024 * 1024,
	MOST_ARRAYS = 8,
	DIMENSIONS = 1,
	HAS_NULLS = 1,
	LOWER_BOUND = 1, /* index of the first element */
	BINARY = 1,
	COUNT_AT = 3 * sizeof(uint32_t),
};

void
pg_array_init(struct pg_array *a, enum pg_array_type type)
{
	*a = (struct pg_array){ .type = type };
	buf_init(&a->bytes, MOST_BYTES);
}

void
pg_array_free(struct pg_array *a)
{
	buf_free(&a->bytes);
	a->count = 0;
}

void
pg_array_clear(struct pg_array *a)
{
	buf_clear(&a->bytes);
	a->count = 0;
}

static bool
write_header(struct pg_array *a, struct failure *why)
{
	const uint32_t header[] = { htobe32(DIMENSIONS), htobe32(HAS_NULLS),
				    htobe32(a->type), 0, htobe32(LOWER_BOUND) };

	return buf_add(&a->bytes, header, sizeof(header), why);
}

bool
pg_array_add(struct pg_array *a, struct slice field, struct failure *why)
{
	if ((!a->count && !write_header(a, why)) ||
	    !buf_add_slice(&a->bytes, field, why))
		return false;
	uint32_t count = htobe32((uint32_t)++a->count);
	memcpy(a->bytes.at + COUNT_AT, &count, sizeof(count));
	return true;
}

bool
pg_run_with_arrays(struct pg *pg, const char *sql,
		   const struct sql_variable *with, size_t count,
		   const struct pg_array *arrays, int array_count,
		   struct pg_result *answer, struct failure *why)
{
	const char *values[MOST_ARRAYS];
	int lengths[MOST_ARRAYS], formats[MOST_ARRAYS];

	*answer = (struct pg_result){ 0 };
	if (array_count > MOST_ARRAYS)
		BUG("more arrays than a statement takes");
	for (int i = 0; i < array_count; i++) {
		values[i] = arrays[i].bytes.at;
		lengths[i] = (int)arrays[i].bytes.len; /* bounded */
		formats[i] = BINARY;
	}
	return pg_expand(pg, sql, with, count, why) &&
	       pg_store_result(pg,
			       PQexecParams(pg->conn, pg->statement.at,
					    array_count, NULL, values, lengths,
					    formats, 0),
			       answer, why);
}
