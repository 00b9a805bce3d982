#include "quickbooks/query_response.h"
#include "quickbooks/shaped_row.h"

void
query_response_init(struct query_response *r)
{
	*r = (struct query_response){ .count = -1 };
}

void
query_response_free(struct query_response *r)
{
	free(r->rows);
	query_response_init(r);
}

static struct response_row *
add_row(struct query_response *r)
{
	if (r->row_count == r->room) {
		r->room = r->room ? 2 * r->room : 128;
		r->rows = base_realloc(r->rows, r->room * sizeof(*r->rows));
	}
	return &r->rows[r->row_count++];
}

/* What is read, and where it goes. */
struct reading {
	struct json j;
	struct query_response *to;
	const struct entity *entity;
	bool found; /* the QueryResponse */
	bool rows;  /* the array of rows */
};

/* Each of these returns false only with the reason in `why`.  Invalid JSON
 * stops the cursor and ends all loops; json_end() reports it. */

static bool
read_rows(struct reading *r, struct failure *why)
{
	if (r->rows)
		return fail(why, FAILURE_DATA, "two arrays of %s",
			    r->entity->rows_key);
	r->rows = true;
	while (json_element(&r->j)) {
		struct response_row *row = add_row(r->to);

		/* the reader of an odd shape checks the rest */
		if (shaped_row_is_odd(r->entity)) {
			if (!response_row_take(&r->j, row, why))
				return false;
		} else if (!response_row_read(&r->j, row, why) ||
			   (!r->j.error &&
			    !response_row_check_updated(row, why))) {
			return false;
		}
	}
	return true;
}

/* The rows, or one of the scalars beside them (startPosition, maxResults). */
static bool
read_member(struct reading *r, struct slice key, struct failure *why)
{
	const char *expected = r->entity->rows_key;
	struct slice value;

	if (json_array(&r->j))
		return slice_is(key, expected)
			       ? read_rows(r, why)
			       : fail(why, FAILURE_DATA,
				      "rows of \"%.*s\" came instead of %s",
				      SLICE_SHOWN(key), expected);
	if (!json_value(&r->j, &value))
		return true;
	if (slice_is(key, expected))
		return fail(why, FAILURE_DATA, "%s: not an array", expected);
	if (response_row_is_fault(key))
		return slice_is(value, "null") ||
		       fail(why, FAILURE_DATA, "a Fault");
	return *value.at != '{' ||
	       fail(why, FAILURE_DATA,
		    "an object \"%.*s\" came instead of rows of %s",
		    SLICE_SHOWN(key), expected);
}

static bool
read_count(struct reading *r, struct failure *why)
{
	struct slice value;

	if (!json_value(&r->j, &value))
		return true;
	if (r->to->count >= 0)
		return fail(why, FAILURE_DATA, "two totalCounts");
	return (json_integer(value, &r->to->count) && r->to->count >= 0) ||
	       fail(why, FAILURE_DATA, "a totalCount that is not a number");
}

static bool
read_query_response(struct reading *r, struct failure *why)
{
	struct slice key;

	if (r->found)
		return fail(why, FAILURE_DATA, "two QueryResponses");
	r->found = true;
	if (!json_object(&r->j) && !r->j.error)
		return fail(why, FAILURE_DATA,
			    "a QueryResponse that is not an object");
	r->to->empty = true;
	while (json_key(&r->j, &key)) {
		r->to->empty = false;
		if (!(slice_is(key, "totalCount") ? read_count(r, why)
						  : read_member(r, key, why)))
			return false;
	}
	return true;
}

static bool
read_other(struct reading *r, struct slice key, struct failure *why)
{
	struct slice value;

	if (!json_value(&r->j, &value))
		return true;
	if (response_row_is_fault(key))
		return slice_is(value, "null") ||
		       fail(why, FAILURE_DATA, "a Fault");
	return !slice_is(key, "time") ||
	       response_time_read(value, &r->to->time, why);
}

static bool
read_body(struct reading *r, struct failure *why)
{
	struct slice key;

	if (!json_object(&r->j) && !r->j.error)
		return fail(why, FAILURE_DATA, "the body is not an object");
	while (json_key(&r->j, &key))
		if (!(slice_is(key, "QueryResponse")
			      ? read_query_response(r, why)
			      : read_other(r, key, why)))
			return false;
	return true;
}

bool
query_response_parse(struct query_response *r, struct slice body,
		     const struct entity *entity, bool count,
		     struct failure *why)
{
	struct reading reading = { .to = r, .entity = entity };

	r->count = -1;
	r->row_count = 0;
	r->time = (struct slice){ 0 };
	r->empty = false;
	json_begin(&reading.j, body);
	if (!read_body(&reading, why))
		return response_fail(body, why);
	if (!json_end(&reading.j, why))
		return false;
	if (!reading.found)
		return fail(why, FAILURE_DATA, "no QueryResponse");
	if (count && r->count < 0)
		return fail(why, FAILURE_DATA, "no totalCount");
	return true;
}
