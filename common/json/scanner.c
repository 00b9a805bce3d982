#include "json/scanner.h"
#include "json/string_scanner.h"

const char *
json_scan_fail(struct json *j, const char *at, const char *error)
{
	if (!j->error) {
		j->error = error;
		j->at = at;
	}
	return NULL;
}

const char *
json_scan_space(const char *at, const char *end)
{
	while (at < end &&
	       (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
		at++;
	return at;
}

/* Mostly there is no space between tokens: one comparison is enough then. */
static inline const char *
skip_space(const char *at, const char *end)
{
	return at < end && (unsigned char)*at <= ' ' ? json_scan_space(at, end)
						     : at;
}

static inline bool
is_digit(const char *at, const char *end)
{
	return at < end && *at >= '0' && *at <= '9';
}

static inline const char *
skip_digits(const char *at, const char *end)
{
	while (is_digit(at, end))
		at++;
	return at;
}

static const char *
scan_exponent(struct json *j, const char *at)
{
	if (at < j->end && (*at == '+' || *at == '-'))
		at++;
	if (!is_digit(at, j->end))
		return json_scan_fail(j, at, "an exponent without digits");
	return skip_digits(at, j->end);
}

static inline const char *
scan_number(struct json *j, const char *at)
{
	if (*at == '-')
		at++;
	if (!is_digit(at, j->end))
		return json_scan_fail(j, at, "a number without digits");
	if (*at != '0')
		at = skip_digits(at, j->end);
	else if (is_digit(++at, j->end))
		return json_scan_fail(j, at, "a number with a leading zero");
	if (at < j->end && *at == '.') {
		at++;
		if (!is_digit(at, j->end))
			return json_scan_fail(j, at,
					      "no digit after the point");
		at = skip_digits(at, j->end);
	}
	if (at < j->end && (*at | 0x20) == 'e')
		return scan_exponent(j, at + 1);
	return at;
}

static const char *
scan_word(struct json *j, const char *at, const char *word, size_t len)
{
	if ((size_t)(j->end - at) < len || memcmp(at, word, len))
		return json_scan_fail(j, at, "not a JSON value");
	return at + len;
}

/* A string with escapes, UTF-8 or an error. */
static const char *
scan_string_slow(struct json *j, const char *at)
{
	const char *error;

	at = json_string_end(at, j->end, &error);
	return error ? json_scan_fail(j, at, error) : at;
}

enum { BLOCK = 64 };

/* Classify the blocks that begin at `at`. */
static const char *
classify_on(struct json *j, const char *at)
{
	for (; j->end - at >= BLOCK; at += BLOCK) {
		j->block = at;
		j->block_special = json_string_special(at);
		if (j->block_special)
			return at + __builtin_ctzll(j->block_special);
	}
	return json_string_skip_plain(at, j->end);
}

/*
 * The first byte that is not plain (json_string_skip_plain()), or the end.
 * Strings and keys are short: classifying a block serves several of them, each
 * of which then costs a shift instead of a load and comparisons.
 */
static inline const char *
next_special(struct json *j, const char *at)
{
	size_t known = (size_t)(at - j->block);

	if (known >= BLOCK || !(j->block_special >> known))
		return classify_on(j, at);
	return at + __builtin_ctzll(j->block_special >> known);
}

/*
 * `at` is after the opening quote; returns the closing one.  Only plain
 * strings, which most are, are handled inline.
 */
static inline const char *
scan_string(struct json *j, const char *at)
{
	at = next_special(j, at);
	return at < j->end && *at == '"' ? at : scan_string_slow(j, at);
}

static inline const char *
scan_scalar(struct json *j, const char *at)
{
	if (*at == '"') {
		at = scan_string(j, at + 1);
		return at ? at + 1 : NULL;
	}
	if (*at == '-' || (*at >= '0' && *at <= '9'))
		return scan_number(j, at);
	switch (*at) {
	case 't':
		return scan_word(j, at, "true", 4);
	case 'f':
		return scan_word(j, at, "false", 5);
	case 'n':
		return scan_word(j, at, "null", 4);
	default:
		return json_scan_fail(j, at, "not a JSON value");
	}
}

/* A plain key with no space before its colon and its value, as nearly all are;
 * NULL for any other. */
static inline const char *
quick_key(struct json *j, const char *at, const char *end)
{
	if (at >= end || *at != '"')
		return NULL;
	at = next_special(j, at + 1);
	return end - at > 2 && !memcmp(at, "\":", 2) && at[2] > ' ' ? at + 2
								    : NULL;
}

static const char *
any_key(struct json *j, const char *at, const char **quote)
{
	if (at >= j->end)
		return json_scan_fail(j, at, "unterminated object");
	if (*at != '"')
		return json_scan_fail(j, at, "a key without quotes");
	at = scan_string(j, at + 1);
	if (!at)
		return NULL;
	*quote = at;
	at = skip_space(at + 1, j->end);
	if (at >= j->end || *at != ':')
		return json_scan_fail(j, at, "a colon is missing");
	return skip_space(at + 1, j->end);
}

const char *
json_scan_key(struct json *j, const char *at, const char **quote)
{
	const char *value = quick_key(j, at, j->end);

	if (!value)
		return any_key(j, at, quote);
	*quote = value - 2;
	return value;
}

/* Record the closing bracket of the level that opens at `at`. */
static inline bool
push_level(struct json *j, const char *at, size_t depth)
{
	if (depth == JSON_DEEPEST) {
		json_scan_fail(j, at, "nested deeper than 512");
		return false;
	}
	/* in ASCII, ']' is '[' + 2 and '}' is '{' + 2 */
	j->closing[depth] = (char)(*at + 2);
	return true;
}

const char *
json_scan_open(struct json *j, const char *at)
{
	if (!push_level(j, at, j->depth))
		return NULL;
	at = skip_space(at + 1, j->end);
	if (at >= j->end)
		return json_scan_fail(j, at, "the text is cut off");
	j->depth++;
	return at;
}

/*
 * Past closing brackets, down to the level `base`, and the space between them.
 * Brackets come in runs: space is looked for at the end of a run only.
 */
static inline const char *
close_levels(const struct json *j, const char *at, size_t *depth, size_t base)
{
	const char *const end = j->end, *from;
	char closing = j->closing[*depth - 1];

	do {
		/* without the hint compilers treat the run as unlikely */
		while (__builtin_expect(at < end && *at == closing, 1)) {
			at++;
			if (--*depth == base)
				return at;
			closing = j->closing[*depth - 1];
		}
		from = at;
		at = skip_space(at, end);
	} while (at > from);
	return at;
}

/* `at` is after a value in an object or array: past the comma and the key, to
 * the next value. */
static inline const char *
scan_comma(struct json *j, const char *at, bool array)
{
	const char *quote, *value;

	if (at >= j->end)
		return json_scan_fail(j, at, "the text is cut off");
	if (*at != ',')
		return json_scan_fail(j, at, "a comma is missing");
	at = skip_space(at + 1, j->end);
	if (array)
		return at;
	value = quick_key(j, at, j->end);
	return value ? value : any_key(j, at, &quote);
}

/* The levels that the value opens begin at j->depth; all are closed again. */
const char *
json_scan_value(struct json *j, const char *at)
{
	const char *const end = j->end;
	const size_t base = j->depth;
	size_t depth = base;
	const char *quote, *value;

	while (at) {
		if (at >= end)
			return json_scan_fail(j, at, "a value is missing");
		if (*at == '{' || *at == '[') {
			const char closing = (char)(*at + 2);

			if (!push_level(j, at++, depth++))
				return NULL;
			value = closing == '}' ? quick_key(j, at, end) : NULL;
			if (value) {
				at = value;
				continue;
			}
			at = skip_space(at, end);
			if (at >= end)
				return json_scan_fail(j, at,
						      "the text is cut off");
			if (*at != closing) {
				if (closing == '}')
					at = any_key(j, at, &quote);
				continue;
			}
		} else {
			at = scan_scalar(j, at);
			if (!at || depth == base)
				return at;
		}
		at = close_levels(j, at, &depth, base);
		if (depth == base)
			return at;
		at = scan_comma(j, at, j->closing[depth - 1] == ']');
	}
	return NULL;
}
