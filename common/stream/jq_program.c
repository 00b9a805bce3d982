#include <jq.h>

#include "base/secret.h"
#include "stream/jq_program.h"

enum { MOST_MESSAGE = 256 };

void
jq_program_init(struct jq_program *p)
{
	*p = (struct jq_program){ 0 };
}

void
jq_program_close(struct jq_program *p)
{
	jq_state *jq = p->state;

	if (jq)
		jq_teardown(&jq);
	p->state = NULL;
}

/* A message as one bounded line of printable text; frees `from`. */
static void
copy_message(jv from, char message[MOST_MESSAGE])
{
	const char *text = "no message";

	if (jv_get_kind(from) == JV_KIND_STRING)
		text = jv_string_value(from);
	snprintf(message, MOST_MESSAGE, "%s", text);
	for (char *at = message; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = ' ';
	size_t len = strlen(message);
	while (len && message[len - 1] == ' ')
		message[--len] = '\0';
	jv_free(from);
}

/* The first of several messages names the error. */
static void
keep_first(void *message, jv from)
{
	if (*(char *)message)
		jv_free(from);
	else
		copy_message(from, message);
}

/*
 * A program may print its environment into a row, so it must hold no secrets.
 * libjq would add the definitions of ~/.jq to the program that the seal names.
 */
static void
clear_environment(void)
{
	secret_clear_environment();
	if (setenv("HOME", "/dev/null", true))
		BUG("setenv() failed");
}

bool
jq_program_compile(struct jq_program *p, const char *program,
		   struct failure *why)
{
	char message[MOST_MESSAGE] = "";

	clear_environment();
	jq_state *jq = jq_init();
	if (!jq)
		BUG("jq_init() failed");
	p->state = jq;
	/* No module can be found; without the list libjq asserts. */
	jq_set_attr(jq, jv_string("JQ_LIBRARY_PATH"), jv_array());
	jq_set_error_cb(jq, keep_first, message);
	int compiled = jq_compile(jq, program);
	jq_set_error_cb(jq, NULL, NULL);
	if (compiled)
		return true;
	const char *what = message;
	if (slice_begins(slice_of(message), "jq: error: "))
		what += sizeof("jq: error: ") - 1;
	return fail(why, FAILURE_USAGE, "the program does not compile: %s",
		    what);
}

/*
 * libjq's own errors quote values, in quotes and parentheses: 'string ("Anna")
 * cannot be parsed as a number'.  Those are cut out; the program's own messages
 * mostly stay.
 */
static void
hide_quotes(char message[MOST_MESSAGE])
{
	char whole[MOST_MESSAGE];
	size_t from = strcspn(message, "(\""), to = strlen(message);

	if (!message[from])
		return;
	/* In a message that was cut the end of the quote is unknown. */
	if (to < MOST_MESSAGE - 1)
		while (to > from + 1 && !strchr(")\"", message[to - 1]))
			to--;
	memcpy(whole, message, MOST_MESSAGE);
	snprintf(message, MOST_MESSAGE, "%.*s...%s", (int)from, whole,
		 whole + to);
}

/* Frees `end`, the invalid value that ends a run. */
static bool
ended_well(jq_state *jq, jv end, struct failure *why)
{
	char message[MOST_MESSAGE];

	if (jq_halted(jq)) {
		jv_free(end);
		return fail(why, FAILURE_DATA, "the program halts");
	}
	if (!jv_invalid_has_msg(jv_copy(end))) {
		jv_free(end);
		return true;
	}
	copy_message(jv_invalid_get_msg(end), message);
	hide_quotes(message);
	return fail(why, FAILURE_DATA, "the program fails: %s", message);
}

static bool
has_no_more(jq_state *jq, struct failure *why)
{
	jv next = jq_next(jq);

	if (!jv_is_valid(next))
		return ended_well(jq, next, why);
	jv_free(next);
	return fail(why, FAILURE_DATA,
		    "the program returns more than one value for a row");
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

/* Compare the input and the result; frees both. */
static enum jq_result
take_result(jv in, jv out, struct buf *to, struct failure *why)
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
	fail(why, FAILURE_DATA, "the program returns %s instead of an object",
	     jv_kind_name(kind));
	return JQ_FAILED;
}

enum jq_result
jq_program_run(struct jq_program *p, struct slice text, struct buf *to,
	       struct failure *why)
{
	jq_state *jq = p->state;
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
	enum jq_result result = take_result(in, out, to, why);
	return result == JQ_FAILED || has_no_more(jq, why) ? result : JQ_FAILED;
}
