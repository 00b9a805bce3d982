/* covers: foreign_text token_kind */
#include "auth/foreign_text.h"
#include "auth/token_kind.h"
#include "tap.h"

static const struct {
	const char *name, *text, *spelled, *shown;
} texts[] = {
	{ "plain words", "Sorry, no way", "Sorry, no way", "Sorry, no way" },
	{ "nothing", "", "", "" },
	{ "control characters", "a\nb\r\t\033[2J\177",
	  "a\\nb\\r\\t\\x1b[2J\\x7f", "a\\nb\\r\\t\\x1b[2J\\x7f" },
	{ "UTF-8", "Balboa de Panam\303\241 \360\237\215\212",
	  "Balboa de Panam\303\241 \360\237\215\212",
	  "Balboa de Panam\303\241 \360\237\215\212" },
	{ "marks of direction", "a\342\200\256b", "a\\u202eb", "a\\u202eb" },
	{ "control characters of Latin-1", "a\302\233b", "a\\u009bb",
	  "a\\u009bb" },
	{ "what is not UTF-8", "a\377b\303", "a\\xffb\\xc3", "a\\xffb\\xc3" },
	{ "an overlong form", "\300\200", "\\xc0\\x80", "\\xc0\\x80" },
	{ "a surrogate", "\355\240\200", "\\xed\\xa0\\x80", "\\xed\\xa0\\x80" },
	{ "the scope", "no com.intuit.quickbooks.accounting.",
	  "no com.intuit.quickbooks.accounting.",
	  "no com.intuit.quickbooks.accounting." },
	{ "a refresh token", "of AB11744023zQ: gone", "of AB11744023zQ: gone",
	  "of [left out]: gone" },
	{ "a new one", "RT1-206-H0-1770282300mebf", "RT1-206-H0-1770282300mebf",
	  "[left out]" },
	{ "an access token", "x=eyJhbGci.a.b", "x=eyJhbGci.a.b",
	  "x=[left out]" },
	{ "an access token alone", "(eyJhbGci.a.b)", "(eyJhbGci.a.b)",
	  "([left out])" },
	{ "letters and digits", "a1b2c3d4e5f6g7h8i9j0", "a1b2c3d4e5f6g7h8i9j0",
	  "[left out]" },
};

static void
test_texts(void)
{
	char got[64];

	for (size_t i = 0; i < LENGTH(texts); i++) {
		foreign_text_spell(slice_of(texts[i].text), got, sizeof(got));
		is(got, texts[i].spelled, texts[i].name);
		foreign_text_show(slice_of(texts[i].text), got, sizeof(got));
		is(got, texts[i].shown, texts[i].name);
	}
	foreign_text_spell(SLICE("a\0b"), got, sizeof(got));
	is(got, "a\\x00b", "a NUL");
	foreign_text_spell(SLICE("twelve bytes and more"), got, 16);
	is(got, "twelve bytes...", "what does not fit is cut");
	foreign_text_spell(SLICE("eleven byte\303\241\303\241"), got, 16);
	is(got, "eleven byte...", "not within a character");
}

#define JWE_HEAD "eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0"

static const struct {
	const char *token, *says; /* NULL: it may be a refresh token */
} tokens[] = {
	{ "AB11744023zQxx", NULL },
	{ "RT1-206-H0-1770282300mebf8x2oafhqqigp08r9", NULL },
	{ "Q011557172773", NULL },
	{ "RT-0-first", NULL },
	{ "wrong", NULL },
	{ "eyJ", NULL },
	{ "eyJshort.x", NULL },
	{ JWE_HEAD "..iv.text.tag",
	  "but an access token (60 characters); a ref" },
	{ "eyJhbGciOiJSUzI1NiJ9.eyJzdWIi.sig", "but an access token or an ID" },
	{ "{\"refresh_token\":\"AB11\"}", "but JSON, and not the value" },
	{ "QBO_REFRESH_TOKEN=AB11x", "but a whole line of settings" },
	{ "refresh_token=AB11x", "but a whole parameter" },
	{ "https://localhost/?code=AB11x", "but an address" },
	{ "Bearer eyJx", "but an Authorization header" },
	{ "\"AB11x\"", "is in quotes" },
	{ "'AB11x", "is in quotes" },
	{ "AB11x\r", "contains a line end" },
	{ "AB11 x", "contains a space" },
	{ "AB11x\303\241", "contains a character that is not printable" },
	{ "AB11x\001", "contains a character that is not printable" },
};

static void
test_tokens(void)
{
	for (size_t i = 0; i < LENGTH(tokens); i++) {
		struct failure why = { 0 };
		bool right = token_kind_check(slice_of(tokens[i].token), "X",
					      FAILURE_DATA, &why);

		ok(right ? !tokens[i].says
			 : tokens[i].says && why.kind == FAILURE_DATA &&
				   strstr(why.text, tokens[i].says) &&
				   !strstr(why.text, "AB11x"),
		   "token %zu: %s", i, right ? "good" : why.text);
	}
}

int
main(void)
{
	test_texts();
	test_tokens();
	return tap_done();
}
