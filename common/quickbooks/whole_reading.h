/*
 * quickbooks/whole_reading.h - an entity that is read whole: all of its rows,
 * in memory.
 *
 * There is no range that such a reading could be counted in, so what proves it
 * is its end: pages are requested until one is empty.  Where a page is full, or
 * more than one has rows, they may have moved between two of them, so it is
 * read until a pass brings the same Ids as the one before; so is what seems to
 * be empty, unless two queries said so.  A list is read with and without a
 * filter on Active, since neither brings all of it: QUIRKS.md, "Odd shapes";
 * where both bring the same active rows in a page that is not full, that is its
 * end.
 */
#ifndef QUICKBOOKS_WHOLE_READING_H
#define QUICKBOOKS_WHOLE_READING_H

#include "quickbooks/client.h"
#include "quickbooks/fetch_output.h"
#include "quickbooks/id_set.h"

struct whole_row {
	size_t at, length;       /* its record, in `text` */
	size_t id_at, id_length; /* in `text` */
	size_t payload_at, payload_length;
};

struct whole_reading {
	struct qbo_call call;
	struct buf
		text; /* the records, as fetch_output_make_record() has them */
	struct whole_row *rows; /* each Id once, as it came first */
	size_t count, room;
	struct id_set ids; /* the query in which each came last, from 1 */
	int pass;          /* number of the query */
	int settled;       /* the first query of the pass that was the last one
			      of whole_reading_read() */
	struct buf row_ids, at;
	int64_t pages; /* that brought rows */
	int64_t at_us; /* QuickBooks' time of its first response */
};

void whole_reading_init(struct whole_reading *r);
void whole_reading_free(struct whole_reading *r);

/*
 * Read all of the entity, in pages of so many rows; what was read before is
 * forgotten.  `end_us` is the end of the window, which must have passed by
 * QuickBooks' clock.  FAILURE_LATER: it changed in each pass, full pages bring
 * the same rows again, it is an object that is always there and did not come,
 * or QuickBooks' clock is behind.  FAILURE_REFUSED: a row that is not as its
 * shape says, or several objects instead of one.  Otherwise what the call says,
 * with r->call.why set.
 */
bool whole_reading_read(struct whole_reading *r, const struct entity *entity,
			int64_t end_us, int64_t page_size,
			struct qbo_client *qbo, struct fetch_output *lines,
			struct failure *why) MUST_CHECK;

/* Read it once more, and add what did not come before. */
bool whole_reading_add(struct whole_reading *r, const struct entity *entity,
		       int64_t end_us, int64_t page_size,
		       struct qbo_client *qbo, struct fetch_output *lines,
		       struct failure *why) MUST_CHECK;

struct slice whole_reading_id(const struct whole_reading *r, size_t i);
struct slice whole_reading_record(const struct whole_reading *r, size_t i);
struct slice whole_reading_payload(const struct whole_reading *r, size_t i);

/* Was it there in the last pass of whole_reading_read(), or after that?  Rows
 * that were not are no part of the reading. */
bool whole_reading_has(const struct whole_reading *r, struct slice id);

/* QuickBooks' time of the last response, as sent. */
struct slice whole_reading_time(const struct whole_reading *r);

#endif
