#include <jq.h>

#include "base/secret.h"
#include "stream/jq_program.h"

enum { MOST_SAID = 256 };

void
jq_program_init(struct jq_program *t)
{
	*t = (struct jq_program){ 0 };
}

void
jq_program_close(struct jq_program *t)
{
	jq_state *jq = t->state;

	if (jq)
		jq_teardown(&jq);
	t->state = NULL;
}

/* A message as one bounded line of printable text; takes `message`. */
static void
say(jv message, char said[MOST_SAID])
{
	const char *text = "no message";

	if (jv_get_kind(message) == JV_KIND_STRING)
		text = jv_string_value(message);
	snprintf(said, MOST_SAID, "%s", text);
	for (char *at = said; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = ' ';
	size_t len = strlen(said);
	while (len && said[len - 1] == ' ')
		said[--len] = '\0';
	jv_free(message);
}

/* Of several messages the first one says what is wrong. */
static void
keep_first(void *said, jv message)
{
	if (*(char *)said)
		jv_free(message);
	else
		say(message, said);
}

/*
 * A program may print its environment into a row: our secrets never go there.
 * And what runs is what the seal says: libjq would add the user's ~/.jq.
 */
static void
hide_surroundings(void)
{
	secret_clear_environment();
	if (setenv("HOME", "/dev/null", true))
		BUG("the environment takes no HOME");
}

bool
jq_program_compile(struct jq_program *t, const char *program,
		   struct failure *why)
{
	char said[MOST_SAID] = "";

	hide_surroundings();
	jq_state *jq = jq_init();
	if (!jq)
		BUG("libjq does not start");
	t->state = jq;
	/* Modules come from nowhere; without the list libjq asserts. */
	jq_set_attr(jq, jv_string("JQ_LIBRARY_PATH"), jv_array());
	jq_set_error_cb(jq, keep_first, said);
	int compiled = jq_compile(jq, program);
	jq_set_error_cb(jq, NULL, NULL);
	if (compiled)
		return true;
	const char *what = said;
	if (slice_begins(slice_of(said), "jq: error: "))
		what += sizeof("jq: error: ") - 1;
	return fail(why, FAILURE_USAGE, "the program does not compile: %s",
		    what);
}

/*
 * libjq's own errors quote values, in quotes and parentheses: 'string ("Anna")
 * cannot be parsed as a number'.  What a program says by itself stays.
 */
static void
hide_quotes(char said[MOST_SAID])
{
	char whole[MOST_SAID];
	size_t from = strcspn(said, "(\""), to = strlen(said);

	if (!said[from])
		return;
	/* Of a message that was cut off nothing shows where the quote ends. */
	if (to < MOST_SAID - 1)
		while (to > from + 1 && !strchr(")\"", said[to - 1]))
			to--;
	memcpy(whole, said, MOST_SAID);
	snprintf(said, MOST_SAID, "%.*s...%s", (int)from, whole, whole + to);
}

/* Takes the invalid value that ends a run. */
static bool
ended_well(jq_state *jq, jv end, struct failure *why)
{
	char said[MOST_SAID];

	if (jq_halted(jq)) {
		jv_free(end);
		return fail(why, FAILURE_DATA, "the program halts");
	}
	if (!jv_invalid_has_msg(jv_copy(end))) {
		jv_free(end);
		return true;
	}
	say(jv_invalid_get_msg(end), said);
	hide_quotes(said);
	return fail(why, FAILURE_DATA, "the program fails: %s", said);
}

static bool
no_more(jq_state *jq, struct failure *why)
{
	jv next = jq_next(jq);

	if (!jv_is_valid(next))
		return ended_well(jq, next, why);
	jv_free(next);
	return fail(why, FAILURE_DATA,
		    "the program gives more than one value, which would "
		    "double the row");
}

static bool
print(jv value, struct buf *to, struct failure *why)
{
	jv text = jv_dump_string(value, 0);
	int len = jv_string_length_bytes(jv_copy(text));
	/* a length is not negative */
	bool done = buf_add(to, jv_string_value(text), (size_t)len, why);

	jv_free(text);
	return done;
}

/* Takes both: what went in, and what came out. */
static enum jq_result
judge(jv in, jv out, struct buf *to, struct failure *why)
{
	jv_kind kind = jv_get_kind(out);

	if (jv_identical(jv_copy(in), jv_copy(out)) ||
	    jv_equal(jv_copy(in), jv_copy(out))) {
		jv_free(in);
		jv_free(out);
		return JQ_SAME;
	}
	jv_free(in);
	if (kind == JV_KIND_OBJECT)
		return print(out, to, why) ? JQ_OBJECT : JQ_FAILED;
	jv_free(out);
	fail(why, FAILURE_DATA,
	     "the program gives %s where an object is wanted",
	     jv_kind_name(kind));
	return JQ_FAILED;
}

enum jq_result
jq_program_run(struct jq_program *t, struct slice text, struct buf *to,
	       struct failure *why)
{
	jq_state *jq = t->state;
	jv in = jv_parse_sized(text.at, (int)text.len);

	if (!jv_is_valid(in)) {
		jv_free(in);
		fail(why, FAILURE_DATA, "libjq cannot read this payload");
		return JQ_FAILED;
	}
	jq_start(jq, jv_copy(in), 0);
	jv out = jq_next(jq);
	if (!jv_is_valid(out)) {
		jv_free(in);
		return ended_well(jq, out, why) ? JQ_NOTHING : JQ_FAILED;
	}
	enum jq_result gave = judge(in, out, to, why);
	return gave == JQ_FAILED || no_more(jq, why) ? gave : JQ_FAILED;
}
