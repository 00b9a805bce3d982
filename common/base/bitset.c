#include "base/bitset.h"

enum { MOST_BYTES = 1 << 30 }; /* eight billion bits */

void
bitset_init(struct bitset *b)
{
	buf_init(&b->bytes, MOST_BYTES);
}

void
bitset_free(struct bitset *b)
{
	buf_free(&b->bytes);
}

bool
bitset_clear(struct bitset *b, int64_t count, struct failure *why)
{
	size_t len = (size_t)count / 8 + 1;

	buf_clear(&b->bytes);
	char *room = buf_reserve(&b->bytes, len, why);
	if (!room)
		return false;
	memset(room, 0, len);
	buf_wrote(&b->bytes, len);
	return true;
}

static size_t
byte_index(const struct bitset *b, int64_t n)
{
	if (n < 0 || (size_t)n / 8 >= b->bytes.len)
		BUG("a bit number out of range");
	return (size_t)n / 8;
}

void
bitset_set(struct bitset *b, int64_t n)
{
	char *byte = &b->bytes.at[byte_index(b, n)];

	*byte = (char)(*byte | 1 << n % 8);
}

bool
bitset_test(const struct bitset *b, int64_t n)
{
	return b->bytes.at[byte_index(b, n)] >> n % 8 & 1;
}
