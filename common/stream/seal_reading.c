#include "stream/seal_reading.h"
#include "base/clock.h"

static bool
read_number(struct slice value, int64_t *number)
{
	return json_integer(value, number) && *number >= 0;
}

static bool
read_member(struct seal_reading *r, struct slice key, struct slice value)
{
	struct slice text;

	if (slice_is(key, "at"))
		return json_plain_string(value, &text) &&
		       clock_parse(text, &r->at_us);
	if (slice_is(key, "rows"))
		return read_number(value, &r->rows);
	if (slice_is(key, "known"))
		return read_number(value, &r->known);
	return true;
}

bool
seal_reading_parse(struct seal_reading *r, struct slice object)
{
	struct slice key, value;
	struct failure unused;
	struct json j;

	*r = (struct seal_reading){ .rows = -1, .known = -1 };
	json_begin(&j, object);
	if (!json_object(&j))
		return false;
	while (json_key(&j, &key))
		if (json_value(&j, &value) && !read_member(r, key, value))
			return false;
	return json_end(&j, &unused) && r->at_us > 0;
}
