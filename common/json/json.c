#include "json/json.h"

void
json_begin(struct json *j, struct slice text)
{
	/* field by field: `closing` is written before it is read */
	j->start = text.at ? text.at : "";
	j->end = j->start + text.len;
	j->at = json_scan_space(j->start, j->end);
	j->error = NULL;
	j->seen = j->start;
	j->special = 0;
	j->turn = JSON_VALUE_DUE;
	j->depth = 0;
}

void
json_resume(struct json *j, struct slice text, const char *at)
{
	json_begin(j, text);
	j->at = json_scan_space(at, j->end);
	j->turn = JSON_VALUE_TAKEN;
	j->closing[j->depth++] = '}';
}

/* May a value be taken here?  Walking out of turn is no fault of the text. */
static bool
due(struct json *j)
{
	if (j->error)
		return false;
	if (j->turn == JSON_VALUE_DUE)
		return true;
	if (j->depth)
		BUG("a value is taken before json_key() or json_element()");
	json_scan_fail(j, j->at, "something after the value");
	return false;
}

static bool
enter(struct json *j, char opening)
{
	if (!due(j) || j->at >= j->end || *j->at != opening)
		return false;
	const char *at = json_scan_open(j, j->at);
	if (!at)
		return false;
	j->at = at;
	j->turn = JSON_JUST_OPENED;
	return true;
}

bool
json_object(struct json *j)
{
	return enter(j, '{');
}

bool
json_array(struct json *j)
{
	return enter(j, '[');
}

static bool
close_level(struct json *j)
{
	j->depth--;
	j->at = json_scan_space(j->at + 1, j->end);
	j->turn = JSON_VALUE_TAKEN;
	return false;
}

/*
 * Go to the next key or element; false at the end, which is taken.  A value
 * that was announced and not taken is missing from the text, or was left
 * behind by the caller: neither may pass.
 */
static bool
another(struct json *j, bool array)
{
	if (j->error)
		return false;
	if (!j->depth || json_scan_in_array(j) != array)
		return json_scan_fail(j, j->at,
				      array ? "not an array" : "not an object");
	if (j->turn == JSON_VALUE_DUE)
		return json_scan_fail(j, j->at, "a value is missing");
	if (j->at >= j->end)
		return json_scan_fail(j, j->at, "the text is cut off");
	if (*j->at == (array ? ']' : '}'))
		return close_level(j);
	if (j->turn == JSON_VALUE_TAKEN) {
		if (*j->at != ',')
			return json_scan_fail(j, j->at, "a comma is missing");
		j->at = json_scan_space(j->at + 1, j->end);
	}
	j->turn = JSON_VALUE_DUE;
	return true;
}

bool
json_key(struct json *j, struct slice *key)
{
	const char *quote;

	if (!another(j, false))
		return false;
	const char *value = json_scan_key(j, j->at, &quote);
	if (!value)
		return false;
	key->at = j->at + 1;
	key->len = (size_t)(quote - key->at);
	j->at = value;
	return true;
}

bool
json_element(struct json *j)
{
	return another(j, true);
}

bool
json_value(struct json *j, struct slice *value)
{
	if (!due(j))
		return false;
	const char *at = json_scan_value(j, j->at);
	if (!at)
		return false;
	*value = (struct slice){ j->at, (size_t)(at - j->at) };
	j->at = json_scan_space(at, j->end);
	j->turn = JSON_VALUE_TAKEN;
	return true;
}

bool
json_skip(struct json *j)
{
	struct slice value;

	return json_value(j, &value);
}

/* Before the white space that ends at `end`. */
static const char *
space_before(const char *start, const char *end)
{
	while (end > start && json_scan_space(end - 1, end) == end)
		end--;
	return end;
}

bool
json_last(struct json *j, struct slice *value)
{
	if (!due(j) || j->depth != 1)
		return false;
	const char *brace = space_before(j->at, j->end) - 1;
	if (brace <= j->at || *brace != '}')
		return false;
	const char *end = space_before(j->at, brace);
	if (end == j->at)
		return false;
	*value = (struct slice){ j->at, (size_t)(end - j->at) };
	j->at = brace;
	j->turn = JSON_VALUE_TAKEN;
	return true;
}

const char *
json_at(const struct json *j)
{
	return j->at;
}

bool
json_end(struct json *j, struct failure *why)
{
	if (!j->error && j->depth)
		json_scan_fail(j, j->at, "the text is cut off");
	if (!j->error && j->turn == JSON_VALUE_DUE)
		json_scan_fail(j, j->at, "a value is missing");
	if (!j->error && j->at < j->end)
		json_scan_fail(j, j->at, "something after the value");
	if (!j->error)
		return true;
	return fail(why, FAILURE_DATA, "byte %td: %s", j->at - j->start,
		    j->error);
}

bool
json_check(struct slice text, struct failure *why)
{
	struct json j;

	json_begin(&j, text);
	json_skip(&j);
	return json_end(&j, why);
}
