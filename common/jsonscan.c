#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "jsonscan.h"

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

/* For the character after a backslash: how long the escape is, 0 for none. */
static const unsigned char escape_len[256] = {
	['"'] = 2, ['\\'] = 2, ['/'] = 2, ['b'] = 2, ['f'] = 2,
	['n'] = 2, ['r'] = 2,  ['t'] = 2, ['u'] = 6,
};

static const bool is_hex[256] = {
	['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true,
	['5'] = true, ['6'] = true, ['7'] = true, ['8'] = true, ['9'] = true,
	['a'] = true, ['b'] = true, ['c'] = true, ['d'] = true, ['e'] = true,
	['f'] = true, ['A'] = true, ['B'] = true, ['C'] = true, ['D'] = true,
	['E'] = true, ['F'] = true,
};

/* `at` is at the backslash. */
static inline const char *
scan_escape(struct json *j, const char *at)
{
	const unsigned char *byte = (const unsigned char *)at;

	if (j->end - at < 2)
		return jsonscan_wrong(j, j->end, "a string that does not end");
	if (escape_len[byte[1]] == 2)
		return at + 2;
	if (!escape_len[byte[1]])
		return jsonscan_wrong(j, at, "an unknown escape");
	/* all four at once: one branch that is never taken */
	if (j->end - at < 6 || !(is_hex[byte[2]] & is_hex[byte[3]] &
				 is_hex[byte[4]] & is_hex[byte[5]]))
		return jsonscan_wrong(j, at, "an escape without four digits");
	return at + 6;
}

/* The bounds of the second byte are what keeps out overlong forms,
 * surrogates and what lies past U+10FFFF (RFC 3629 section 4). */
size_t
jsonscan_utf8(const char *at, const char *end)
{
	const unsigned char *byte = (const unsigned char *)at;
	unsigned low = 0x80, high = 0xbf;
	size_t len = byte[0] < 0xe0 ? 2 : byte[0] < 0xf0 ? 3 : 4;

	if (byte[0] < 0xc2 || byte[0] > 0xf4 || (size_t)(end - at) < len)
		return 0;
	if (byte[0] == 0xe0)
		low = 0xa0;
	else if (byte[0] == 0xed)
		high = 0x9f;
	else if (byte[0] == 0xf0)
		low = 0x90;
	else if (byte[0] == 0xf4)
		high = 0x8f;
	if (byte[1] < low || byte[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

const char *
jsonscan_plain_portable(const char *at, const char *end)
{
	while (at < end && *at != '"' && *at != '\\' &&
	       (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x80)
		at++;
	return at;
}

#ifdef __SSE2__
/* One bit for each of 16 bytes that is not plain.  As signed bytes, control
 * characters and those from 0x80 on are all less than a space. */
static inline unsigned
not_plain(const char *at)
{
	const __m128i bytes = _mm_loadu_si128((const void *)at);
	const __m128i found = _mm_or_si128(
		_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
			     _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))),
		_mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')));

	return (unsigned)_mm_movemask_epi8(found);
}

static inline const char *
skip_plain(const char *at, const char *end)
{
	for (; end - at >= 16; at += 16) {
		unsigned found = not_plain(at);

		if (found)
			return at + __builtin_ctz(found);
	}
	return jsonscan_plain_portable(at, end);
}
#else
#define skip_plain jsonscan_plain_portable
#endif

const char *
jsonscan_plain(const char *at, const char *end)
{
	return skip_plain(at, end);
}

/* `at` is at what stopped a run of plain bytes; not a quote. */
static const char *
scan_special(struct json *j, const char *at)
{
	size_t len;

	if (at == j->end)
		return jsonscan_wrong(j, at, "a string that does not end");
	if (*at == '\\')
		return scan_escape(j, at);
	if ((unsigned char)*at < 0x20)
		return jsonscan_wrong(j, at, "a control character in a string");
	len = jsonscan_utf8(at, j->end);
	return len ? at + len : jsonscan_wrong(j, at, "invalid UTF-8");
}

/* A string goes on with what may not simply stand in it. */
static const char *
scan_string_on(struct json *j, const char *at)
{
	while (at == j->end || *at != '"') {
		at = scan_special(j, at);
		if (!at)
			return NULL;
		/* special ones come in runs: "\r\n", a word in Greek */
		if (at < j->end && *at != '\\' && (signed char)*at >= 0)
			at = skip_plain(at, j->end);
	}
	return at;
}

/*
 * `at` is past the opening quote; returned is the closing one.  Most strings
 * are short and plain: only those are worth the room in each caller.
 */
static inline const char *
scan_string(struct json *j, const char *at)
{
	at = skip_plain(at, j->end);
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
	found = not_plain(at + 1);
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
