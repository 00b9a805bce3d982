/* base/bitset.h - one bit for each of many items, numbered from 0. */
#ifndef BASE_BITSET_H
#define BASE_BITSET_H

#include "base/buf.h"

struct bitset {
	struct buf bytes;
};

void bitset_init(struct bitset *b);
void bitset_free(struct bitset *b);
/* Make room for `count` bits, all off; keeps the memory. */
bool bitset_clear(struct bitset *b, int64_t count,
		  struct failure *why) MUST_CHECK;
void bitset_set(struct bitset *b, int64_t n);
bool bitset_test(const struct bitset *b, int64_t n);

#endif
