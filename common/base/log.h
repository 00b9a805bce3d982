/* base/log.h - what is said on standard error, and how a tool ends. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/failure.h"

/* Begin a tool: its name goes before every message, SIGPIPE becomes EPIPE and
 * SIGXFSZ EFBIG. */
void log_begin(const char *tool);

/* Let log_info() speak (the option --verbose). */
void log_verbose(bool on);

/*
 * A log line, "qb-fetch: page fetched window=3/31 page=2 rows=1000 ms=312":
 * words, then pairs.  Silent unless verbose.
 */
void log_info(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* Something the user should know though the work goes on; never silent. */
void log_warn(const char *fmt, ...) PRINTF_LIKE(1, 2);

/*
 * Say why, and what to run next, on two lines:
 *     qb-load: window 3/31: 998 rows came, the seal says 1000
 *     qb-load: next: run the same command again
 * Returns the exit status.  Without a failure it says nothing.
 */
int log_failure(const struct failure *why);

#endif
