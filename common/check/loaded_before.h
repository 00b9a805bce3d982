/* check/loaded_before.h - whether anything of an entity was ever loaded. */
#ifndef CHECK_LOADED_BEFORE_H
#define CHECK_LOADED_BEFORE_H

#include "check/ledger_query.h"

/*
 * Set proof->loaded_before: the load log has a window of the entity with rows,
 * or its table has rows; but not the table that all reports share.
 */
bool loaded_before_read(const struct ledger_query *l, struct proof *proof,
			struct failure *why) MUST_CHECK;

#endif
