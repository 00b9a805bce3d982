/*
 * missed.h - windows that could not be read while the others go on: each with
 * its reason, to be told at the end.
 */
#ifndef MISSED_H
#define MISSED_H

#include "buf.h"

struct missed {
	int64_t windows;
	bool later;      /* repeating helps with one of them, at least */
	struct buf text; /* a line each; of the first hundreds */
};

void missed_init(struct missed *m);
void missed_free(struct missed *m);

/* One more window was given up; `why` names it. */
void missed_add(struct missed *m, const struct failure *why);

/*
 * Warn of each again, and make them `why`, if nothing worse is there already:
 * FAILURE_LATER, or FAILURE_REFUSED where repeating helps with none of them.
 * Nothing when no window was missed.
 */
void missed_tell(const struct missed *m, struct failure *why);

#endif
