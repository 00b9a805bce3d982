/*
 * json/string_scanner.h - validates the contents of JSON strings: RFC 8259
 * section 7, and RFC 3629 for UTF-8.
 *
 * Nothing at or after `end` is read.  Functions that use SSE2 or AVX2 have a
 * _portable twin for other machines, and for the test that both agree.
 */
#ifndef JSON_STRING_SCANNER_H
#define JSON_STRING_SCANNER_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/slice.h"

/* The first byte that is not plain: a quote, a backslash, a control character,
 * a byte from 0x80 on; or `end`. */
static inline const char *json_string_skip_plain(const char *at,
						 const char *end);
const char *json_string_skip_plain_portable(const char *at, const char *end);

/* Of 64 bytes: a bit for each that is not plain, the first byte lowest. */
static inline uint64_t json_string_special(const char *at);
uint64_t json_string_special_portable(const char *at);

/* The same, but valid escapes and UTF-8 characters are passed over, too. */
const char *json_string_skip_valid(const char *at, const char *end);
const char *json_string_skip_valid_portable(const char *at, const char *end);

/* The length of the UTF-8 character at `at`, a byte from 0x80 on; 0 when it is
 * invalid. */
size_t json_string_utf8(const char *at, const char *end);

/* The closing quote, and `*error` NULL; or where the string is invalid, and why
 * in a few words. */
const char *json_string_end(const char *at, const char *end,
			    const char **error);

#ifdef __SSE2__
/* Of 16 bytes: a bit for each that is not plain.  As signed bytes, control
 * characters and those from 0x80 on are less than a space. */
static inline unsigned
json_string_not_plain(const char *at)
{
	const __m128i bytes = _mm_loadu_si128((const void *)at);
	const __m128i found = _mm_or_si128(
		_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
			     _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))),
		_mm_subs_epi8(bytes, _mm_set1_epi8(' ')));

	return (unsigned)_mm_movemask_epi8(found);
}

static inline uint64_t
json_string_special(const char *at)
{
	return (uint64_t)json_string_not_plain(at) |
	       (uint64_t)json_string_not_plain(at + 16) << 16 |
	       (uint64_t)json_string_not_plain(at + 32) << 32 |
	       (uint64_t)json_string_not_plain(at + 48) << 48;
}

static inline const char *
json_string_skip_plain(const char *at, const char *end)
{
	for (; end - at >= 16; at += 16) {
		unsigned found = json_string_not_plain(at);

		if (found)
			return at + __builtin_ctz(found);
	}
	return json_string_skip_plain_portable(at, end);
}
#else
static inline uint64_t
json_string_special(const char *at)
{
	return json_string_special_portable(at);
}

static inline const char *
json_string_skip_plain(const char *at, const char *end)
{
	return json_string_skip_plain_portable(at, end);
}
#endif

#endif
