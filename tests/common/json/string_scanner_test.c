/* Every byte that may stand in a string, alone and in runs. */
#include <ctype.h>

#include "base/base.h"
#include "tap.h"
#include "json/string_scanner.h"

#define BYTES(literal) \
	{ \
		(literal), sizeof(literal) - 1 \
	}

/* A string that holds the given bytes, with a byte before and behind it: at
 * the end of the text, and with so much behind it that a block is looked at. */
static bool
string_holds(const unsigned char *bytes, size_t len)
{
	const char *error, *more;
	char text[64];

	memset(text, 'x', sizeof(text));
	memcpy(text + 1, bytes, len);
	memcpy(text + 1 + len, "b\"", 2);
	const char *quote = text + len + 2;
	const char *at = json_string_end(text, quote + 1, &error);
	if (json_string_end(text, text + sizeof(text), &more) != at ||
	    error != more)
		BUG("a string ends elsewhere when more is behind it");
	return at == quote && !error;
}

/* RFC 3629's table the other way round: encode each code point. */
static size_t
encode(unsigned code, unsigned char *to)
{
	if (code < 0x80) {
		to[0] = (unsigned char)code;
		return 1;
	}
	size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = len; i-- > 1; code >>= 6)
		to[i] = (unsigned char)(0x80 | (code & 0x3f));
	to[0] = (unsigned char)(first[len] | code);
	return len;
}

static void
test_utf8(void)
{
	unsigned char bytes[4];
	unsigned wrong = 0, accepted = 0;

	for (unsigned code = 0x80; code < 0x120000; code++) {
		size_t len = encode(code, bytes);
		bool want = code < 0x110000 && (code < 0xd800 || code > 0xdfff);

		wrong += string_holds(bytes, len) != want;
	}
	ok(!wrong, "every code point is taken, but surrogates and those past "
		   "U+10FFFF");

	/* all sequences of three bytes: as many as there are characters */
	for (unsigned i = 0x800000; i < 0x1000000; i++) {
		bytes[0] = (unsigned char)(i >> 16);
		bytes[1] = (unsigned char)(i >> 8 & 0xff);
		bytes[2] = (unsigned char)(i & 0xff);
		accepted +=
			json_string_utf8((char *)bytes, (char *)bytes + 3) == 3;
	}
	ok(accepted == 0x10000 - 0x800 - 0x800,
	   "of all triples of bytes only the characters are taken");
}

static void
test_escapes(void)
{
	unsigned wrong = 0;

	for (unsigned c = 0; c < 256; c++) {
		/* what follows is only the end of the string to 'u' */
		unsigned char two[] = { '\\', (unsigned char)c };
		bool want = c && c != 'u' && strchr("\"\\/bfnrt", (int)c);

		wrong += string_holds(two, 2) != want;
		for (size_t place = 2; place < 6; place++) {
			unsigned char six[] = { '\\', 'u', '0', 'a', 'F', '9' };

			six[place] = (unsigned char)c;
			wrong += string_holds(six, 6) != !!isxdigit((int)c);
		}
	}
	ok(!wrong, "of all bytes after a backslash eight are taken, and after "
		   "\\u the 22 digits");
}

static void
test_plain(void)
{
	char text[64];
	unsigned wrong = 0;

	for (unsigned c = 0; c < 256; c++)
		for (size_t place = 0; place < 40; place++)
			for (size_t len = place; len < 41; len++) {
				memset(text, 'x', sizeof(text));
				text[place] = (char)c;
				text[len] = '"'; /* past the end */
				const char *end = text + len;

				wrong += json_string_skip_plain(text, end) !=
					 json_string_skip_plain_portable(text,
									 end);
			}
	ok(!wrong, "plain bytes by sixteens and one by one end alike");

	memset(text, '~', sizeof(text));
	ok(json_string_skip_plain(text, text + sizeof(text)) ==
		   text + sizeof(text),
	   "plain bytes up to the end");
	text[33] = '\x1f';
	ok(json_string_skip_plain(text, text + sizeof(text)) == text + 33,
	   "a control character ends them");
	ok(json_string_skip_plain(text, text) == text, "no bytes at all");
}

static void
test_special(void)
{
	char text[64];
	unsigned wrong = 0;

	for (unsigned c = 0; c < 256; c++)
		for (size_t place = 0; place < sizeof(text); place++) {
			memset(text, (int)c, sizeof(text));
			text[place] = 'x';
			wrong += json_string_special(text) !=
				 json_string_special_portable(text);
			memset(text, '~', sizeof(text));
			text[place] = (char)c;
			wrong += json_string_special(text) !=
				 json_string_special_portable(text);
		}
	ok(!wrong, "bytes that are not plain, by sixty-fours and one by one");
	memset(text, 'x', sizeof(text));
	text[0] = '"';
	text[63] = '\x80';
	ok(json_string_special(text) == (UINT64_C(1) << 63 | 1),
	   "the first one lowest");
}

/* Up to three pieces in a string of x, the first at each place. */
static const struct slice pieces[] = {
	BYTES(""),
	BYTES("\\"),
	BYTES("\\\\"),
	BYTES("\\\\\\"),
	BYTES("\\n"),
	BYTES("\\\""),
	BYTES("\""),
	BYTES("\\u00Fe"),
	BYTES("\\u00f"),
	BYTES("\\u00f~"),
	BYTES("\\ud83d\\ude00"),
	BYTES("\\q"),
	BYTES("u12"),
	BYTES("\x1f"),
	BYTES("\\\n"),
	BYTES("\\\xc3\xa9"),
	BYTES("/bfnrt"),
	BYTES("\xc3\xa9"),
	BYTES("\xe4\xb8\xad"),
	BYTES("\xf0\x9f\x98\x80"),
	BYTES("\xe4\xb8"),
	BYTES("\xf0\x9f\x98"),
	BYTES("\xed\xa0\x80"),
	BYTES("\xbf"),
};

/* In memory of exactly its size, so that a sanitizer sees one byte too far. */
static bool
text_alike(const char *text, size_t len)
{
	char *copy = base_realloc(NULL, len ? len : 1);

	memcpy(copy, text, len);
	bool alike = json_string_skip_valid(copy, copy + len) ==
		     json_string_skip_valid_portable(copy, copy + len);
	free(copy);
	return alike;
}

static void
test_runs_of_pieces(void)
{
	char text[128];
	unsigned wrong = 0;

	for (size_t place = 0; place < 36; place++)
		for (size_t n = 0;
		     n < LENGTH(pieces) * LENGTH(pieces) * LENGTH(pieces);
		     n++) {
			size_t which = n, at = place;

			memset(text, 'x', sizeof(text));
			for (int i = 0; i < 3; i++) {
				struct slice piece =
					pieces[which % LENGTH(pieces)];

				memcpy(text + at, piece.at, piece.len);
				at += piece.len;
				which /= LENGTH(pieces);
			}
			wrong += !text_alike(text, at) ||
				 !text_alike(text, sizeof(text) - n % 7);
		}
	ok(!wrong, "escapes and characters by blocks and one by one end alike");
}

/* The first two bytes decide what is overlong, a surrogate, or too much. */
static void
test_characters_by_blocks(void)
{
	char text[80];
	unsigned wrong = 0;

	memset(text, 'x', sizeof(text));
	for (size_t place = 0; place < 33; place++)
		for (unsigned n = 0; n < 0x80 * 0x100 * 4; n++) {
			text[place] = (char)(0x80 | n >> 10);
			text[place + 1] = (char)(n >> 2 & 0xff);
			memset(text + place + 2, '\x80', n % 4);
			const char *end = text + sizeof(text);

			wrong += json_string_skip_valid(text, end) !=
				 json_string_skip_valid_portable(text, end);
			memset(text + place, 'x', 5);
		}
	ok(!wrong, "so do all pairs of bytes with up to three that follow");
}

static void
test_mixtures(void)
{
	char text[256];
	unsigned wrong = 0;
	uint64_t dice = 1;

	for (int round = 0; round < 300000; round++) {
		size_t len = 0;

		while (len < sizeof(text) - 16) {
			dice = dice * UINT64_C(6364136223846793005) + 1;
			/* mostly what is right, or it would end at once */
			unsigned n = (unsigned)(dice >> 33) % 512;
			struct slice piece = pieces[n % LENGTH(pieces)];
			bool right = json_string_skip_valid_portable(
					     piece.at, piece.at + piece.len) ==
				     piece.at + piece.len;

			if (!right && n >= 24)
				piece = slice_of(n % 2 ? "x" : "\\n");
			memcpy(text + len, piece.at, piece.len);
			len += piece.len;
		}
		wrong += !text_alike(text, len);
	}
	ok(!wrong, "so do mixtures");
}

static void
test_runs_of_backslashes(void)
{
	char text[128];

	memset(text, 'x', sizeof(text));
	text[100] = '"';
	ok(json_string_skip_valid(text, text + sizeof(text)) == text + 100,
	   "text continues after a block");
	memset(text, '\\', 100);
	ok(json_string_skip_valid(text, text + sizeof(text)) == text + 100,
	   "backslashes in pairs are escapes, however many");
	text[99] = 'n';
	ok(json_string_skip_valid(text, text + sizeof(text)) == text + 100,
	   "so is the last of an odd number, with what it escapes");
	text[99] = 'x';
	ok(json_string_skip_valid(text, text + sizeof(text)) == text + 98,
	   "or it stops there");
}

int
main(void)
{
	test_utf8();
	test_escapes();
	test_plain();
	test_special();
	test_runs_of_pieces();
	test_characters_by_blocks();
	test_mixtures();
	test_runs_of_backslashes();
	return tap_done();
}
