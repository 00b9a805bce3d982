/* base/failure.h - why something did not work, as a value. */
#ifndef BASE_FAILURE_H
#define BASE_FAILURE_H

#include "base/base.h"

/*
 * One kind per different thing that the operator should do; the value is the
 * exit status of every tool (qb(7), "EXIT STATUS").
 */
enum failure_kind {
	FAILURE_NONE = 0,
	FAILURE_USAGE = 64,   /* mend the command line */
	FAILURE_DATA = 65,    /* look at the input */
	FAILURE_REFUSED = 69, /* the other side said no, and will again */
	FAILURE_BUG = 70,     /* report it */
	FAILURE_IO = 74,      /* look at this machine */
	FAILURE_LATER = 75,   /* run the same command again */
	FAILURE_LOGIN = 77,   /* a person must authorise us again */
};

struct failure {
	enum failure_kind kind;
	char text[1024]; /* where: what: why */
	char next[512];  /* the next command to run; "" for the kind's own */
};

/* Record why, and return false so that callers can `return fail(...)`. */
bool fail(struct failure *why, enum failure_kind kind, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* Put "where: " in front of what is already recorded; returns false too. */
bool fail_in(struct failure *why, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Say what to run next, when the kind's own advice is too general. */
bool fail_next(struct failure *why, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The system call `what` failed: FAILURE_IO with strerror(errno). */
bool fail_errno(struct failure *why, const char *what);

#endif
