/* audit/live_rows.h - read the rows of a table that are not marked as deleted.
 */
#ifndef AUDIT_LIVE_ROWS_H
#define AUDIT_LIVE_ROWS_H

#include "audit/known_rows.h"
#include "check/ledger_query.h"

/*
 * Add those that were created in a range, as of one moment; one pass over the
 * table.  Where there is no such table it has no rows.  FAILURE_REFUSED: the
 * role may not read it.
 */
bool live_rows_read(const struct ledger_query *l, const struct entity *entity,
		    struct time_range range, struct known_rows *to,
		    struct failure *why) MUST_CHECK;

#endif
