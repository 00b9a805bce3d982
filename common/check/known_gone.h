/* check/known_gone.h - which objects a table has as deleted already, so that
 * QuickBooks' log of changes need not be believed about them once more. */
#ifndef CHECK_KNOWN_GONE_H
#define CHECK_KNOWN_GONE_H

#include "check/ledger_query.h"

enum { KNOWN_GONE_MOST = 1000 };

/*
 * Append the ids of the rows that are marked as deleted since that time, as a
 * JSON array.  Appends nothing where there is none, where there are more than
 * KNOWN_GONE_MOST, or where that cannot be told cheaply: there is no table,
 * this role may not read it, or it is large and has no index of its deleted
 * rows.
 */
bool known_gone_write(const struct ledger_query *l, const struct entity *entity,
		      int64_t since_us, struct buf *to,
		      struct failure *why) MUST_CHECK;

#endif
