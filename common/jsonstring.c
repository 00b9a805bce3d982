#include "jsonstring.h"

const char *
jsonstring_plain_portable(const char *at, const char *end)
{
	while (at < end && *at != '"' && *at != '\\' &&
	       (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x80)
		at++;
	return at;
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

/* The length of the escape whose backslash is at `at`, or 0. */
static inline size_t
escape(const char *at, const char *end)
{
	const unsigned char *byte = (const unsigned char *)at;
	size_t len = end - at < 2 ? 0 : escape_len[byte[1]];

	if (len <= 2)
		return len;
	/* all four at once: one branch that is never taken */
	return end - at >= 6 && is_hex[byte[2]] & is_hex[byte[3]] &
					is_hex[byte[4]] & is_hex[byte[5]]
		       ? len
		       : 0;
}

const char *
jsonstring_escaped_portable(const char *at, const char *end)
{
	size_t len;

	do {
		at = jsonstring_plain_portable(at, end);
		len = at < end && *at == '\\' ? escape(at, end) : 0;
		at += len;
	} while (len);
	return at;
}

#ifdef __SSE2__
/* One bit for each byte of a block that is of the kind, the first one lowest.
 */
struct kinds {
	uint64_t backslash;
	uint64_t quote;
	uint64_t no_text;   /* control characters, and from 0x80 on */
	uint64_t escapable; /* one of "/bfnrt */
	uint64_t u;
	uint64_t hex;
};

static inline uint64_t
bits(__m128i found)
{
	return (uint64_t)_mm_movemask_epi8(found);
}

static inline __m128i
is(__m128i bytes, char c)
{
	return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c));
}

static inline __m128i
between(__m128i bytes, char first, char last)
{
	return _mm_and_si128(
		_mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)(first - 1))),
		_mm_cmplt_epi8(bytes, _mm_set1_epi8((char)(last + 1))));
}

static inline struct kinds
kinds_of_16(const char *at)
{
	const __m128i bytes = _mm_loadu_si128((const void *)at);
	const __m128i lower = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
	const __m128i quote = is(bytes, '"');
	const __m128i b_or_f = is(_mm_and_si128(bytes, _mm_set1_epi8(~4)), 'b');
	const __m128i n_r_t = _mm_or_si128(
		_mm_or_si128(is(bytes, 'n'), is(bytes, 'r')), is(bytes, 't'));

	return (struct kinds){
		.backslash = bits(is(bytes, '\\')),
		.quote = bits(quote),
		.no_text = bits(_mm_cmplt_epi8(bytes, _mm_set1_epi8(' '))),
		.escapable =
			bits(_mm_or_si128(_mm_or_si128(quote, is(bytes, '/')),
					  _mm_or_si128(b_or_f, n_r_t))),
		.u = bits(is(bytes, 'u')),
		.hex = bits(_mm_or_si128(between(bytes, '0', '9'),
					 between(lower, 'a', 'f'))),
	};
}

enum { BLOCK = 32, LONGEST_ESCAPE = 6 };

static inline struct kinds
kinds_of(const char *at)
{
	const struct kinds low = kinds_of_16(at), high = kinds_of_16(at + 16);

	return (struct kinds){
		.backslash = low.backslash | high.backslash << 16,
		.quote = low.quote | high.quote << 16,
		.no_text = low.no_text | high.no_text << 16,
		.escapable = low.escapable | high.escapable << 16,
		.u = low.u | high.u << 16,
		.hex = low.hex | high.hex << 16,
	};
}

/*
 * The bytes behind runs of an odd number of backslashes: what the last of such
 * a run escapes.  Within a run they escape each other.  Adding a run's first
 * bit to the run carries to the byte behind it: when one of the two places is
 * odd and the other even, so is the number.
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

/* The places where a block that begins outside of any escape stops being text
 * and whole escapes; an escape that the block's end cuts is one of them. */
static inline uint64_t
stops_of(const struct kinds *k)
{
	uint64_t escaped = escaped_by(k->backslash);
	uint64_t hex = k->hex;
	uint64_t four = hex >> 1 & hex >> 2 & hex >> 3 & hex >> 4;
	uint64_t wrong = escaped & ~(k->escapable | (k->u & four));

	return k->no_text | (k->quote & ~escaped) | wrong >> 1;
}

const char *
jsonstring_escaped(const char *at, const char *end)
{
	while (end - at >= BLOCK) {
		const struct kinds kinds = kinds_of(at);
		uint64_t stops = stops_of(&kinds);
		int whole = stops ? __builtin_ctzll(stops) : BLOCK;

		at += whole;
		/* cut by the block's end?  From its backslash on we see */
		if (stops && (whole <= BLOCK - LONGEST_ESCAPE || *at != '\\'))
			return at;
	}
	return jsonstring_escaped_portable(at, end);
}
#else
const char *
jsonstring_escaped(const char *at, const char *end)
{
	return jsonstring_escaped_portable(at, end);
}
#endif

/* The bounds of the second byte are what keeps out overlong forms,
 * surrogates and what lies past U+10FFFF (RFC 3629 section 4). */
size_t
jsonstring_utf8(const char *at, const char *end)
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

/* Where text, escapes and characters stopped, which is not at a quote. */
static const char *
wrong(const char *at, const char *end, const char **error)
{
	if (at == end || (*at == '\\' && end - at < 2)) {
		*error = "a string that does not end";
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

/* Foreign words come in runs. */
static const char *
skip_utf8(const char *at, const char *end)
{
	size_t len;

	while (at < end && (signed char)*at < 0) {
		len = jsonstring_utf8(at, end);
		if (!len)
			break;
		at += len;
	}
	return at;
}

const char *
jsonstring_end(const char *at, const char *end, const char **error)
{
	const char *from;

	*error = NULL;
	do {
		from = at;
		at = skip_utf8(at, end);
		if (at < end && *at != '\\')
			at = jsonstring_plain(at, end);
		if (at < end && *at == '\\')
			at = jsonstring_escaped(at, end);
		if (at < end && *at == '"')
			return at;
	} while (at > from);
	return wrong(at, end, error);
}
