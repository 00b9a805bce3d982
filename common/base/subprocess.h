/* base/subprocess.h - another program, run for what it answers. */
#ifndef BASE_SUBPROCESS_H
#define BASE_SUBPROCESS_H

#include "base/buf.h"

/*
 * Run `command` by sh(1), with `word` as one more argument (NULL: none), give
 * it `input`, and append what it writes to `output` (NULL: it goes nowhere).
 * It talks to our standard error, and gets none of our secrets by its
 * environment.  FAILURE_IO: it does not end within `most_ms`, ends with
 * another status than 0, or writes more than `output` holds; the text names
 * no command, which may bear a secret.
 */
bool subprocess_run(const char *command, const char *word, struct slice input,
		    struct buf *output, int64_t most_ms,
		    struct failure *why) MUST_CHECK;

/* Start `command` with `word` and wait for nothing: a browser. */
bool subprocess_start(const char *command, const char *word,
		      struct failure *why) MUST_CHECK;

#endif
