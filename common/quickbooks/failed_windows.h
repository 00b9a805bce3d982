/*
 * quickbooks/failed_windows.h - windows that could not be read while the others
 * go on: each with its reason, to be told at the end.
 */
#ifndef QUICKBOOKS_FAILED_WINDOWS_H
#define QUICKBOOKS_FAILED_WINDOWS_H

#include "base/buf.h"

struct failed_windows {
	int64_t windows;
	bool later;      /* repeating helps with one of them, at least */
	struct buf text; /* a line each; of the first hundreds */
};

void failed_windows_init(struct failed_windows *m);
void failed_windows_free(struct failed_windows *m);

/* One more window was given up; `why` names it. */
void failed_windows_add(struct failed_windows *m, const struct failure *why);

/*
 * Warn of each again, and make them `why`, if nothing worse is there already:
 * FAILURE_LATER, or FAILURE_REFUSED where repeating helps with none of them.
 * Nothing when no window was missed.
 */
void failed_windows_report(const struct failed_windows *m, struct failure *why);

#endif
