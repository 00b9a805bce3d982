#include "quickbooks/response_row.h"

/*
 * Each of these returns false only with the reason in `why`.  Invalid JSON
 * stops the cursor and ends all loops; json_end() reports it.
 */

static bool
read_metadata(struct json *j, struct response_row *row, struct failure *why)
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
read_members(struct json *j, struct response_row *row, struct failure *why)
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
			if (slice_is(key, "status") &&
			    !json_plain_string(value, &row->status))
				row->status = (struct slice){ 0 };
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

bool
response_row_read(struct json *j, struct response_row *row, struct failure *why)
{
	const char *start = json_at(j);

	*row = (struct response_row){ 0 };
	if (!json_object(j) && !j->error)
		return fail(why, FAILURE_DATA, "a row that is not an object");
	if (!read_members(j, row, why))
		return false;
	if (!j->error)
		row->payload = object_between(start, json_at(j));
	return true;
}

bool
response_row_take(struct json *j, struct response_row *row, struct failure *why)
{
	const char *start = json_at(j);
	struct slice value;

	*row = (struct response_row){ 0 };
	if (!j->error && *start != '{')
		return fail(why, FAILURE_DATA, "a row that is not an object");
	if (json_value(j, &value))
		row->payload = value;
	return true;
}

bool
response_row_is_fault(struct slice key)
{
	return key.len == 5 && !strncasecmp(key.at, "fault", 5);
}
