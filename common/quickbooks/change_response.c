#include "quickbooks/change_response.h"

void
change_response_init(struct change_response *r)
{
	*r = (struct change_response){ 0 };
}

void
change_response_free(struct change_response *r)
{
	free(r->objects);
	change_response_init(r);
}

/* What is read, and where it goes. */
struct reading {
	struct json j;
	struct change_response *to;
	const struct entity *const *asked;
	size_t asked_count;
	bool found; /* a QueryResponse */
};

/* Each of these returns false only with the reason in `why`.  Invalid JSON
 * stops the cursor and ends all loops; json_end() reports it. */

static struct change_object *
add_object(struct change_response *r)
{
	if (r->count == r->room) {
		r->room = r->room ? 2 * r->room : 64;
		r->objects =
			base_realloc(r->objects, r->room * sizeof(*r->objects));
	}
	return &r->objects[r->count++];
}

static bool
is_deleted(struct slice status)
{
	return status.len == 7 && !strncasecmp(status.at, "Deleted", 7);
}

static const struct entity *
entity_asked(const struct reading *r, struct slice key)
{
	for (size_t i = 0; i < r->asked_count; i++)
		if (slice_is(key, r->asked[i]->name) ||
		    slice_is(key, r->asked[i]->rows_key))
			return r->asked[i];
	return NULL;
}

/* The gateway's "fault":null is none. */
static bool
read_fault(struct reading *r, struct failure *why)
{
	struct slice value;

	return !json_value(&r->j, &value) || slice_is(value, "null") ||
	       fail(why, FAILURE_DATA, "a Fault");
}

/* The objects of an entity, or one of the scalars beside them. */
static bool
read_objects(struct reading *r, struct slice key, struct failure *why)
{
	const struct entity *entity = entity_asked(r, key);
	struct slice value;

	if (response_row_is_fault(key))
		return read_fault(r, why);
	if (!json_array(&r->j)) {
		if (!json_value(&r->j, &value))
			return true;
		if (entity)
			return fail(why, FAILURE_DATA, "%s: not an array",
				    entity->name);
		return *value.at != '{' ||
		       fail(why, FAILURE_DATA,
			    "an object \"%.*s\" came instead of an array",
			    SLICE_SHOWN(key));
	}
	if (!entity)
		return fail(
			why, FAILURE_DATA,
			"objects of \"%.*s\" came, which were not requested",
			SLICE_SHOWN(key));
	while (json_element(&r->j)) {
		struct change_object *object = add_object(r->to);

		object->entity = entity;
		if (!response_row_read(&r->j, &object->row, why))
			return fail_in(why, "%s", entity->name);
		object->deleted = is_deleted(object->row.status);
		/* of a deletion a time is optional */
		if (!object->deleted && !r->j.error &&
		    !response_row_check_updated(&object->row, why))
			return fail_in(why, "%s", entity->name);
	}
	return true;
}

static bool
read_blocks(struct reading *r, struct failure *why)
{
	struct slice key;

	if (!json_array(&r->j))
		return r->j.error ||
		       fail(why, FAILURE_DATA,
			    "a QueryResponse that is not an array");
	r->found = true;
	while (json_element(&r->j)) {
		if (!json_object(&r->j) && !r->j.error)
			return fail(why, FAILURE_DATA,
				    "a block that is not an object");
		while (json_key(&r->j, &key))
			if (!read_objects(r, key, why))
				return false;
	}
	return true;
}

static bool
read_responses(struct reading *r, struct failure *why)
{
	struct slice key;

	if (!json_array(&r->j))
		return r->j.error || fail(why, FAILURE_DATA,
					  "a CDCResponse that is not an array");
	while (json_element(&r->j)) {
		if (!json_object(&r->j) && !r->j.error)
			return fail(why, FAILURE_DATA,
				    "a CDCResponse without an object");
		while (json_key(&r->j, &key)) {
			if (response_row_is_fault(key)) {
				if (!read_fault(r, why))
					return false;
			} else if (!slice_is(key, "QueryResponse")) {
				json_skip(&r->j);
			} else if (!read_blocks(r, why)) {
				return false;
			}
		}
	}
	return true;
}

static bool
read_body(struct reading *r, struct failure *why)
{
	struct slice key, value;

	if (!json_object(&r->j) && !r->j.error)
		return fail(why, FAILURE_DATA, "the body is not an object");
	while (json_key(&r->j, &key)) {
		if (slice_is(key, "CDCResponse")) {
			if (!read_responses(r, why))
				return false;
		} else if (response_row_is_fault(key)) {
			if (!read_fault(r, why))
				return false;
		} else if (json_value(&r->j, &value) && slice_is(key, "time") &&
			   !response_time_read(value, &r->to->time, why)) {
			return false;
		}
	}
	return true;
}

bool
change_response_parse(struct change_response *r, struct slice body,
		      const struct entity *const asked[], size_t count,
		      struct failure *why)
{
	struct reading reading = { .to = r,
				   .asked = asked,
				   .asked_count = count };

	r->count = 0;
	r->time = (struct slice){ 0 };
	json_begin(&reading.j, body);
	if (!read_body(&reading, why))
		return response_fail(body, why);
	if (!json_end(&reading.j, why))
		return false;
	return reading.found ||
	       fail(why, FAILURE_DATA, "no CDCResponse with a QueryResponse");
}
