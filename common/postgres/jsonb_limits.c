#include "postgres/jsonb_limits.h"

/*
 * From src/backend/utils/adt/numeric.c of PostgreSQL 15: NUMERIC_DSCALE_MAX,
 * NUMERIC_WEIGHT_MAX in groups of four digits, and set_var_from_str(), which
 * refuses exponents from INT_MAX / 2 on.
 */
enum {
	MOST_AFTER_POINT = 16383,
	MOST_BEFORE_POINT = 131072,
	EXPONENT_LIMIT = INT32_MAX / 2,
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* `at` is at the four digits of an escape. */
static unsigned
code_of(const char *at)
{
	unsigned code = 0;

	for (int i = 0; i < 4; i++) {
		unsigned c = (unsigned char)at[i];

		code = code * 16 + (c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
	}
	return code;
}

/* `*at` is after a "\u"; it moves past the escape, or past both of a pair. */
static bool
escape_fits(const char **at, const char *end, const char **reason)
{
	unsigned code = code_of(*at);

	*at += 4;
	if (!code) {
		*reason = "the escape \\u0000";
		return false;
	}
	if (code < 0xd800 || code > 0xdfff)
		return true;
	*reason = "an unpaired surrogate escape";
	if (code > 0xdbff || end - *at < 6 || (*at)[0] != '\\' ||
	    (*at)[1] != 'u')
		return false;
	code = code_of(*at + 2);
	*at += 6;
	return code >= 0xdc00 && code <= 0xdfff;
}

/* A backslash always begins an escape: valid JSON has them only in strings. */
static bool
escapes_fit(const char *at, const char *end, const char **reason)
{
	for (;;) {
		at = memchr(at, '\\', (size_t)(end - at));
		if (!at)
			return true;
		bool is_unicode = at[1] == 'u';

		at += 2;
		if (is_unicode && !escape_fits(&at, end, reason))
			return false;
	}
}

static const char *
skip_digits(const char *at, const char *end)
{
	while (at < end && is_digit(*at))
		at++;
	return at;
}

/* Saturates beyond EXPONENT_LIMIT, in both directions. */
static int64_t
read_exponent(const char **at, const char *end)
{
	bool minus = **at == '-';
	int64_t value = 0;

	if (**at == '-' || **at == '+')
		++*at;
	for (; *at < end && is_digit(**at); ++*at)
		if (value < EXPONENT_LIMIT)
			value = value * 10 + (**at - '0');
	return minus ? -value : value;
}

/*
 * `*at` is at a number, and moves past it.  `before` is the number of digits
 * before the point, leading zeros not counted, until the exponent moves it.
 */
static bool
number_fits(const char **at, const char *end)
{
	const char *whole = *at + (**at == '-');
	const char *point = skip_digits(whole, end), *fraction = point;
	int64_t after = 0, exponent = 0;

	*at = point;
	if (*at < end && **at == '.') {
		fraction = point + 1;
		*at = skip_digits(fraction, end);
		after = *at - fraction;
	}
	const char *digits_end = *at;
	if (*at < end && (**at | 0x20) == 'e') {
		++*at;
		exponent = read_exponent(at, end);
	}

	const char *first = whole;
	while (first < digits_end && (*first == '0' || *first == '.'))
		first++;
	int64_t before = first <= point ? point - first : -(first - fraction);
	if (exponent >= EXPONENT_LIMIT || exponent <= -EXPONENT_LIMIT ||
	    after - exponent > MOST_AFTER_POINT)
		return false;
	return first == digits_end || before + exponent <= MOST_BEFORE_POINT;
}

static const char *
skip_string(const char *at)
{
	for (at++; *at != '"'; at++)
		at += *at == '\\';
	return at + 1;
}

static bool
numbers_fit(const char *at, const char *end, const char **reason)
{
	while (at < end) {
		if (*at == '"') {
			at = skip_string(at);
		} else if (*at != '-' && !is_digit(*at)) {
			at++;
		} else if (!number_fits(&at, end)) {
			*reason = "a number beyond the range of numeric";
			return false;
		}
	}
	return true;
}

bool
jsonb_accepts(struct slice payload, const char **reason)
{
	const char *at = payload.at, *end = at + payload.len;

	return escapes_fit(at, end, reason) && numbers_fit(at, end, reason);
}
