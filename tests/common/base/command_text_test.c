/* covers: command_text - parts of commands as a shell reads them back. */
#include "base/clock.h"
#include "base/command_text.h"
#include "tap.h"

static const struct {
	const char *value, *text;
} options[] = {
	{ "2025-01-01T00:00:00Z", " --x=2025-01-01T00:00:00Z" },
	{ "/srv/qb-archive", " --x=/srv/qb-archive" },
	{ "a b", " --x='a b'" },
	{ "it's", " --x='it'\\''s'" },
	{ "$HOME", " --x='$HOME'" },
	{ "a\"b", " --x='a\"b'" },
	{ "", " --x=" },
};

static void
test_option(void)
{
	struct failure why;
	struct buf text;

	buf_init(&text, 1000);
	for (size_t i = 0; i < LENGTH(options); i++) {
		buf_clear(&text);
		bool done = command_text_option("--x", options[i].value, &text,
						&why) &&
			    buf_add(&text, "", 1, &why);
		is(done ? text.at : why.text, options[i].text,
		   options[i].value);
	}
	buf_clear(&text);
	ok(command_text_schema("raw", &text, &why) && !text.len,
	   "the default schema needs no option");
	ok(command_text_schema("my qb", &text, &why) &&
		   slice_is(buf_slice(&text), " --schema='my qb'"),
	   "another one does");
	buf_free(&text);
}

static void
test_second(void)
{
	const int64_t second = CLOCK_SECOND;

	ok(command_text_second(5 * second, false) == 5 * second &&
		   command_text_second(5 * second, true) == 5 * second,
	   "a whole second stays");
	ok(command_text_second(5 * second + 1, false) == 5 * second &&
		   command_text_second(5 * second + 1, true) == 6 * second,
	   "a start is rounded down, an end up");
	ok(command_text_second(-1, false) == -second &&
		   command_text_second(-1, true) == 0,
	   "also before 1970");
}

int
main(void)
{
	test_option();
	test_second();
	return tap_done();
}
