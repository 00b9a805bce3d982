/*
 * tree.h - a user's jq program, run over JSON texts.
 *
 * The door to libjq 1.6, which changes what it parses and prints: 100.00
 * becomes 100, numbers keep 17 digits, of equal keys the last stays.  Nothing
 * but what a user's own program is to see may come here.
 */
#ifndef TREE_H
#define TREE_H

#include "buf.h"

struct tree {
	void *state; /* jq_state, or NULL */
};

void tree_init(struct tree *t);
/*
 * FAILURE_USAGE with libjq's message when the program does not compile.  Our
 * secrets are taken out of the environment, which a program may read, and HOME
 * leads nowhere, so that no ~/.jq is read.
 */
bool tree_open(struct tree *t, const char *program,
	       struct failure *why) MUST_CHECK;
void tree_close(struct tree *t); /* may be called twice */

enum tree_gave {
	TREE_FAILED = -1,
	TREE_NOTHING, /* the program gave no value */
	TREE_SAME,    /* one, equal to `text` as libjq reads it */
	TREE_OBJECT,  /* another object, appended to `to` in one line */
};

/*
 * Run the program over `text`, at most INT_MAX bytes of JSON.  FAILURE_DATA:
 * libjq cannot read it (nesting beyond 256, a lone surrogate), the program
 * fails, halts, gives two values or one that is no object.  What libjq says of
 * a failing program is told without what it quotes; what it says of `text` is
 * not told.
 */
enum tree_gave tree_run(struct tree *t, struct slice text, struct buf *to,
			struct failure *why) MUST_CHECK;

#endif
