#include "json/values.h"
#include "json/string_scanner.h"

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
	bool minus = value.len && value.at[0] == '-';
	uint64_t most = (uint64_t)INT64_MAX + minus;
	uint64_t sum = 0;

	if (value.len == minus)
		return false;
	for (size_t i = minus; i < value.len; i++) {
		if (value.at[i] < '0' || value.at[i] > '9')
			return false;
		uint64_t digit = (uint64_t)(value.at[i] - '0');
		if (sum > (most - digit) / 10)
			return false;
		sum = sum * 10 + digit;
	}
	/* two's complement: INT64_MIN is its own negative */
	*number = (int64_t)(minus ? -sum : sum);
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

static bool
unquote(const char *at, const char *end, struct buf *to, struct failure *why)
{
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
json_unquote(struct slice value, struct buf *to, struct failure *why)
{
	size_t before = to->len;

	if (value.len < 2 || value.at[0] != '"')
		return fail(why, FAILURE_DATA, "not a string");
	if (unquote(value.at + 1, value.at + value.len - 1, to, why))
		return true;
	buf_truncate(to, before);
	return false;
}

/* One character that must be escaped, or one beyond ASCII; `*at` moves past it.
 */
static bool
quote_special(const char **at, const char *end, struct buf *to,
	      struct failure *why)
{
	const char *start = *at;
	unsigned char c = (unsigned char)*start;
	size_t len = c < 0x80 ? 1 : json_string_utf8(start, end);

	if (!len)
		return fail(why, FAILURE_DATA, "text that is not UTF-8");
	*at += len;
	if (c == '"' || c == '\\')
		return buf_printf(to, why, "\\%c", c);
	if (c < 0x20)
		return buf_printf(to, why, "\\u%04x", c);
	return buf_add(to, start, len, why);
}

static bool
quote(const char *at, const char *end, struct buf *to, struct failure *why)
{
	while (at < end) {
		const char *special = json_string_skip_plain(at, end);

		if (!buf_add(to, at, (size_t)(special - at), why))
			return false;
		at = special;
		if (at < end && !quote_special(&at, end, to, why))
			return false;
	}
	return true;
}

bool
json_text(struct slice value, struct buf *room, struct slice *text,
	  struct failure *why)
{
	if (json_plain_string(value, text))
		return true;
	buf_clear(room);
	if (!json_unquote(value, room, why))
		return false;
	*text = buf_slice(room);
	return true;
}

bool
json_quote(struct slice text, struct buf *to, struct failure *why)
{
	size_t before = to->len;
	const char *at = text.at ? text.at : "";

	if (buf_add(to, "\"", 1, why) && quote(at, at + text.len, to, why) &&
	    buf_add(to, "\"", 1, why))
		return true;
	buf_truncate(to, before);
	return false;
}
