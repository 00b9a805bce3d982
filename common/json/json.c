#include "json/json.h"

void
json_begin(struct json *j, struct slice text)
{
	/* field by field: `closing` need not be cleared */
	j->start = text.at ? text.at : "";
	j->end = j->start + text.len;
	j->at = json_scan_space(j->start, j->end);
	j->error = NULL;
	j->block = j->start;
	j->block_special = 0;
	j->expect = JSON_VALUE_DUE;
	j->depth = 0;
}

void
json_resume(struct json *j, struct slice text, const char *at)
{
	json_begin(j, text);
	j->at = json_scan_space(at, j->end);
	j->expect = JSON_VALUE_TAKEN;
	j->closing[j->depth++] = '}';
}

/* May a value be taken now?  Inside an object or array, a caller that did not
 * ask for a key or an element first has a bug. */
static bool
value_expected(struct json *j)
{
	if (j->error)
		return false;
	if (j->expect == JSON_VALUE_DUE)
		return true;
	if (j->depth)
		BUG("a value is taken before json_key() or json_element()");
	json_scan_fail(j, j->at, "text after the value");
	return false;
}

static bool
enter(struct json *j, char opening)
{
	if (!value_expected(j) || j->at >= j->end || *j->at != opening)
		return false;
	const char *at = json_scan_open(j, j->at);
	if (!at)
		return false;
	j->at = at;
	j->expect = JSON_JUST_OPENED;
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
	j->expect = JSON_VALUE_TAKEN;
	return false;
}

/*
 * Go to the next key or element; false at the closing bracket, which is taken.
 * A value that is still expected is missing in the text, or was not taken by
 * the caller: an error in both cases.
 */
static bool
next_item(struct json *j, bool array)
{
	if (j->error)
		return false;
	if (!j->depth || json_scan_in_array(j) != array)
		return json_scan_fail(j, j->at,
				      array ? "not an array" : "not an object");
	if (j->expect == JSON_VALUE_DUE)
		return json_scan_fail(j, j->at, "a value is missing");
	if (j->at >= j->end)
		return json_scan_fail(j, j->at, "the text is cut off");
	if (*j->at == (array ? ']' : '}'))
		return close_level(j);
	if (j->expect == JSON_VALUE_TAKEN) {
		if (*j->at != ',')
			return json_scan_fail(j, j->at, "a comma is missing");
		j->at = json_scan_space(j->at + 1, j->end);
	}
	j->expect = JSON_VALUE_DUE;
	return true;
}

bool
json_key(struct json *j, struct slice *key)
{
	const char *quote;

	if (!next_item(j, false))
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
	return next_item(j, true);
}

bool
json_value(struct json *j, struct slice *value)
{
	if (!value_expected(j))
		return false;
	const char *at = json_scan_value(j, j->at);
	if (!at)
		return false;
	*value = (struct slice){ j->at, (size_t)(at - j->at) };
	j->at = json_scan_space(at, j->end);
	j->expect = JSON_VALUE_TAKEN;
	return true;
}

bool
json_skip(struct json *j)
{
	struct slice value;

	return json_value(j, &value);
}

/* Back over the white space that ends at `end`. */
static const char *
skip_space_back(const char *start, const char *end)
{
	while (end > start && json_scan_space(end - 1, end) == end)
		end--;
	return end;
}

bool
json_last(struct json *j, struct slice *value)
{
	if (!value_expected(j) || j->depth != 1)
		return false;
	const char *brace = skip_space_back(j->at, j->end) - 1;
	if (brace <= j->at || *brace != '}')
		return false;
	const char *end = skip_space_back(j->at, brace);
	if (end == j->at)
		return false;
	*value = (struct slice){ j->at, (size_t)(end - j->at) };
	j->at = brace;
	j->expect = JSON_VALUE_TAKEN;
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
	if (!j->error && j->expect == JSON_VALUE_DUE)
		json_scan_fail(j, j->at, "a value is missing");
	if (!j->error && j->at < j->end)
		json_scan_fail(j, j->at, "text after the value");
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
