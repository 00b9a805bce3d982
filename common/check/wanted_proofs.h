/*
 * check/wanted_proofs.h - what is to be proven of each entity that a command
 * line names.
 */
#ifndef CHECK_WANTED_PROOFS_H
#define CHECK_WANTED_PROOFS_H

#include "check/proof.h"
#include "stream/range.h"

struct wanted_proofs {
	const struct entity_list *entities;
	const struct range *range;
	const char *absent; /* comma list of what the company does not have; or
			       NULL */
	bool with_archive, with_outside, offline;
};

/*
 * Begin a proof for each entity, in their order, by what its windows are by.
 * Rates and reports are proven for the whole days of the range.  Offline also
 * what QuickBooks cannot count.  FAILURE_USAGE: a name in `absent` is unknown.
 */
bool wanted_proofs_begin(const struct wanted_proofs *w, struct proof *proofs,
			 struct failure *why) MUST_CHECK;

#endif
