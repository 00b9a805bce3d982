/*
 * stream/jq_program.h - compiles a user's jq program and runs it on JSON texts.
 *
 * The only wrapper of libjq, which does not print what it parsed: of equal keys
 * the last one stays; libjq 1.6 keeps 17 digits of a number and makes 100.00
 * 100, libjq 1.7 keeps the digits of numbers that the program does not touch.
 * So a payload is passed here only if there is a user's program.
 */
#ifndef STREAM_JQ_PROGRAM_H
#define STREAM_JQ_PROGRAM_H

#include "base/buf.h"

struct jq_program {
	void *state; /* jq_state, or NULL */
};

void jq_program_init(struct jq_program *p);
/*
 * FAILURE_USAGE with libjq's message when the program does not compile. Removes
 * secrets from the environment, which programs can read, and sets HOME to
 * /dev/null, so that ~/.jq is not read.
 */
bool jq_program_compile(struct jq_program *p, const char *program,
			struct failure *why) MUST_CHECK;
void jq_program_close(struct jq_program *p); /* may be called twice */

enum jq_result {
	JQ_FAILED = -1,
	JQ_NOTHING, /* the program returned no value */
	JQ_SAME,    /* a value equal to `text`, as libjq compares */
	JQ_OBJECT,  /* another object, appended to `to` as one line */
};

/*
 * Run the program on `text`, at most INT_MAX bytes of JSON.  FAILURE_DATA:
 * libjq cannot read it (nesting beyond 256, a lone surrogate), or the program
 * fails, halts, returns two values or one that is not an object.  libjq's
 * message is given without the values that it quotes, and for an unreadable
 * `text` not at all.
 */
enum jq_result jq_program_run(struct jq_program *p, struct slice text,
			      struct buf *to, struct failure *why) MUST_CHECK;

#endif
