/*
 * load/id_order.h - the rows of a window in the order of their ids, and whether
 * the ids are unique.
 *
 * The order is that of collate "C": byte by byte, the shorter first.  A window
 * that does not fit into some 3 MB is not sorted here.
 */
#ifndef LOAD_ID_ORDER_H
#define LOAD_ID_ORDER_H

#include "base/buf.h"

struct id_order_row {
	uint64_t head;    /* of the id: its first bytes, as a number */
	int64_t offset;   /* of the row in row_buffer.rows */
	uint32_t rest_at; /* of the rest of the id, in `text` */
	uint32_t n;       /* which row of the window, from 0 */
};

struct id_order {
	struct id_order_row *rows; /* sorted by id_order_sort() */
	size_t room, count;
	struct buf text; /* begins with "", the rest of short ids */

	/* After id_order_sort(): no id occurs twice.  False also where there
	 * was no room for all. */
	bool unique;
};

void id_order_init(struct id_order *o);
void id_order_clear(struct id_order *o); /* keeps the memory */
void id_order_free(struct id_order *o);

/* Add the next row of the window; an id has no NUL. */
void id_order_add(struct id_order *o, struct slice id, int64_t offset);
/* After the last row. */
void id_order_sort(struct id_order *o);

#endif
