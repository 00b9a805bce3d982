/*
 * audit/live_rows.h - read the rows of a table that are not marked as deleted,
 * and of those that are, what is known of that.
 */
#ifndef AUDIT_LIVE_ROWS_H
#define AUDIT_LIVE_ROWS_H

#include "audit/census_output.h"
#include "audit/known_rows.h"
#include "check/ledger_query.h"

/*
 * Add those that were created in a range, as of one moment; one pass over the
 * table.  `changed_from_us` not 0: only those whose LastUpdatedTime is that or
 * later.  Where there is no such table it has no rows.  FAILURE_REFUSED: the
 * role may not read it.
 */
bool live_rows_read(const struct ledger_query *l, const struct entity *entity,
		    struct time_range range, int64_t changed_from_us,
		    struct known_rows *to, struct failure *why) MUST_CHECK;

/*
 * Add those that lie in one of the ranges by the time that `by` names, and were
 * fetched before `before_us`, if that is not 0; in no order.
 */
bool live_rows_read_in(const struct ledger_query *l,
		       const struct entity *entity, enum window_by by,
		       const struct time_ranges *ranges, int64_t before_us,
		       struct known_rows *to, struct failure *why) MUST_CHECK;

/*
 * Add to the output what the table has as deleted in these ranges, and mark it
 * in `came`; not what came.  By updated, what was deleted in one of the ranges,
 * too, since that was its last change; and always what the table knows nothing
 * else of.
 */
bool live_rows_tell_deleted(const struct ledger_query *l,
			    const struct entity *entity, enum window_by by,
			    const struct time_ranges *ranges,
			    struct id_set *came, struct census_output *output,
			    struct failure *why) MUST_CHECK;

#endif
