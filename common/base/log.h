/* base/log.h - messages on standard error, and the exit status. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/failure.h"

/* Call first: `tool` precedes every message; SIGPIPE and SIGXFSZ are ignored,
 * so that writes fail with EPIPE and EFBIG. */
void log_begin(const char *tool);

/* Enable log_info() (the option --verbose). */
void log_verbose(bool on);

/*
 * A log line, "qb-fetch: page fetched window=3/31 page=2 rows=1000 ms=312":
 * words, then key=value pairs.  Only with --verbose.
 */
void log_info(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* Something the user should know although the work goes on; always printed. */
void log_warn(const char *fmt, ...) PRINTF_LIKE(1, 2);

/*
 * Print why, and what to do next, on two lines:
 *     qb-load: window 3/31: 998 rows came, the seal says 1000
 *     qb-load: next: run the same command again
 * Returns the exit status.  Without a failure it prints nothing.
 */
int log_failure(const struct failure *why);

#endif
