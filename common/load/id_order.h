/*
 * load/id_order.h - the rows of a window in the order of their ids, and whether
 * each id stands once.
 *
 * As the server orders them by collate "C": byte by byte, the shorter first.
 * Of more rows than fit in some 3 MB nothing is known.
 */
#ifndef LOAD_ID_ORDER_H
#define LOAD_ID_ORDER_H

#include "base/buf.h"

struct id_order_row {
	uint64_t head; /* of the id: its first bytes, as a number */
	int64_t place; /* where the row waits */
	uint32_t at;   /* the rest of the id, in `text` */
	uint32_t n;    /* which row of the window, from 0 */
};

struct id_order {
	struct id_order_row *rows; /* after id_order_sort() in order */
	size_t room, count;
	struct buf text; /* begins with "", for those that are short */

	bool once; /* after id_order_sort(): each is known, and stands once */
};

void id_order_init(struct id_order *o);
void id_order_clear(struct id_order *o); /* keeps the memory */
void id_order_free(struct id_order *o);

/* The next row of the window, which waits at `place`; no id holds a NUL. */
void id_order_add(struct id_order *o, struct slice id, int64_t place);
/* There are no more. */
void id_order_sort(struct id_order *o);

#endif
