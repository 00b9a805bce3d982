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

/* Between tokens there is mostly no space, and then one look is enough. */
static inline const char *
skip_space(const char *at, const char *end)
{
	while (at < end && (unsigned char)*at <= ' ' &&
	       (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
		at++;
	return at;
}

const char *
jsonscan_space(const char *at, const char *end)
{
	return skip_space(at, end);
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
/* As signed bytes, control characters and those from 0x80 on are all less
 * than a space. */
static inline const char *
skip_plain(const char *at, const char *end)
{
	const __m128i quote = _mm_set1_epi8('"');
	const __m128i backslash = _mm_set1_epi8('\\');
	const __m128i space = _mm_set1_epi8(' ');

	for (; end - at >= 16; at += 16) {
		__m128i bytes = _mm_loadu_si128((const void *)at);
		__m128i found = _mm_or_si128(
			_mm_or_si128(_mm_cmpeq_epi8(bytes, quote),
				     _mm_cmpeq_epi8(bytes, backslash)),
			_mm_cmplt_epi8(bytes, space));
		int which = _mm_movemask_epi8(found);

		if (which)
			return at + __builtin_ctz((unsigned)which);
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

static inline const char *
scan_key(struct json *j, const char *at, const char **quote)
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

const char *
jsonscan_key(struct json *j, const char *at, const char **quote)
{
	return scan_key(j, at, quote);
}

const char *
jsonscan_open(struct json *j, const char *at)
{
	if (j->depth == JSON_DEEPEST)
		return jsonscan_wrong(j, at, "nested deeper than 512");
	/* ']' and '}' stand two after '[' and '{' in ASCII */
	j->closing[j->depth++] = (char)(*at + 2);
	at = skip_space(at + 1, j->end);
	return at < j->end ? at : jsonscan_wrong(j, at, "the text is cut off");
}

/*
 * `at` is after a value, or inside an empty object or array.  Close what ends
 * here, down to the level `outside`, or take the comma and go to the next
 * value.
 */
static inline const char *
scan_after(struct json *j, const char *at, unsigned outside)
{
	unsigned depth = j->depth; /* in a register: these come in runs */
	const char *quote;

	while (at < j->end && *at == j->closing[depth - 1]) {
		at++;
		if (--depth == outside)
			break;
		at = skip_space(at, j->end);
	}
	j->depth = depth;
	if (depth == outside)
		return at;
	if (at >= j->end)
		return jsonscan_wrong(j, at, "the text is cut off");
	if (*at != ',')
		return jsonscan_wrong(j, at, "a comma is missing");
	at = skip_space(at + 1, j->end);
	return jsonscan_in_array(j) ? at : scan_key(j, at, &quote);
}

/* Step in, and go to the first value; or stay at the closing bracket, and
 * say so in `*empty`. */
static inline const char *
scan_opening(struct json *j, const char *at, bool *empty)
{
	bool array = *at == '[';
	const char *quote;

	at = jsonscan_open(j, at);
	*empty = at && *at == (array ? ']' : '}');
	if (!at || *empty || array)
		return at;
	return scan_key(j, at, &quote);
}

const char *
jsonscan_value(struct json *j, const char *at)
{
	unsigned outside = j->depth;
	bool empty;

	while (at) {
		if (at >= j->end)
			return jsonscan_wrong(j, at, "a value is missing");
		if (*at == '{' || *at == '[') {
			at = scan_opening(j, at, &empty);
			if (!at || !empty)
				continue;
		} else {
			at = scan_scalar(j, at);
			if (!at || j->depth == outside)
				return at;
			at = skip_space(at, j->end);
		}
		at = scan_after(j, at, outside);
		if (j->depth == outside)
			return at;
	}
	return NULL;
}
