/*
 * stream/jq_program.h - a user's jq program, run over JSON texts.
 *
 * The door to libjq 1.6, which changes what it parses and prints: 100.00
 * becomes 100, numbers keep 17 digits, of equal keys the last stays.  Nothing
 * but what a user's own program is to see may come here.
 */
#ifndef STREAM_JQ_PROGRAM_H
#define STREAM_JQ_PROGRAM_H

#include "base/buf.h"

struct jq_program {
	void *state; /* jq_state, or NULL */
};

void jq_program_init(struct jq_program *t);
/*
 * FAILURE_USAGE with libjq's message when the program does not compile.  Our
 * secrets are taken out of the environment, which a program may read, and HOME
 * leads nowhere, so that no ~/.jq is read.
 */
bool jq_program_compile(struct jq_program *t, const char *program,
			struct failure *why) MUST_CHECK;
void jq_program_close(struct jq_program *t); /* may be called twice */

enum jq_result {
	JQ_FAILED = -1,
	JQ_NOTHING, /* the program gave no value */
	JQ_SAME,    /* one, equal to `text` as libjq reads it */
	JQ_OBJECT,  /* another object, appended to `to` in one line */
};

/*
 * Run the program over `text`, at most INT_MAX bytes of JSON.  FAILURE_DATA:
 * libjq cannot read it (nesting beyond 256, a lone surrogate), the program
 * fails, halts, gives two values or one that is no object.  What libjq says of
 * a failing program is told without what it quotes; what it says of `text` is
 * not told.
 */
enum jq_result jq_program_run(struct jq_program *t, struct slice text,
			      struct buf *to, struct failure *why) MUST_CHECK;

#endif
