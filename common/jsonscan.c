#include "jsonscan.h"
#include "jsonstring.h"

const char *
jsonscan_wrong(struct json *j, const char *at, const char *error)
{
	if (!j->error) {
		j->error = error;
		j->at = at;
	}
	return NULL;
}

const char *
jsonscan_space(const char *at, const char *end)
{
	while (at < end &&
	       (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
		at++;
	return at;
}

/* Between tokens there is mostly no space, and then one look is enough. */
static inline const char *
skip_space(const char *at, const char *end)
{
	return at < end && (unsigned char)*at <= ' ' ? jsonscan_space(at, end)
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
		return jsonscan_wrong(j, at, "an exponent without digits");
	return skip_digits(at, j->end);
}

static inline const char *
scan_number(struct json *j, const char *at)
{
	if (*at == '-')
		at++;
	if (!is_digit(at, j->end))
		return jsonscan_wrong(j, at, "a number without digits");
	if (*at != '0')
		at = skip_digits(at, j->end);
	else if (is_digit(++at, j->end))
		return jsonscan_wrong(j, at, "a number with a leading zero");
	if (at < j->end && *at == '.') {
		at++;
		if (!is_digit(at, j->end))
			return jsonscan_wrong(j, at,
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
		return jsonscan_wrong(j, at, "not a JSON value");
	return at + len;
}

/* What is not short and plain. */
static const char *
scan_string_on(struct json *j, const char *at)
{
	const char *error;

	at = jsonstring_end(at, j->end, &error);
	return error ? jsonscan_wrong(j, at, error) : at;
}

/*
 * `at` is past the opening quote; returned is the closing one.  Most strings
 * are short and plain: only those are worth the room in each caller.
 */
static inline const char *
scan_string(struct json *j, const char *at)
{
	at = jsonstring_plain(at, j->end);
	return at < j->end && *at == '"' ? at : scan_string_on(j, at);
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
		return jsonscan_wrong(j, at, "not a JSON value");
	}
}

/*
 * Nearly every key is short, plain, and stands close to its colon and its
 * value: then one load sees it to its end.  NULL where that is not so.
 */
#ifdef __SSE2__
static inline const char *
quick_key(const char *at, const char *end)
{
	unsigned found;

	if (end - at < 19 || *at != '"')
		return NULL;
	found = jsonstring_not_plain(at + 1);
	if (!found)
		return NULL;
	at += 1 + __builtin_ctz(found);
	return *at == '"' && at[1] == ':' && at[2] > ' ' ? at + 2 : NULL;
}
#else
static inline const char *
quick_key(const char *at, const char *end)
{
	(void)at, (void)end;
	return NULL;
}
#endif

static const char *
any_key(struct json *j, const char *at, const char **quote)
{
	if (at >= j->end)
		return jsonscan_wrong(j, at, "an object that does not end");
	if (*at != '"')
		return jsonscan_wrong(j, at, "a key without quotes");
	at = scan_string(j, at + 1);
	if (!at)
		return NULL;
	*quote = at;
	at = skip_space(at + 1, j->end);
	if (at >= j->end || *at != ':')
		return jsonscan_wrong(j, at, "a colon is missing");
	return skip_space(at + 1, j->end);
}

static inline const char *
scan_key(struct json *j, const char *at)
{
	const char *value = quick_key(at, j->end);
	const char *quote;

	return value ? value : any_key(j, at, &quote);
}

const char *
jsonscan_key(struct json *j, const char *at, const char **quote)
{
	const char *value = quick_key(at, j->end);

	if (!value)
		return any_key(j, at, quote);
	*quote = value - 2;
	return value;
}

static inline const char *
scan_open(struct json *j, const char *at, unsigned depth)
{
	if (depth == JSON_DEEPEST)
		return jsonscan_wrong(j, at, "nested deeper than 512");
	/* ']' and '}' stand two after '[' and '{' in ASCII */
	j->closing[depth] = (char)(*at + 2);
	at = skip_space(at + 1, j->end);
	return at < j->end ? at : jsonscan_wrong(j, at, "the text is cut off");
}

const char *
jsonscan_open(struct json *j, const char *at)
{
	at = scan_open(j, at, j->depth);
	j->depth += at != NULL;
	return at;
}

/* `at` is after a value inside an object or array: take the comma, and go to
 * the next value. */
static inline const char *
scan_comma(struct json *j, const char *at, bool array)
{
	if (at >= j->end)
		return jsonscan_wrong(j, at, "the text is cut off");
	if (*at != ',')
		return jsonscan_wrong(j, at, "a comma is missing");
	at = skip_space(at + 1, j->end);
	return array ? at : scan_key(j, at);
}

/* Closing brackets come in runs: where they end is soon enough to look for
 * space, and whether there was some. */
static inline bool
past_space(const char **at, const char *end)
{
	const char *from = *at;

	*at = skip_space(from, end);
	return *at != from;
}

/* The levels that the value opens are counted from j->depth, and closed. */
const char *
jsonscan_value(struct json *j, const char *at)
{
	unsigned depth = j->depth;

	while (at) {
		if (at >= j->end)
			return jsonscan_wrong(j, at, "a value is missing");
		if (*at == '{' || *at == '[') {
			char closing = (char)(*at + 2);

			at = scan_open(j, at, depth++);
			if (!at)
				return NULL;
			if (*at != closing) {
				if (closing == '}')
					at = scan_key(j, at);
				continue;
			}
		} else {
			at = scan_scalar(j, at);
			if (!at || depth == j->depth)
				return at;
		}
		do {
			while (at < j->end && *at == j->closing[depth - 1]) {
				at++;
				if (--depth == j->depth)
					return at;
			}
		} while (past_space(&at, j->end));
		at = scan_comma(j, at, j->closing[depth - 1] == ']');
	}
	return NULL;
}
