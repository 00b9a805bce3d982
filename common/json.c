#include "json.h"

/*
 * The scanner below takes and returns positions; NULL means that the text is
 * wrong, and then j->at and j->error say where and why.
 */

static const char *
wrong(struct json *j, const char *at, const char *error)
{
	if (!j->error) {
		j->error = error;
		j->at = at;
	}
	return NULL;
}

static const char *
skip_space(const char *at, const char *end)
{
	while (at < end &&
	       (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
		at++;
	return at;
}

static bool
is_digit(const char *at, const char *end)
{
	return at < end && *at >= '0' && *at <= '9';
}

static const char *
skip_digits(const char *at, const char *end)
{
	while (is_digit(at, end))
		at++;
	return at;
}

static const char *
scan_number(struct json *j, const char *at)
{
	if (*at == '-')
		at++;
	if (!is_digit(at, j->end))
		return wrong(j, at, "a number without digits");
	at = *at == '0' ? at + 1 : skip_digits(at, j->end);
	if (is_digit(at, j->end))
		return wrong(j, at, "a number with a leading zero");
	if (at < j->end && *at == '.') {
		at++;
		if (!is_digit(at, j->end))
			return wrong(j, at, "no digit after the point");
		at = skip_digits(at, j->end);
	}
	if (at < j->end && (*at == 'e' || *at == 'E')) {
		at++;
		if (at < j->end && (*at == '+' || *at == '-'))
			at++;
		if (!is_digit(at, j->end))
			return wrong(j, at, "an exponent without digits");
		at = skip_digits(at, j->end);
	}
	return at;
}

static const char *
scan_word(struct json *j, const char *at, const char *word, size_t len)
{
	if ((size_t)(j->end - at) < len || memcmp(at, word, len))
		return wrong(j, at, "not a JSON value");
	return at + len;
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

static const char *
scan_escape(struct json *j, const char *at)
{
	if (at + 1 >= j->end)
		return wrong(j, j->end, "a string that does not end");
	if (at[1] != 'u') {
		if (!at[1] || !strchr("\"\\/bfnrt", at[1]))
			return wrong(j, at, "an unknown escape");
		return at + 2;
	}
	for (int i = 2; i < 6; i++)
		if (at + i >= j->end || !is_hex(at[i]))
			return wrong(j, at, "an escape without four digits");
	return at + 6;
}

/* The bounds of the second byte are what keeps out overlong forms,
 * surrogates and what lies past U+10FFFF (RFC 3629 section 4). */
static const char *
scan_utf8(struct json *j, const char *at)
{
	const unsigned char *byte = (const unsigned char *)at;
	size_t left = (size_t)(j->end - at);
	unsigned low = 0x80, high = 0xbf;
	size_t len;

	if (byte[0] >= 0xc2 && byte[0] <= 0xdf)
		len = 2;
	else if (byte[0] >= 0xe0 && byte[0] <= 0xef)
		len = 3;
	else if (byte[0] >= 0xf0 && byte[0] <= 0xf4)
		len = 4;
	else
		return wrong(j, at, "invalid UTF-8");
	if (byte[0] == 0xe0)
		low = 0xa0;
	else if (byte[0] == 0xed)
		high = 0x9f;
	else if (byte[0] == 0xf0)
		low = 0x90;
	else if (byte[0] == 0xf4)
		high = 0x8f;
	if (left < len || byte[1] < low || byte[1] > high)
		return wrong(j, at, "invalid UTF-8");
	for (size_t i = 2; i < len; i++)
		if (byte[i] < 0x80 || byte[i] > 0xbf)
			return wrong(j, at, "invalid UTF-8");
	return at + len;
}

/* `at` is past the opening quote; returned is past the closing one. */
static const char *
scan_string(struct json *j, const char *at)
{
	while (at && at < j->end) {
		unsigned char c = (unsigned char)*at;

		if (c == '"')
			return at + 1;
		if (c == '\\')
			at = scan_escape(j, at);
		else if (c >= 0x80)
			at = scan_utf8(j, at);
		else if (c < 0x20)
			return wrong(j, at, "a control character in a string");
		else
			at++;
	}
	return at ? wrong(j, at, "a string that does not end") : NULL;
}

static const char *
scan_scalar(struct json *j, const char *at)
{
	switch (*at) {
	case '"':
		return scan_string(j, at + 1);
	case 't':
		return scan_word(j, at, "true", 4);
	case 'f':
		return scan_word(j, at, "false", 5);
	case 'n':
		return scan_word(j, at, "null", 4);
	case '-':
		return scan_number(j, at);
	default:
		if (*at >= '0' && *at <= '9')
			return scan_number(j, at);
		return wrong(j, at, "not a JSON value");
	}
}

/* `at` is at the next key, or at the place where one should be. */
static const char *
scan_key(struct json *j, const char *at)
{
	at = skip_space(at, j->end);
	if (at >= j->end)
		return wrong(j, at, "an object that does not end");
	if (*at != '"')
		return wrong(j, at, "a key without quotes");
	at = scan_string(j, at + 1);
	if (!at)
		return NULL;
	at = skip_space(at, j->end);
	if (at >= j->end || *at != ':')
		return wrong(j, at, "a colon is missing");
	return skip_space(at + 1, j->end);
}

static const char *
deeper(struct json *j, const char *at)
{
	if (j->depth == JSON_DEEPEST)
		return wrong(j, at, "nested deeper than 512");
	j->depth++;
	return skip_space(at + 1, j->end);
}

/*
 * A whole value without recursion: `kinds` remembers, for each level opened
 * here, whether it is an object or an array.
 */
static const char *
scan_value(struct json *j, const char *at)
{
	char kinds[JSON_DEEPEST];
	int outside = j->depth;

	for (;;) {
		if (at >= j->end)
			return wrong(j, at, "a value is missing");
		if (*at == '{' || *at == '[') {
			char kind = *at;

			at = deeper(j, at);
			if (!at)
				return NULL;
			kinds[j->depth - 1] = kind;
			if (at >= j->end || *at != (kind == '{' ? '}' : ']')) {
				if (kind == '{')
					at = scan_key(j, at);
				if (!at)
					return NULL;
				continue;
			}
		} else {
			at = scan_scalar(j, at);
			if (!at)
				return NULL;
			if (j->depth == outside)
				return at;
			at = skip_space(at, j->end);
		}
		/* a value ended, or an empty object or array is at its end */
		for (;;) {
			char kind = kinds[j->depth - 1];

			if (at >= j->end)
				return wrong(j, at, "the text is cut off");
			if (*at == ',') {
				at = skip_space(at + 1, j->end);
				if (kind == '{')
					at = scan_key(j, at);
				if (!at)
					return NULL;
				break;
			}
			if (*at != (kind == '{' ? '}' : ']'))
				return wrong(j, at, "a comma is missing");
			at++;
			if (--j->depth == outside)
				return at;
			at = skip_space(at, j->end);
		}
	}
}

void
json_begin(struct json *j, struct slice text)
{
	*j = (struct json){ .start = text.at,
			    .at = text.at,
			    .end = text.at + text.len };
	j->at = skip_space(j->at, j->end);
}

static bool
enter(struct json *j, char opening)
{
	if (j->error || j->at >= j->end || *j->at != opening)
		return false;
	const char *at = deeper(j, j->at);
	if (!at)
		return false;
	j->at = at;
	j->fresh = true;
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

/* After a value: a comma, or the end `closing`, which is taken. */
static bool
another(struct json *j, char closing)
{
	if (j->error)
		return false;
	bool fresh = j->fresh;
	const char *at = j->at;

	j->fresh = false;
	if (at >= j->end)
		return wrong(j, at, "the text is cut off") != NULL;
	if (*at == closing) {
		j->depth--;
		j->at = skip_space(at + 1, j->end);
		return false;
	}
	if (fresh)
		return true;
	if (*at != ',')
		return wrong(j, at, "a comma is missing") != NULL;
	j->at = skip_space(at + 1, j->end);
	return true;
}

bool
json_key(struct json *j, struct slice *key)
{
	if (!another(j, '}'))
		return false;
	const char *value = scan_key(j, j->at);
	if (!value)
		return false;
	key->at = j->at + 1;
	/* back over the colon and its spaces to the closing quote */
	const char *quote = value;
	do
		quote--;
	while (*quote != '"');
	key->len = (size_t)(quote - key->at);
	j->at = value;
	return true;
}

bool
json_element(struct json *j)
{
	return another(j, ']');
}

bool
json_value(struct json *j, struct slice *value)
{
	if (j->error)
		return false;
	const char *at = scan_value(j, j->at);
	if (!at)
		return false;
	*value = (struct slice){ j->at, (size_t)(at - j->at) };
	j->at = skip_space(at, j->end);
	j->fresh = false;
	return true;
}

bool
json_skip(struct json *j)
{
	struct slice value;

	return json_value(j, &value);
}

const char *
json_at(struct json *j)
{
	return j->at;
}

bool
json_end(struct json *j, struct failure *why)
{
	if (!j->error && j->depth)
		wrong(j, j->at, "the text is cut off");
	if (!j->error && j->at == skip_space(j->start, j->end))
		wrong(j, j->at, "a value is missing");
	if (!j->error && j->at < j->end)
		wrong(j, j->at, "something after the value");
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

bool
json_plain_string(struct slice value, struct slice *text)
{
	if (value.len < 2 || value.at[0] != '"' ||
	    memchr(value.at, '\\', value.len))
		return false;
	*text = (struct slice){ value.at + 1, value.len - 2 };
	return true;
}

bool
json_integer(struct slice value, int64_t *number)
{
	uint64_t sum = 0;
	size_t i = 0;
	bool minus = value.len && value.at[0] == '-';

	if (value.len == minus)
		return false;
	for (i = minus; i < value.len; i++) {
		if (value.at[i] < '0' || value.at[i] > '9')
			return false;
		uint64_t digit = (uint64_t)(value.at[i] - '0');
		if (sum > ((uint64_t)INT64_MAX - digit) / 10)
			return false;
		sum = sum * 10 + digit;
	}
	*number = minus ? -(int64_t)sum : (int64_t)sum;
	return true;
}

static unsigned
hex4(const char *at)
{
	unsigned code = 0;

	for (int i = 0; i < 4; i++) {
		unsigned c = (unsigned char)at[i];

		code = code * 16 + (c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
	}
	return code;
}

static bool
add_code(struct buf *to, unsigned code, struct failure *why)
{
	char utf8[4];
	size_t len;

	if (code < 0x80) {
		utf8[0] = (char)code;
		return buf_add(to, utf8, 1, why);
	}
	if (code < 0x800) {
		utf8[0] = (char)(0xc0 | code >> 6);
		len = 2;
	} else if (code < 0x10000) {
		utf8[0] = (char)(0xe0 | code >> 12);
		utf8[1] = (char)(0x80 | (code >> 6 & 0x3f));
		len = 3;
	} else {
		utf8[0] = (char)(0xf0 | code >> 18);
		utf8[1] = (char)(0x80 | (code >> 12 & 0x3f));
		utf8[2] = (char)(0x80 | (code >> 6 & 0x3f));
		len = 4;
	}
	utf8[len - 1] = (char)(0x80 | (code & 0x3f));
	return buf_add(to, utf8, len, why);
}

/* `*at` is at the backslash, and moves past what was taken. */
static bool
add_escape(struct buf *to, const char **at, const char *end,
	   struct failure *why)
{
	static const char from[] = "bfnrt", means[] = "\b\f\n\r\t";
	char c = (*at)[1];

	if (c != 'u') {
		const char *known = strchr(from, c);

		*at += 2;
		return buf_add(to, known ? &means[known - from] : &c, 1, why);
	}
	unsigned code = hex4(*at + 2);
	*at += 6;
	if (code >= 0xd800 && code <= 0xdbff && end - *at >= 6 &&
	    (*at)[0] == '\\' && (*at)[1] == 'u') {
		unsigned low = hex4(*at + 2);

		if (low >= 0xdc00 && low <= 0xdfff) {
			code = 0x10000 + ((code - 0xd800) << 10) +
			       (low - 0xdc00);
			*at += 6;
		}
	}
	if (code >= 0xd800 && code <= 0xdfff)
		return fail(why, FAILURE_DATA, "a lone surrogate in a string");
	return add_code(to, code, why);
}

bool
json_unquote(struct slice value, struct buf *to, struct failure *why)
{
	if (value.len < 2 || value.at[0] != '"')
		return fail(why, FAILURE_DATA, "not a string");
	const char *at = value.at + 1, *end = value.at + value.len - 1;

	while (at < end) {
		const char *escape = memchr(at, '\\', (size_t)(end - at));
		const char *plain_end = escape ? escape : end;

		if (!buf_add(to, at, (size_t)(plain_end - at), why))
			return false;
		at = plain_end;
		if (escape && !add_escape(to, &at, end, why))
			return false;
	}
	return true;
}

bool
json_quote(struct slice text, struct buf *to, struct failure *why)
{
	if (!buf_add(to, "\"", 1, why))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];
		bool added;

		if (c == '"' || c == '\\')
			added = buf_printf(to, why, "\\%c", c);
		else if (c < 0x20)
			added = buf_printf(to, why, "\\u%04x", c);
		else
			added = buf_add(to, &text.at[i], 1, why);
		if (!added)
			return false;
	}
	return buf_add(to, "\"", 1, why);
}
