/*
 * idorder.h - the rows of a window in the order of their ids, and whether each
 * id stands once.
 *
 * As the server orders them by collate "C": byte by byte, the shorter first.
 * Of more rows than fit in some 3 MB nothing is known.
 */
#ifndef IDORDER_H
#define IDORDER_H

#include "buf.h"

struct idorder_row {
	uint64_t head; /* of the id: its first bytes, as a number */
	int64_t place; /* where the row waits */
	uint32_t at;   /* the rest of the id, in `text` */
	uint32_t n;    /* which row of the window, from 0 */
};

struct idorder {
	struct idorder_row *rows; /* after idorder_settle() in order */
	size_t room, count;
	struct buf text; /* begins with "", for those that are short */

	bool once; /* after idorder_settle(): each is known, and stands once */
};

void idorder_init(struct idorder *o);
void idorder_clear(struct idorder *o); /* keeps the memory */
void idorder_free(struct idorder *o);

/* The next row of the window, which waits at `place`; no id holds a NUL. */
void idorder_add(struct idorder *o, struct slice id, int64_t place);
/* There are no more. */
void idorder_settle(struct idorder *o);

#endif
