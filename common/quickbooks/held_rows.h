/*
 * quickbooks/held_rows.h - the rows of a scan, which wait until it is proven,
 * and then go to their windows.
 *
 * The rows themselves are in a spool, beyond 2 MB in an unnamed file; 32 bytes
 * of each stay in memory.
 */
#ifndef QUICKBOOKS_HELD_ROWS_H
#define QUICKBOOKS_HELD_ROWS_H

#include "base/spool.h"

struct held_row {
	int64_t at_us; /* the time by which it was selected */
	int64_t place; /* in the spool */
	uint32_t window; /* of the run */
	uint32_t page;   /* of the scan; from 1 */
	uint32_t id_at, id_length; /* in its record */
};

struct held_rows {
	struct spool spool;
	struct held_row *rows;
	size_t count, room;
};

void held_rows_init(struct held_rows *h);
void held_rows_free(struct held_rows *h);
void held_rows_clear(struct held_rows *h); /* forget them, keep the memory */

/* `row->place` is set here. */
bool held_rows_add(struct held_rows *h, const struct held_row *row,
		   struct slice record, struct failure *why) MUST_CHECK;

/*
 * All are there: sort them by their windows, rows of one window as they came.
 * After this nothing may be added before held_rows_clear().
 */
bool held_rows_sort(struct held_rows *h, struct failure *why) MUST_CHECK;

/* The record of a row, sorted; it lives until the next call. */
bool held_rows_read(struct held_rows *h, size_t i, struct slice *record,
		    struct failure *why) MUST_CHECK;

/* The row's Id, in its record. */
struct slice held_row_id(const struct held_row *row, struct slice record);

#endif
