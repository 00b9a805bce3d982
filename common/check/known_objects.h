/* check/known_objects.h - what a table has already of the objects that
 * QuickBooks' log of changes, or a reading of the whole entity, will bring once
 * more. */
#ifndef CHECK_KNOWN_OBJECTS_H
#define CHECK_KNOWN_OBJECTS_H

#include "check/ledger_query.h"

enum { KNOWN_OBJECTS_MOST = 1000, KNOWN_WHOLE_MOST = 10000 };

/*
 * Append the ids of the rows that are marked as deleted since that time, as a
 * JSON array.  Appends nothing where there is none, where there are more than
 * KNOWN_OBJECTS_MOST, or where that cannot be told cheaply: there is no table,
 * this role may not read it, or it is large and has no index of its deleted
 * rows.  Nor where a window after `asked_us`, since when the log is asked, was
 * loaded without an archive, while others of the entity have one: what it read
 * must come again.
 */
bool known_gone_write(const struct ledger_query *l, const struct entity *entity,
		      int64_t since_us, int64_t asked_us, struct buf *to,
		      struct failure *why) MUST_CHECK;

/*
 * Append the rows that were changed since that time and are not deleted, as a
 * JSON object of their ids, with the fingerprints of their payloads
 * (payload_fingerprint()).  Appends nothing likewise; a large table must have
 * been vacuumed.
 */
bool known_rows_write(const struct ledger_query *l, const struct entity *entity,
		      int64_t since_us, int64_t asked_us, struct buf *to,
		      struct failure *why) MUST_CHECK;

/*
 * Of an entity that is read whole: append all rows that are not deleted, as a
 * JSON object of their ids with the fingerprints, which is empty where there is
 * no row or no table.  `again`: with null in place of each fingerprint, so that
 * all rows come again.  That is so, too, if one was loaded without an archive,
 * while others have one.  Appends nothing if that cannot be told: there are
 * more than KNOWN_WHOLE_MOST, or this role may not read the table.
 */
bool known_whole_write(const struct ledger_query *l,
		       const struct entity *entity, bool again, struct buf *to,
		       struct failure *why) MUST_CHECK;

#endif
