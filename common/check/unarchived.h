/* check/unarchived.h - deletions that a replay of the archive would not bring.
 */
#ifndef CHECK_UNARCHIVED_H
#define CHECK_UNARCHIVED_H

#include "check/ledger_query.h"

/*
 * Add a finding to the proof if rows of its range were marked as deleted by
 * windows, of this run or with NULL of any, that were not archived, nor were
 * these rows told again by an archived reading since.  Its in_table is filled
 * in.  One pass over the rows that are marked as deleted.
 */
bool unarchived_check(const struct ledger_query *l, struct proof *proof,
		      const char *run, struct failure *why) MUST_CHECK;

#endif
