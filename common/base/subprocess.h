/* base/subprocess.h - runs another program and reads its output. */
#ifndef BASE_SUBPROCESS_H
#define BASE_SUBPROCESS_H

#include "base/buf.h"

/*
 * Run `command` with sh(1), with `word` as one more argument (NULL: none) and
 * `input` as standard input; append its standard output to `output` (NULL:
 * /dev/null).  It inherits standard error, and an environment without secrets
 * (secret_clear_environment()).  FAILURE_IO: it does not exit within `most_ms`,
 * exits with a status other than 0, or writes more than `output` holds.  The
 * text does not quote the command, which may contain a secret.
 */
bool subprocess_run(const char *command, const char *word, struct slice input,
		    struct buf *output, int64_t most_ms,
		    struct failure *why) MUST_CHECK;

/* Start `command` with `word` in the background, such as a browser. */
bool subprocess_start(const char *command, const char *word,
		      struct failure *why) MUST_CHECK;

#endif
