#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "json/string_scanner.h"

const char *
json_string_skip_plain_portable(const char *at, const char *end)
{
	while (at < end && *at != '"' && *at != '\\' &&
	       (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x80)
		at++;
	return at;
}

uint64_t
json_string_special_portable(const char *at)
{
	uint64_t special = 0;

	for (size_t i = 0; i < 64; i++)
		if (json_string_skip_plain_portable(at + i, at + i + 1) ==
		    at + i)
			special |= UINT64_C(1) << i;
	return special;
}

/* By the character after a backslash: the length of the escape, 0 for none. */
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

/* The length of the escape whose backslash is at `at`, or 0. */
static inline size_t
escape(const char *at, const char *end)
{
	const unsigned char *byte = (const unsigned char *)at;
	size_t len = end - at < 2 ? 0 : escape_len[byte[1]];

	if (len <= 2)
		return len;
	/* all four at once: one branch, well predicted */
	return end - at >= 6 && is_hex[byte[2]] & is_hex[byte[3]] &
					is_hex[byte[4]] & is_hex[byte[5]]
		       ? len
		       : 0;
}

/* The bounds of the second byte exclude overlong forms, surrogates and anything
 * beyond U+10FFFF (RFC 3629 section 4). */
size_t
json_string_utf8(const char *at, const char *end)
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

/* The length of the escape or character at `at`, 0 for neither. */
static inline size_t
special_len(const char *at, const char *end)
{
	if (*at == '\\')
		return escape(at, end);
	return (signed char)*at < 0 ? json_string_utf8(at, end) : 0;
}

const char *
json_string_skip_valid_portable(const char *at, const char *end)
{
	size_t len;

	do {
		at = json_string_skip_plain_portable(at, end);
		len = at < end ? special_len(at, end) : 0;
		at += len;
	} while (len);
	return at;
}

#ifdef __x86_64__
#define AVX2 __attribute__((target("avx2")))

enum { BLOCK = 32, LONGEST_ESCAPE = 6 };

/* The highest bit of each byte of a block, the first byte lowest. */
AVX2 static inline uint64_t
bits(__m256i bytes)
{
	return (uint32_t)_mm256_movemask_epi8(bytes);
}

AVX2 static inline __m256i
is(__m256i bytes, char c)
{
	return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(c));
}

AVX2 static inline __m256i
either(__m256i a, __m256i b)
{
	return _mm256_or_si256(a, b);
}

AVX2 static inline __m256i
up_to(__m256i bytes, unsigned char last)
{
	const __m256i most = _mm256_set1_epi8((char)last);

	return _mm256_cmpeq_epi8(_mm256_max_epu8(bytes, most), most);
}

AVX2 static inline __m256i
between(__m256i bytes, char first, char last)
{
	return _mm256_andnot_si256(up_to(bytes, (unsigned char)(first - 1)),
				   up_to(bytes, (unsigned char)last));
}

/*
 * The bytes after runs of an odd number of backslashes: those are escaped,
 * since within a run backslashes escape each other.  Adding a run's first bit
 * to the run carries to the byte after it; the run is of odd length if one of
 * the two positions is odd and the other even.
 */
static inline uint64_t
escaped_by(uint64_t backslash)
{
	const uint64_t even = UINT64_C(0x5555555555555555);
	uint64_t first = backslash & ~(backslash << 1);
	uint64_t behind_even = (backslash + (first & even)) & ~backslash;
	uint64_t behind_odd = (backslash + (first & ~even)) & ~backslash;

	return (behind_even & ~even) | (behind_odd & even);
}

/* The backslashes before `escaped` whose escape is invalid, or cut by the
 * block's end. */
AVX2 static inline uint64_t
bad_escapes(__m256i bytes, uint64_t escaped)
{
	const __m256i lower = either(bytes, _mm256_set1_epi8(0x20));
	const __m256i b_or_f =
		is(_mm256_and_si256(bytes, _mm256_set1_epi8(~4)), 'b');
	const __m256i n_r_t =
		either(either(is(bytes, 'n'), is(bytes, 'r')), is(bytes, 't'));
	const __m256i signs =
		either(either(is(bytes, '"'), is(bytes, '/')), is(bytes, '\\'));
	uint64_t hex = bits(
		either(between(bytes, '0', '9'), between(lower, 'a', 'f')));
	uint64_t four = hex >> 1 & hex >> 2 & hex >> 3 & hex >> 4;
	uint64_t right = bits(either(either(b_or_f, n_r_t), signs)) |
			 (bits(is(bytes, 'u')) & four);

	return (escaped & ~right) >> 1;
}

/* Of a block that begins at a character boundary. */
struct utf8 {
	uint64_t invalid; /* at the byte where the error shows */
	uint64_t cut;     /* first byte of a character cut by the block's end */
};

/*
 * The upper bits of a first byte say how many bytes follow, and those all begin
 * with the bits 10: so each position can be checked by its own bits.  The rest
 * is RFC 3629 section 4, as in json_string_utf8().
 */
AVX2 static inline struct utf8
utf8_of(__m256i bytes)
{
	uint64_t bit7 = bits(bytes);
	uint64_t bit6 = bits(_mm256_slli_epi16(bytes, 1));
	uint64_t bit5 = bits(_mm256_slli_epi16(bytes, 2));
	uint64_t bit4 = bits(_mm256_slli_epi16(bytes, 3));
	uint64_t first = bit7 & bit6;
	uint64_t first_of_3 = first & bit5; /* or more */
	uint64_t first_of_4 = first_of_3 & bit4;
	uint64_t follow = first << 1 | first_of_3 << 2 | first_of_4 << 3;
	uint64_t never = bits(either(between(bytes, '\xc0', '\xc1'),
				     between(bytes, '\xf5', '\xff')));
	uint64_t overlong = (bits(is(bytes, '\xe0')) << 1 & ~bit5) |
			    (bits(is(bytes, '\xf0')) << 1 & ~(bit5 | bit4));
	uint64_t surrogate = bits(is(bytes, '\xed')) << 1 & bit5;
	uint64_t past_end = bits(is(bytes, '\xf4')) << 1 & (bit5 | bit4);

	return (struct utf8){
		.invalid = (follow ^ (bit7 & ~bit6)) | never | overlong |
			   surrogate | past_end,
		.cut = (first & UINT64_C(1) << 31) |
		       (first_of_3 & UINT64_C(1) << 30) |
		       (first_of_4 & UINT64_C(1) << 29),
	};
}

/*
 * Each block begins outside of any escape or character, so nothing is carried
 * over: what a block's end cuts is read again with the next block.
 */
AVX2 static const char *
skip_valid_avx2(const char *at, const char *end)
{
	while (end - at >= BLOCK) {
		const __m256i bytes = _mm256_loadu_si256((const void *)at);
		uint64_t backslash = bits(is(bytes, '\\'));
		uint64_t quote = bits(is(bytes, '"'));
		uint64_t stops = bits(up_to(bytes, 0x1f));
		struct utf8 utf8 = { 0 };

		if (backslash) {
			uint64_t escaped = escaped_by(backslash);

			quote &= ~escaped;
			stops |= bad_escapes(bytes, escaped);
		}
		if (bits(bytes))
			utf8 = utf8_of(bytes);
		stops |= quote | utf8.cut;
		/* an error before the first stop: the portable twin finds
		 * the exact character */
		if (utf8.invalid & (stops ^ (stops - 1)))
			break;
		int whole = stops ? __builtin_ctzll(stops) : BLOCK;
		at += whole;
		if (whole <= BLOCK - LONGEST_ESCAPE)
			return at;
	}
	return json_string_skip_valid_portable(at, end);
}

const char *
json_string_skip_valid(const char *at, const char *end)
{
	return __builtin_cpu_supports("avx2")
		       ? skip_valid_avx2(at, end)
		       : json_string_skip_valid_portable(at, end);
}
#else
const char *
json_string_skip_valid(const char *at, const char *end)
{
	return json_string_skip_valid_portable(at, end);
}
#endif

/* `at` is where valid text ended, and not at a quote: say why. */
static const char *
fail_at(const char *at, const char *end, const char **error)
{
	if (at == end || (*at == '\\' && end - at < 2)) {
		*error = "unterminated string";
		return end;
	}
	if (*at == '\\')
		*error = at[1] == 'u' ? "an escape without four digits"
				      : "an unknown escape";
	else
		*error = (unsigned char)*at < 0x20
				 ? "a control character in a string"
				 : "invalid UTF-8";
	return at;
}

const char *
json_string_end(const char *at, const char *end, const char **error)
{
	*error = NULL;
	at = json_string_skip_valid(at, end);
	return at < end && *at == '"' ? at : fail_at(at, end, error);
}
