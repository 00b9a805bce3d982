/*
 * quickbooks/shaped_row.h - Id and time of rows that have them elsewhere than
 * most: QUIRKS.md, "Odd shapes".
 */
#ifndef QUICKBOOKS_SHAPED_ROW_H
#define QUICKBOOKS_SHAPED_ROW_H

#include "base/buf.h"
#include "quickbooks/response_row.h"
#include "stream/entity.h"

/* Is `row->payload` all that is read of a row of this shape before? */
bool shaped_row_is_odd(const struct entity *entity);

/*
 * Set what qb reads of the row from its payload, a whole JSON object: of
 * SHAPE_WRAPPED what the object inside has, of SHAPE_RATES the id
 * "EUR/2025-01-31", which is written to `ids`, and lives as long as that does
 * not grow.  FAILURE_DATA: not the one member that a wrapped row has, or
 * without its Id; no currency or no date.
 */
bool shaped_row_read(struct response_row *row, const struct entity *entity,
		     struct buf *ids, struct failure *why) MUST_CHECK;

#endif
