#include "bits.h"

enum { MOST_BYTES = 1 << 30 }; /* eight billion bits */

void
bits_init(struct bits *b)
{
	buf_init(&b->bytes, MOST_BYTES);
}

void
bits_free(struct bits *b)
{
	buf_free(&b->bytes);
}

bool
bits_clear(struct bits *b, int64_t count, struct failure *why)
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
place(const struct bits *b, int64_t n)
{
	if (n < 0 || (size_t)n / 8 >= b->bytes.len)
		BUG("a bit out of range");
	return (size_t)n / 8;
}

void
bits_on(struct bits *b, int64_t n)
{
	char *byte = &b->bytes.at[place(b, n)];

	*byte = (char)(*byte | 1 << n % 8);
}

bool
bits_is_on(const struct bits *b, int64_t n)
{
	return b->bytes.at[place(b, n)] >> n % 8 & 1;
}
