/* What values say, and text as a value. */
#include "tap.h"
#include "json/json.h"

#define BYTES(literal) \
	{ \
		(literal), sizeof(literal) - 1 \
	}

static const struct {
	const char *value;
	bool fits;
	int64_t number;
} integers[] = {
	{ "0", true, 0 },
	{ "-0", true, 0 },
	{ "7", true, 7 },
	{ "-12", true, -12 },
	{ "9223372036854775807", true, INT64_MAX },
	{ "-9223372036854775807", true, -INT64_MAX },
	{ "-9223372036854775808", true, INT64_MIN },
	{ "9223372036854775808", false, 0 },
	{ "-9223372036854775809", false, 0 },
	{ "18446744073709551616", false, 0 },
	{ "99999999999999999999999", false, 0 },
	{ "1.0", false, 0 },
	{ "1e2", false, 0 },
	{ "\"1\"", false, 0 },
	{ "null", false, 0 },
	{ "[1]", false, 0 },
	{ "-", false, 0 },
	{ "", false, 0 },
};

static void
test_integers(void)
{
	for (size_t i = 0; i < LENGTH(integers); i++) {
		int64_t number = 0;
		bool fits = json_integer(slice_of(integers[i].value), &number);

		ok(fits == integers[i].fits && number == integers[i].number,
		   "\"%s\" %s a whole number that fits", integers[i].value,
		   integers[i].fits ? "is" : "is not");
	}
}

static void
test_plain(void)
{
	struct slice text = { 0 };

	ok(json_plain_string(SLICE("\"130\""), &text) && slice_is(text, "130"),
	   "a plain string is given without its quotes");
	ok(json_plain_string(SLICE("\"\""), &text) && !text.len,
	   "an empty one too");
	ok(!json_plain_string(SLICE("\"a\\nb\""), &text),
	   "a string with an escape is not plain");
	ok(!json_plain_string(SLICE("12"), &text) &&
		   !json_plain_string(SLICE("1"), &text) &&
		   !json_plain_string(SLICE(""), &text) &&
		   !json_plain_string(SLICE("null"), &text),
	   "what is no string is not plain either");
}

static const struct {
	const char *name;
	struct slice value, means; /* means.at NULL: refused */
} strings[] = {
	{ "plain text", BYTES("\"abc\""), BYTES("abc") },
	{ "nothing", BYTES("\"\""), BYTES("") },
	{ "the short escapes", BYTES("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
	  BYTES("\"\\/\b\f\n\r\t") },
	{ "one byte", BYTES("\"\\u0041\\u007f\""), BYTES("A\x7f") },
	{ "NUL", BYTES("\"a\\u0000b\""), BYTES("a\0b") },
	{ "two bytes", BYTES("\"\\u0080\\u00E9\\u07ff\""),
	  BYTES("\xc2\x80\xc3\xa9\xdf\xbf") },
	{ "three bytes", BYTES("\"\\u0800\\u4e2d\\uffff\""),
	  BYTES("\xe0\xa0\x80\xe4\xb8\xad\xef\xbf\xbf") },
	{ "a pair", BYTES("\"\\ud83d\\ude00\""), BYTES("\xf0\x9f\x98\x80") },
	{ "the first pair", BYTES("\"\\ud800\\udc00\""),
	  BYTES("\xf0\x90\x80\x80") },
	{ "the last pair", BYTES("\"\\uDBFF\\uDFFF\""),
	  BYTES("\xf4\x8f\xbf\xbf") },
	{ "UTF-8 as it is", BYTES("\"\xc3\xa9\\n\xf0\x9f\x98\x80\""),
	  BYTES("\xc3\xa9\n\xf0\x9f\x98\x80") },
	{ "a lone high surrogate", BYTES("\"ab\\ud83d\""), { NULL, 0 } },
	{ "a high one before text", BYTES("\"\\ud83dxxxxxx\""), { NULL, 0 } },
	{ "a high one before another escape",
	  BYTES("\"\\ud83d\\u0041\""),
	  { NULL, 0 } },
	{ "a high one before a short escape",
	  BYTES("\"\\ud83d\\n\\\\\\\\\""),
	  { NULL, 0 } },
	{ "two high ones", BYTES("\"\\ud83d\\ud83d\""), { NULL, 0 } },
	{ "a lone low surrogate", BYTES("\"\\ude00\""), { NULL, 0 } },
	{ "a pair the wrong way round",
	  BYTES("\"\\ude00\\ud83d\""),
	  { NULL, 0 } },
	{ "a number", BYTES("12"), { NULL, 0 } },
};

static void
test_unquote(void)
{
	struct failure why = { 0 };
	struct buf to;

	buf_init(&to, 1024);
	for (size_t i = 0; i < LENGTH(strings); i++) {
		struct slice means = strings[i].means;
		bool done;

		buf_clear(&to);
		if (!buf_add(&to, "kept ", 5, &why))
			BUG("the buffer is too small");
		done = json_unquote(strings[i].value, &to, &why);
		struct slice got = { to.at + 5, to.len - 5 };
		ok(done == (means.at != NULL) &&
			   slice_equal(got, done ? means : SLICE("")),
		   "%s: %s", means.at ? "unquoted" : "refused, nothing added",
		   strings[i].name);
	}
	buf_free(&to);
}

/* Does this code point come back from its quoted form, and is that JSON? */
static bool
comes_back(struct slice text, struct buf *quoted, struct buf *back)
{
	struct failure why = { 0 };

	buf_clear(quoted);
	buf_clear(back);
	return json_quote(text, quoted, &why) &&
	       json_check(buf_slice(quoted), &why) &&
	       json_unquote(buf_slice(quoted), back, &why) &&
	       slice_equal(buf_slice(back), text);
}

static void
test_quote(void)
{
	static const char nul_and_more[] = "\0\x01\x1f \"\\/\x7f\xc3\xa9";
	struct failure why = { 0 };
	struct buf quoted, back;
	size_t lost = 0;

	buf_init(&quoted, 4096);
	buf_init(&back, 4096);
	if (!json_quote(
		    (struct slice){ nul_and_more, sizeof(nul_and_more) - 1 },
		    &quoted, &why))
		BUG("the buffer is too small");
	is(quoted.at, "\"\\u0000\\u0001\\u001f \\\"\\\\/\x7f\xc3\xa9\"",
	   "what must be escaped is, and nothing else");
	for (int c = 0; c < 128; c++) {
		char text[41];

		memset(text, 'x', sizeof(text));
		text[c % 41] = (char)c;
		lost += !comes_back((struct slice){ text, sizeof(text) },
				    &quoted, &back);
	}
	ok(!lost, "every ASCII character comes back from its quotes");
	ok(comes_back(SLICE("\xe4\xb8\xad\xf0\x9f\x98\x80 more, and then some"),
		      &quoted, &back),
	   "other characters too");
	ok(comes_back((struct slice){ NULL, 0 }, &quoted, &back),
	   "nothing becomes an empty string");

	buf_clear(&quoted);
	ok(!json_quote(SLICE("caf\xe9"), &quoted, &why) &&
		   why.kind == FAILURE_DATA && !quoted.len,
	   "text that is not UTF-8 is refused, and nothing added");
	buf_free(&quoted);
	buf_init(&quoted, 10);
	ok(!json_quote(SLICE("0123456789"), &quoted, &why) && !quoted.len,
	   "a buffer that is full is left as it was");
	buf_free(&quoted);
	buf_free(&back);
}

int
main(void)
{
	test_integers();
	test_plain();
	test_unquote();
	test_quote();
	return tap_done();
}
