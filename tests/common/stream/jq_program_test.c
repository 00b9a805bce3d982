#include "stream/jq_program.h"
#include "tap.h"

/* What the program makes of the text: "same", "nothing", the text or why. */
static void
gives(const char *program, const char *text, const char *want, const char *what)
{
	struct failure why = { 0 };
	struct jq_program t;
	struct buf to;
	enum jq_result gave = JQ_FAILED;

	jq_program_init(&t);
	buf_init(&to, 1024);
	if (jq_program_compile(&t, program, &why))
		gave = jq_program_run(&t, slice_of(text), &to, &why);
	is(gave == JQ_SAME      ? "same"
	   : gave == JQ_NOTHING ? "nothing"
	   : gave == JQ_OBJECT  ? to.at
				: why.text,
	   want, what);
	buf_free(&to);
	jq_program_close(&t);
	jq_program_close(&t);
}

static void
values(void)
{
	gives(".", "{\"a\":100.00}", "same", "identity gives the same");
	gives("{a}", "{\"a\":100.00}", "same", "so does an equal object");
	gives("{a:.b,b:.a}", "{\"b\":1,\"a\":1}", "same",
	      "in whatever order its members stand");
	gives(".", "{\"a\":1,\"a\":2}", "same", "and with a key twice");
	gives(".a=2", "{\"a\":1}", "{\"a\":2}", "another value is printed");
	gives(".b=2", "{\"a\":1.10,\"c\":\"\\u00e9\\n\"}",
	      "{\"a\":1.1,\"c\":\"\xc3\xa9\\n\",\"b\":2}",
	      "as libjq prints it");
	gives("select(.a)", "{\"a\":false}", "nothing", "none is nothing");
	gives(".,.", "{}",
	      "the program gives more than one value, which would double the "
	      "row",
	      "two are refused");
	gives(".a", "{\"a\":[1]}",
	      "the program gives array where an object is wanted",
	      "what is no object is refused");
}

static void
failures(void)
{
	gives("error(\"so\")", "{}", "the program fails: so",
	      "what a program says is told");
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
	      "a program that does not compile is told");
}

int
main(void)
{
	values();
	failures();
	return tap_done();
}
