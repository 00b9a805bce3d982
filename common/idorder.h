/*
 * idorder.h - the rows of a window in the order of their ids, and whether each
 * id stands once.
 *
 * As the server orders them by collate "C": byte by byte, the shorter first.
 * Of more rows than fit in some 2 MB nothing is known.
 */
#ifndef IDORDER_H
#define IDORDER_H

#include "buf.h"

struct idorder_row {
	uint64_t head;    /* of the id: its first bytes, as a number */
	uint32_t at, len; /* the id, in `text` */
	uint32_t n;       /* which row of the window, from 0 */
	int64_t place;    /* where it waits */
};

struct idorder {
	struct idorder_row *rows; /* in order after idorder_settle() */
	size_t room, count;
	struct buf text;
	bool once; /* after idorder_settle(): each id is known, and stands once
		    */
};

void idorder_init(struct idorder *o);
void idorder_clear(struct idorder *o); /* keeps the memory */
void idorder_free(struct idorder *o);

/* The next row of the window, which waits at `place`. */
void idorder_add(struct idorder *o, struct slice id, int64_t place);
/* There are no more. */
void idorder_settle(struct idorder *o);

#endif
