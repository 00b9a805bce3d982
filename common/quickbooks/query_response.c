#include "quickbooks/query_response.h"

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

static struct query_response_row *
add_row(struct query_response *r)
{
	if (r->row_count == r->room) {
		r->room = r->room ? 2 * r->room : 128;
		r->rows = base_realloc(r->rows, r->room * sizeof(*r->rows));
	}
	r->rows[r->row_count] = (struct query_response_row){ 0 };
	return &r->rows[r->row_count++];
}

/*
 * Each of these returns false only with the reason in `why`.  Invalid JSON
 * stops the cursor and ends all loops; json_end() reports it.
 */

static bool
read_metadata(struct json *j, struct query_response_row *row,
	      struct failure *why)
{
	struct slice key, value;

	if (!json_object(j) && !j->error)
		return fail(why, FAILURE_DATA,
			    "a MetaData that is not an object");
	while (json_key(j, &key)) {
		if (!json_value(j, &value))
			continue;
		if (slice_is(key, "LastUpdatedTime") &&
		    !json_plain_string(value, &row->updated))
			return fail(why, FAILURE_DATA,
				    "a LastUpdatedTime that is not a string");
		if (slice_is(key, "CreateTime") &&
		    !json_plain_string(value, &row->created))
			return fail(why, FAILURE_DATA,
				    "a CreateTime that is not a string");
	}
	return true;
}

static bool
read_members(struct json *j, struct query_response_row *row,
	     struct failure *why)
{
	struct slice key, value;

	while (json_key(j, &key)) {
		if (slice_is(key, "MetaData")) {
			if (!read_metadata(j, row, why))
				return false;
		} else if (json_value(j, &value)) {
			if (slice_is(key, "Id") &&
			    !json_plain_string(value, &row->id))
				return fail(why, FAILURE_DATA,
					    "an Id that is not a plain string");
			/* a TxnDate of another form is no date */
			if (slice_is(key, "TxnDate") &&
			    !json_plain_string(value, &row->txn_date))
				row->txn_date = (struct slice){ 0 };
		}
	}
	return j->error || row->id.len ||
	       fail(why, FAILURE_DATA, "a row without Id");
}

/* From the first byte of the object to its last, without spaces around. */
static struct slice
object_between(const char *start, const char *next)
{
	do
		next--;
	while (*next != '}');
	return (struct slice){ start, (size_t)(next - start) + 1 };
}

static bool
read_row(struct json *j, struct query_response *r, struct failure *why)
{
	struct query_response_row *row = add_row(r);
	const char *start = json_at(j);

	if (!json_object(j) && !j->error)
		return fail(why, FAILURE_DATA, "a row that is not an object");
	if (!read_members(j, row, why))
		return false;
	if (!j->error)
		row->payload = object_between(start, json_at(j));
	return true;
}

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
		if (!read_row(j, r, why))
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

/* Spelled in any case, as in http/api_fault.c. */
static bool
is_fault(struct slice key)
{
	return key.len == 5 && !strncasecmp(key.at, "fault", 5);
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
		} else if (is_fault(key)) {
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
