/* base/failure.h - why something failed, as a value. */
#ifndef BASE_FAILURE_H
#define BASE_FAILURE_H

#include "base/base.h"

/*
 * One kind for each different action of the operator; the value is the exit
 * status of every tool (qb(7), "EXIT STATUS").
 */
enum failure_kind {
	FAILURE_NONE = 0,
	FAILURE_USAGE = 64,   /* fix the command line */
	FAILURE_DATA = 65,    /* check the input */
	FAILURE_REFUSED = 69, /* refused for good; retrying will not help */
	FAILURE_BUG = 70,     /* report the bug */
	FAILURE_IO = 74,      /* fix this machine: disk, permissions */
	FAILURE_LATER = 75,   /* run the same command again */
	FAILURE_LOGIN = 77,   /* somebody must log in again */
};

struct failure {
	enum failure_kind kind;
	char text[1024]; /* where: what: why */
	char next[512];  /* the next command to run; "" for the kind's own */
};

/* Record why; returns false, so that callers can `return fail(...)`. */
bool fail(struct failure *why, enum failure_kind kind, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* Put "where: " before what is already recorded; returns false too. */
bool fail_in(struct failure *why, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* What to do next, where the kind's own advice is too general. */
bool fail_next(struct failure *why, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The system call `what` failed: FAILURE_IO with strerror(errno). */
bool fail_errno(struct failure *why, const char *what);

#endif
