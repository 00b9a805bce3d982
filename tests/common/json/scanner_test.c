/* Every rule of the grammar, in the manner of JSONTestSuite. */
#include "tap.h"
#include "json/json.h"

#define BYTES(literal) \
	{ \
		(literal), sizeof(literal) - 1 \
	}

/* Texts that are JSON; the name says why they are worth asking for. */
static const struct {
	const char *name;
	struct slice text;
} good[] = {
	{ "null", BYTES("null") },
	{ "true", BYTES("true") },
	{ "false", BYTES("false") },
	{ "zero", BYTES("0") },
	{ "minus zero", BYTES("-0") },
	{ "one digit", BYTES("7") },
	{ "a negative number", BYTES("-123") },
	{ "a fraction", BYTES("100.00") },
	{ "a fraction of zero", BYTES("-0.50") },
	{ "an exponent", BYTES("1e2") },
	{ "an exponent with a plus", BYTES("1E+2") },
	{ "an exponent with a minus", BYTES("1e-2") },
	{ "an exponent with leading zeros", BYTES("0e0001") },
	{ "a fraction with an exponent", BYTES("-1.50E-007") },
	{ "twenty digits", BYTES("12345678901234567890") },
	{ "an exponent that no double holds", BYTES("1e999999999") },
	{ "an empty string", BYTES("\"\"") },
	{ "every short escape", BYTES("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"") },
	{ "an escape of four digits, any case", BYTES("\"\\u00e9\\uABcd\"") },
	{ "an escaped NUL", BYTES("\"\\u0000\"") },
	{ "a pair of surrogates", BYTES("\"\\ud83d\\ude00\"") },
	{ "a lone high surrogate: the grammar allows it",
	  BYTES("\"\\ud83d\"") },
	{ "a lone low surrogate: the grammar allows it", BYTES("\"\\ude00\"") },
	{ "a delete character in a string", BYTES("\"\x7f\"") },
	{ "UTF-8 of two bytes, the least", BYTES("\"\xc2\x80\"") },
	{ "UTF-8 of two bytes, the most", BYTES("\"\xdf\xbf\"") },
	{ "UTF-8 of three bytes, the least", BYTES("\"\xe0\xa0\x80\"") },
	{ "UTF-8 before the surrogates", BYTES("\"\xed\x9f\xbf\"") },
	{ "UTF-8 after the surrogates", BYTES("\"\xee\x80\x80\"") },
	{ "UTF-8 of three bytes, the most", BYTES("\"\xef\xbf\xbf\"") },
	{ "UTF-8 of four bytes, the least", BYTES("\"\xf0\x90\x80\x80\"") },
	{ "UTF-8 of four bytes, the most", BYTES("\"\xf4\x8f\xbf\xbf\"") },
	{ "a line separator in a string", BYTES("\"\xe2\x80\xa8\"") },
	{ "a byte order mark inside a string", BYTES("\"\xef\xbb\xbf\"") },
	{ "an empty array", BYTES("[]") },
	{ "an empty array with space in it", BYTES("[ \t\r\n]") },
	{ "an empty object", BYTES("{}") },
	{ "an empty object with space in it", BYTES("{ }") },
	{ "an empty key", BYTES("{\"\":0}") },
	{ "a key with escapes", BYTES("{\"a\\n\\u0062\":0}") },
	{ "a key twice: that is the caller's matter",
	  BYTES("{\"a\":1,\"a\":2}") },
	{ "space everywhere it may stand",
	  BYTES(" \n[ 1 ,\t{ \"a\" : [ ] , \"b\"\r:\n2 } , 3 ] \t\r\n") },
	{ "space only after colons and commas",
	  BYTES("{\"a\": 1, \"b\":\n{\"c\":\t[2, 3]}}") },
	{ "values of every kind in an array",
	  BYTES("[1,-2.5e3,\"x\",null,true,false,[],{},[{}]]") },
};

static const struct {
	const char *name;
	struct slice text;
	const char *error; /* "byte 17: ..." */
} bad[] = {
	{ "nothing", BYTES(""), "byte 0: a value is missing" },
	{ "only space", BYTES(" \n\t"), "byte 3: a value is missing" },
	{ "a byte order mark", BYTES("\xef\xbb\xbf{}"),
	  "byte 0: not a JSON value" },
	{ "a word in capitals", BYTES("True"), "byte 0: not a JSON value" },
	{ "a word cut off", BYTES("[nul]"), "byte 1: not a JSON value" },
	{ "a word with more after it", BYTES("nullx"),
	  "byte 4: text after the value" },
	{ "NaN", BYTES("NaN"), "byte 0: not a JSON value" },
	{ "minus NaN", BYTES("-NaN"), "byte 1: a number without digits" },
	{ "Infinity", BYTES("Infinity"), "byte 0: not a JSON value" },
	{ "minus Infinity", BYTES("-Infinity"),
	  "byte 1: a number without digits" },
	{ "undefined", BYTES("undefined"), "byte 0: not a JSON value" },
	{ "a plus sign", BYTES("+1"), "byte 0: not a JSON value" },
	{ "a minus alone", BYTES("-"), "byte 1: a number without digits" },
	{ "two minus signs", BYTES("--1"), "byte 1: a number without digits" },
	{ "a leading zero", BYTES("01"),
	  "byte 1: a number with a leading zero" },
	{ "a leading zero after a minus", BYTES("-012"),
	  "byte 2: a number with a leading zero" },
	{ "two zeros", BYTES("00"), "byte 1: a number with a leading zero" },
	{ "a point first", BYTES(".5"), "byte 0: not a JSON value" },
	{ "a point after a minus", BYTES("-.5"),
	  "byte 1: a number without digits" },
	{ "a point last", BYTES("1."), "byte 2: no digit after the point" },
	{ "a point before an exponent", BYTES("1.e1"),
	  "byte 2: no digit after the point" },
	{ "two points", BYTES("1.2.3"), "byte 3: text after the value" },
	{ "an exponent alone", BYTES("1e"),
	  "byte 2: an exponent without digits" },
	{ "an exponent with only a sign", BYTES("1e+"),
	  "byte 3: an exponent without digits" },
	{ "an exponent with two signs", BYTES("1e+-1"),
	  "byte 3: an exponent without digits" },
	{ "an exponent with a fraction", BYTES("1e1.5"),
	  "byte 3: text after the value" },
	{ "an exponent first", BYTES("e1"), "byte 0: not a JSON value" },
	{ "a hexadecimal number", BYTES("0x1F"),
	  "byte 1: text after the value" },
	{ "a full-width digit", BYTES("\xef\xbc\x91"),
	  "byte 0: not a JSON value" },
	{ "a number with a letter", BYTES("[1a]"),
	  "byte 2: a comma is missing" },
	{ "a string without its end", BYTES("\"abc"),
	  "byte 4: unterminated string" },
	{ "only a quote", BYTES("\""), "byte 1: unterminated string" },
	{ "a string that ends in a backslash", BYTES("\"a\\"),
	  "byte 3: unterminated string" },
	{ "an escaped closing quote", BYTES("\"a\\\""),
	  "byte 4: unterminated string" },
	{ "single quotes", BYTES("'a'"), "byte 0: not a JSON value" },
	{ "an unknown escape", BYTES("\"ab\\x41\""),
	  "byte 3: an unknown escape" },
	{ "an escape in capitals", BYTES("\"\\N\""),
	  "byte 1: an unknown escape" },
	{ "an escape of octal digits", BYTES("\"\\0\""),
	  "byte 1: an unknown escape" },
	{ "a backslash before a NUL", BYTES("\"\\\0\""),
	  "byte 1: an unknown escape" },
	{ "a backslash before a line's end", BYTES("\"\\\n\""),
	  "byte 1: an unknown escape" },
	{ "a backslash before UTF-8", BYTES("\"\\\xc3\xa9\""),
	  "byte 1: an unknown escape" },
	{ "an escape of three digits", BYTES("\"\\u123\""),
	  "byte 1: an escape without four digits" },
	{ "an escape of no digits", BYTES("\"\\u\""),
	  "byte 1: an escape without four digits" },
	{ "an escape with a wrong digit", BYTES("\"\\u12g4\""),
	  "byte 1: an escape without four digits" },
	{ "an escape with a sign", BYTES("\"\\u+123\""),
	  "byte 1: an escape without four digits" },
	{ "an escape cut off", BYTES("\"\\u12"),
	  "byte 1: an escape without four digits" },
	{ "a capital U", BYTES("\"\\U0041\""), "byte 1: an unknown escape" },
	{ "a raw NUL in a string", BYTES("\"a\0b\""),
	  "byte 2: a control character in a string" },
	{ "a raw tab in a string", BYTES("\"\t\""),
	  "byte 1: a control character in a string" },
	{ "a raw line's end in a string", BYTES("\"a\n\""),
	  "byte 2: a control character in a string" },
	{ "the last control character", BYTES("\"\x1f\""),
	  "byte 1: a control character in a string" },
	{ "a control character behind sixteen plain ones",
	  BYTES("\"0123456789abcdefX\x01\""),
	  "byte 18: a control character in a string" },
	{ "a NUL between values", BYTES("[1,\0 2]"),
	  "byte 3: not a JSON value" },
	{ "a continuation byte alone", BYTES("\"\x80\""),
	  "byte 1: invalid UTF-8" },
	{ "an overlong slash of two bytes", BYTES("\"\xc0\xaf\""),
	  "byte 1: invalid UTF-8" },
	{ "overlong, the most of two bytes", BYTES("\"\xc1\xbf\""),
	  "byte 1: invalid UTF-8" },
	{ "overlong, of three bytes", BYTES("\"\xe0\x9f\xbf\""),
	  "byte 1: invalid UTF-8" },
	{ "overlong, of four bytes", BYTES("\"\xf0\x8f\xbf\xbf\""),
	  "byte 1: invalid UTF-8" },
	{ "a raw high surrogate", BYTES("\"\xed\xa0\x80\""),
	  "byte 1: invalid UTF-8" },
	{ "a raw low surrogate", BYTES("\"\xed\xbf\xbf\""),
	  "byte 1: invalid UTF-8" },
	{ "UTF-8 past the end", BYTES("\"\xf4\x90\x80\x80\""),
	  "byte 1: invalid UTF-8" },
	{ "a first byte past the end", BYTES("\"\xf5\x80\x80\x80\""),
	  "byte 1: invalid UTF-8" },
	{ "the byte FF", BYTES("\"\xff\""), "byte 1: invalid UTF-8" },
	{ "UTF-8 of two bytes, cut by the quote", BYTES("\"\xc3\""),
	  "byte 1: invalid UTF-8" },
	{ "UTF-8 of three bytes, its last one wrong", BYTES("\"\xe4\xb8\"\""),
	  "byte 1: invalid UTF-8" },
	{ "UTF-8 of four bytes, cut off", BYTES("\"ab\xf0\x9f\x98"),
	  "byte 3: invalid UTF-8" },
	{ "Latin-1", BYTES("\"caf\xe9\""), "byte 4: invalid UTF-8" },
	{ "invalid UTF-8 in a key", BYTES("{\"\xff\":1}"),
	  "byte 2: invalid UTF-8" },
	{ "UTF-8 outside a string", BYTES("[\xc2\xa0]"),
	  "byte 1: not a JSON value" },
	{ "a comment", BYTES("[1/* one */]"), "byte 2: a comma is missing" },
	{ "an array that does not end", BYTES("[1"),
	  "byte 2: the text is cut off" },
	{ "only an opening bracket", BYTES("["),
	  "byte 1: the text is cut off" },
	{ "an array cut after its comma", BYTES("[1,"),
	  "byte 3: a value is missing" },
	{ "a comma first", BYTES("[,1]"), "byte 1: not a JSON value" },
	{ "a comma last", BYTES("[1,]"), "byte 3: not a JSON value" },
	{ "two commas", BYTES("[1,,2]"), "byte 3: not a JSON value" },
	{ "no comma", BYTES("[1 2]"), "byte 3: a comma is missing" },
	{ "no comma between objects", BYTES("[{}{}]"),
	  "byte 3: a comma is missing" },
	{ "a colon in an array", BYTES("[\"a\":1]"),
	  "byte 4: a comma is missing" },
	{ "an array closed as an object", BYTES("[1}"),
	  "byte 2: a comma is missing" },
	{ "an empty array closed as an object", BYTES("[}"),
	  "byte 1: not a JSON value" },
	{ "an object closed as an array", BYTES("{\"a\":1]"),
	  "byte 6: a comma is missing" },
	{ "an empty object closed as an array", BYTES("{]"),
	  "byte 1: a key without quotes" },
	{ "an object that does not end", BYTES("{\"a\":1"),
	  "byte 6: the text is cut off" },
	{ "only an opening brace", BYTES("{"), "byte 1: the text is cut off" },
	{ "a key alone", BYTES("{\"a\"}"), "byte 4: a colon is missing" },
	{ "a key and the end of the text", BYTES("{\"a\""),
	  "byte 4: a colon is missing" },
	{ "a key and a comma", BYTES("{\"a\",1}"),
	  "byte 4: a colon is missing" },
	{ "a key without a value", BYTES("{\"a\":}"),
	  "byte 5: not a JSON value" },
	{ "a key cut after its colon", BYTES("{\"a\":"),
	  "byte 5: a value is missing" },
	{ "a key without quotes", BYTES("{a:1}"),
	  "byte 1: a key without quotes" },
	{ "a number as a key", BYTES("{1:1}"), "byte 1: a key without quotes" },
	{ "an object cut after its comma", BYTES("{\"a\":1,"),
	  "byte 7: unterminated object" },
	{ "a comma last in an object", BYTES("{\"a\":1,}"),
	  "byte 7: a key without quotes" },
	{ "a comma first in an object", BYTES("{,\"a\":1}"),
	  "byte 1: a key without quotes" },
	{ "two colons", BYTES("{\"a\"::1}"), "byte 5: not a JSON value" },
	{ "a closing bracket alone", BYTES("]"), "byte 0: not a JSON value" },
	{ "one closing bracket too many", BYTES("[]]"),
	  "byte 2: text after the value" },
	{ "two values", BYTES("1 2"), "byte 2: text after the value" },
	{ "a second object on another line", BYTES("{}\n{}"),
	  "byte 3: text after the value" },
	{ "a comma after the value", BYTES("{},"),
	  "byte 2: text after the value" },
	{ "a form feed as space", BYTES("[1,\f2]"),
	  "byte 3: not a JSON value" },
	{ "a NUL after the value", BYTES("{}\0"),
	  "byte 2: text after the value" },
};

/* In memory of exactly its size, so that a sanitizer sees one byte too far. */
static bool
check(struct slice text, struct failure *why)
{
	char *copy = base_realloc(NULL, text.len ? text.len : 1);
	bool holds;

	if (text.len)
		memcpy(copy, text.at, text.len);
	why->text[0] = '\0';
	holds = json_check((struct slice){ copy, text.len }, why);
	free(copy);
	return holds;
}

static void
test_tables(void)
{
	struct failure why = { 0 };

	for (size_t i = 0; i < LENGTH(good); i++)
		ok(check(good[i].text, &why), "accepted: %s", good[i].name);
	for (size_t i = 0; i < LENGTH(bad); i++) {
		bool taken = check(bad[i].text, &why);

		ok(!taken && why.kind == FAILURE_DATA &&
			   !strcmp(why.text, bad[i].error),
		   "refused: %s", bad[i].name);
		if (taken || strcmp(why.text, bad[i].error))
			printf("# got:  %s\n# want: %s\n",
			       taken ? "accepted" : why.text, bad[i].error);
	}
}

/* What was seen of 64 bytes does for several strings: begin and end them at
 * every place, with a byte that is wrong in the last, and cut. */
static void
test_seen(void)
{
	struct failure why = { 0 };
	char text[256], error[64];
	unsigned wrong = 0;

	for (int first = 0; first < 68; first++)
		for (int last = 1; last < 68; last++) {
			int len = snprintf(text, sizeof(text),
					   "{\"%0*d\":\"%0*d\",\"\":1}", first,
					   0, last, 0);
			struct slice whole = { text, (size_t)len };
			int byte = (int)(strchr(text, ',') - text) - 2;

			wrong += !check(whole, &why);
			whole.len = (size_t)(len - 1 - (first + last) % 9);
			wrong += check(whole, &why);
			whole.len = (size_t)len;
			text[byte] = '\x1f';
			snprintf(error, sizeof(error), "byte %d: %s", byte,
				 "a control character in a string");
			wrong += check(whole, &why) || strcmp(why.text, error);
			text[byte] = '\\';
			wrong += check(whole, &why);
		}
	ok(!wrong, "strings end at the same place whatever was scanned before");
}

/* `depth` levels, alternately as `kinds` says, around a zero. */
static bool
check_nested(int depth, const char *kinds, struct failure *why)
{
	struct buf text;
	bool holds;

	buf_init(&text, 1024 * 1024);
	for (int i = 0; i < depth; i++)
		if (!buf_printf(&text, why, "%s",
				kinds[i % 2] == '[' ? "[" : "{\"k\":"))
			return false;
	if (!buf_add(&text, "0", 1, why))
		return false;
	for (int i = depth; i-- > 0;)
		if (!buf_add(&text, kinds[i % 2] == '[' ? "]" : "}", 1, why))
			return false;
	holds = check(buf_slice(&text), why);
	buf_free(&text);
	return holds;
}

static void
test_depth(void)
{
	static const char *const kinds[] = { "[[", "{{", "[{", "{[" };
	struct failure why = { 0 };

	for (size_t i = 0; i < LENGTH(kinds); i++) {
		ok(check_nested(512, kinds[i], &why), "%.1s%.1s 512 deep",
		   kinds[i], kinds[i] + 1);
		ok(!check_nested(513, kinds[i], &why) &&
			   strstr(why.text, ": nested deeper than 512"),
		   "%.1s%.1s not 513 deep", kinds[i], kinds[i] + 1);
	}
	ok(!check_nested(100000, "[[", &why), "not 100000 deep, nor a crash");
	is(why.text, "byte 512: nested deeper than 512",
	   "too deep nesting is reported at the bracket that is too many");
}

int
main(void)
{
	test_tables();
	test_seen();
	test_depth();
	return tap_done();
}
