#include "quickbooks/response_row.h"
#include "base/clock.h"

enum {
	MOST_ID_BYTES = 1024, /* an index entry of PostgreSQL has 2,704 */
	SHOWN = 80,
};

/*
 * Each of these returns false only with the reason in `why`.  Invalid JSON
 * stops the cursor and ends all loops; json_end() reports it.
 */

/* A member that must be text, and must not occur twice: jsonb keeps the last
 * one. */
static bool
take_text(const char *what, struct slice value, struct slice *text,
	  struct failure *why)
{
	if (text->at)
		return fail(why, FAILURE_REFUSED, "%s twice", what);
	return json_plain_string(value, text) ||
	       fail(why, FAILURE_REFUSED, "%s that is not a %sstring", what,
		    value.len && *value.at == '"' ? "plain " : "");
}

static bool
read_metadata(struct json *j, struct response_row *row, struct failure *why)
{
	struct slice key, value;

	if (!json_object(j) && !j->error)
		return fail(why, FAILURE_REFUSED,
			    "a MetaData that is not an object");
	while (json_key(j, &key)) {
		if (!json_value(j, &value))
			continue;
		if (slice_is(key, "LastUpdatedTime") &&
		    !take_text("a LastUpdatedTime", value, &row->updated, why))
			return false;
		if (slice_is(key, "CreateTime") &&
		    !take_text("a CreateTime", value, &row->created, why))
			return false;
	}
	return true;
}

static bool
read_member(struct json *j, struct slice key, struct response_row *row,
	    struct failure *why)
{
	struct slice value;

	if (!json_value(j, &value))
		return true;
	if (slice_is(key, "Id") && !take_text("an Id", value, &row->id, why))
		return false;
	if (slice_is(key, "CustomField"))
		row->custom_fields = value;
	/* a TxnDate of another form is no date */
	if (slice_is(key, "TxnDate") &&
	    !json_plain_string(value, &row->txn_date))
		row->txn_date = (struct slice){ 0 };
	if (slice_is(key, "status") && !json_plain_string(value, &row->status))
		row->status = (struct slice){ 0 };
	return true;
}

static bool
read_members(struct json *j, struct response_row *row, struct failure *why)
{
	struct slice key;
	bool metadata = false;

	while (json_key(j, &key)) {
		if (!slice_is(key, "MetaData")) {
			if (!read_member(j, key, row, why))
				return false;
			continue;
		}
		if (metadata)
			return fail(why, FAILURE_REFUSED, "a MetaData twice");
		metadata = true;
		if (!read_metadata(j, row, why))
			return false;
	}
	return true;
}

static bool
has_control(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		/* U+0080 to U+009F are two bytes */
		if (c < 0x20 || c == 0x7f ||
		    (c == 0xc2 && i + 1 < text.len &&
		     (unsigned char)text.at[i + 1] < 0xa0))
			return true;
	}
	return false;
}

static bool
check_id(const struct response_row *row, struct failure *why)
{
	char shown[SHOWN];

	if (!row->id.at)
		return fail(why, FAILURE_DATA, "a row without Id");
	if (!row->id.len)
		return fail(why, FAILURE_REFUSED, "a row whose Id is empty");
	slice_printable(row->id, shown, sizeof(shown));
	if (row->id.len > MOST_ID_BYTES)
		return fail(why, FAILURE_REFUSED,
			    "Id %s...: it has %zu bytes, more than %d", shown,
			    row->id.len, MOST_ID_BYTES);
	return !has_control(row->id) ||
	       fail(why, FAILURE_REFUSED,
		    "Id %s: it contains a control character", shown);
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
		return row->id.len && !has_control(row->id)
			       ? fail_in(why, "Id %.*s", SLICE_SHOWN(row->id))
			       : false;
	if (j->error)
		return true;
	row->payload = object_between(start, json_at(j));
	return check_id(row, why);
}

static bool
check_time(const struct response_row *row, const char *name, struct slice text,
	   struct failure *why)
{
	struct clock_civil civil;
	char shown[SHOWN];
	int64_t at_us;

	if (!text.at || clock_parse(text, &at_us))
		return true;
	slice_printable(text, shown, sizeof(shown));
	return fail(why, FAILURE_REFUSED, "Id %.*s: its %s \"%s\" %s",
		    SLICE_SHOWN(row->id), name, shown,
		    clock_parse_civil(text, &civil)
			    ? "has no offset from UTC"
			    : "is not a time in the years 1 to 9999");
}

bool
response_row_check_updated(const struct response_row *row, struct failure *why)
{
	return check_time(row, "LastUpdatedTime", row->updated, why);
}

bool
response_row_check_created(const struct response_row *row, struct failure *why)
{
	return check_time(row, "CreateTime", row->created, why);
}

bool
response_time_read(struct slice value, struct slice *time, struct failure *why)
{
	char shown[SHOWN];
	int64_t at_us;

	if (time->at)
		return fail(why, FAILURE_DATA, "two times");
	if (!json_plain_string(value, time))
		return fail(why, FAILURE_DATA, "a time that is not a string");
	if (clock_parse(*time, &at_us))
		return true;
	slice_printable(*time, shown, sizeof(shown));
	return fail(why, FAILURE_DATA,
		    "its time \"%s\" is not a time with an offset from UTC",
		    shown);
}

bool
response_fail(struct slice body, struct failure *why)
{
	struct failure damage;

	if (why->kind == FAILURE_REFUSED && !json_check(body, &damage))
		*why = damage;
	return false;
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
