/*
 * check/advice.h - which entities are not ok, and the command that helps.
 */
#ifndef CHECK_ADVICE_H
#define CHECK_ADVICE_H

#include "check/proof.h"
#include "stream/range.h"

/* As they were typed; the command repeats them. */
struct advice_options {
	const struct range *range;
	const char *schema;
	const char *archive, *run; /* NULL: not given */
};

/*
 * All proofs are concluded.  True when all are ok.  Otherwise the failure is of
 * the worst verdict; it names the entities that are not ok, and as the next
 * step the command that helps the worst.
 */
bool advice_conclude(const struct proof *proofs, size_t count,
		     const struct advice_options *options,
		     struct failure *why) MUST_CHECK;

#endif
