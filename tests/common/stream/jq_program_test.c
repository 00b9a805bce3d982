#include "stream/jq_program.h"
#include "tap.h"

/* The result of the program: "same", "nothing", the new text, or why not. */
static const char *
result_of(const char *program, const char *text)
{
	static char result[1024];
	struct failure why = { 0 };
	struct jq_program p;
	struct buf to;
	enum jq_result got = JQ_FAILED;

	jq_program_init(&p);
	buf_init(&to, sizeof(result) - 1);
	if (jq_program_compile(&p, program, &why))
		got = jq_program_run(&p, slice_of(text), &to, &why);
	snprintf(result, sizeof(result), "%s",
		 got == JQ_SAME      ? "same"
		 : got == JQ_NOTHING ? "nothing"
		 : got == JQ_OBJECT  ? to.at
				     : why.text);
	buf_free(&to);
	jq_program_close(&p);
	jq_program_close(&p);
	return result;
}

static void
gives(const char *program, const char *text, const char *want, const char *what)
{
	is(result_of(program, text), want, what);
}

static void
values(void)
{
	gives(".", "{\"a\":100.00}", "same", "identity gives the same");
	gives("{a}", "{\"a\":100.00}", "same", "so does an equal object");
	gives("{a:.b,b:.a}", "{\"b\":1,\"a\":1}", "same",
	      "in any order of its members");
	gives(".", "{\"a\":1,\"a\":2}", "same", "and with a key twice");
	gives(".a=2", "{\"a\":1}", "{\"a\":2}", "another value is printed");
	gives(".b=2", "{\"a\":1.5,\"c\":\"\\u00e9\\n\"}",
	      "{\"a\":1.5,\"c\":\"\xc3\xa9\\n\",\"b\":2}",
	      "as libjq prints it");
	gives("select(.a)", "{\"a\":false}", "nothing", "none is nothing");
	gives(".,.", "{}", "the program returns more than one value for a row",
	      "two are refused");
	gives(".a", "{\"a\":[1]}",
	      "the program returns array instead of an object",
	      "what is no object is refused");
}

/* libjq 1.6 prints 1.1 and libjq 1.7 the digits that it read. */
static void
digits(void)
{
	const char *got = result_of(".b=2", "{\"a\":1.10}");

	ok(!strcmp(got, "{\"a\":1.1,\"b\":2}") ||
		   !strcmp(got, "{\"a\":1.10,\"b\":2}"),
	   "a number keeps its value: %s", got);
}

static void
failures(void)
{
	gives("error(\"so\")", "{}", "the program fails: so",
	      "a program's own message is reported");
	gives(".a|tonumber", "{\"a\":\"Anna (x) \\\"y\\\"\"}",
	      "the program fails: Invalid numeric literal at line 1, "
	      "column 5 ...",
	      "what libjq quotes is not");
	gives(".a[0]", "{\"a\":{\"b\":\"Anna\"}}",
	      "the program fails: Cannot index object with number",
	      "and what quotes nothing stays");
	gives("error(\"(\" + \"x\" * 500)", "{}", "the program fails: ...",
	      "nor the rest of a message that is too long");
	gives("error(\"a\\u0007\\nb\\n\")", "{}", "the program fails: a  b",
	      "control characters do not reach a terminal");
	gives("halt", "{}", "the program halts", "a halt is no empty answer");
	gives("nonsense", "{}",
	      "the program does not compile: nonsense/0 is not defined at "
	      "<top-level>, line 1: nonsense",
	      "a program that does not compile is reported");
}

int
main(void)
{
	values();
	digits();
	failures();
	return tap_done();
}
