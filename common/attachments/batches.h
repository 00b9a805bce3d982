/*
 * attachments/batches.h - fetch the files that are wanted: a hundred links by
 * one call, then their files, then the next hundred.
 */
#ifndef ATTACHMENTS_BATCHES_H
#define ATTACHMENTS_BATCHES_H

#include "attachments/downloads.h"
#include "attachments/wanted.h"

/*
 * Fetch what of these, some of `wanted`, is not there.  False only for what
 * ends all: FAILURE_IO, and what ends all calls.
 */
bool batches_run(struct downloads *d, const struct wanted *wanted,
		 struct failure *why) MUST_CHECK;

/* After all: FAILURE_LATER or FAILURE_REFUSED if some were not fetched,
 * FAILURE_DATA if some file was changed after it had been fetched. */
bool batches_conclude(const struct downloads *d,
		      struct failure *why) MUST_CHECK;

#endif
