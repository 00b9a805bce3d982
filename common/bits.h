/* bits.h - one bit for each of many things that are numbered from 0. */
#ifndef BITS_H
#define BITS_H

#include "buf.h"

struct bits {
	struct buf bytes;
};

void bits_init(struct bits *b);
void bits_free(struct bits *b);
/* Room for `count`, all off; keeps the memory. */
bool bits_clear(struct bits *b, int64_t count, struct failure *why) MUST_CHECK;
void bits_on(struct bits *b, int64_t n);
bool bits_is_on(const struct bits *b, int64_t n);

#endif
