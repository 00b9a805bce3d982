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

/* Each of these returns false only with the reason in `why`. */

/* The rows, or one of the scalars beside them (startPosition, maxResults). */
static bool
read_rows(struct json *j, struct query_response *r, struct slice key,
	  const struct entity *entity, struct failure *why)
{
	if (!json_array(j)) {
		json_skip(j);
		return true;
	}
	if (!slice_is(key, entity->rows_key))
		return fail(why, FAILURE_DATA,
			    "rows of \"%.*s\" came instead of %s",
			    SLICE_SHOWN(key), entity->rows_key);
	while (json_element(j))
		if (!(shaped_row_is_odd(entity)
			      ? response_row_take(j, add_row(r), why)
			      : response_row_read(j, add_row(r), why)))
			return false;
	return true;
}

static bool
read_query_response(struct json *j, struct query_response *r,
		    const struct entity *entity, struct failure *why)
{
	struct slice key, value;

	if (!json_object(j) && !j->error)
		return fail(why, FAILURE_DATA,
			    "a QueryResponse that is not an object");
	while (json_key(j, &key)) {
		if (!slice_is(key, "totalCount")) {
			if (!read_rows(j, r, key, entity, why))
				return false;
		} else if (json_value(j, &value) &&
			   (!json_integer(value, &r->count) || r->count < 0)) {
			return fail(why, FAILURE_DATA,
				    "a totalCount that is not a number");
		}
	}
	return true;
}

static bool
read_body(struct json *j, struct query_response *r, const struct entity *entity,
	  bool *found, struct failure *why)
{
	struct slice key, value;

	if (!json_object(j) && !j->error)
		return fail(why, FAILURE_DATA, "the body is not an object");
	while (json_key(j, &key)) {
		if (slice_is(key, "QueryResponse")) {
			*found = true;
			if (!read_query_response(j, r, entity, why))
				return false;
		} else if (response_row_is_fault(key)) {
			return fail(why, FAILURE_DATA, "a Fault");
		} else if (json_value(j, &value) && slice_is(key, "time") &&
			   !json_plain_string(value, &r->time)) {
			return fail(why, FAILURE_DATA,
				    "a time that is not a string");
		}
	}
	return true;
}

bool
query_response_parse(struct query_response *r, struct slice body,
		     const struct entity *entity, bool count,
		     struct failure *why)
{
	struct json j;
	bool found = false;

	r->count = -1;
	r->row_count = 0;
	r->time = (struct slice){ 0 };
	json_begin(&j, body);
	if (!read_body(&j, r, entity, &found, why) || !json_end(&j, why))
		return false;
	if (!found)
		return fail(why, FAILURE_DATA, "no QueryResponse");
	if (count && r->count < 0)
		return fail(why, FAILURE_DATA, "no totalCount");
	return true;
}
