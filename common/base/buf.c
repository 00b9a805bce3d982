#include <stdarg.h>

#include "base/buf.h"

static char empty[1];

void
buf_init(struct buf *b, size_t most)
{
	*b = (struct buf){ .at = empty, .most = most };
}

void
buf_init_paged(struct buf *b, size_t most)
{
	buf_init(b, most);
	b->room = most + 1;
	b->at = base_alloc_pages(b->room);
	b->at[0] = '\0';
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
	if (b->room)
		b->at[0] = '\0';
}

void
buf_truncate(struct buf *b, size_t len)
{
	if (len > b->len)
		BUG("buf_truncate() beyond the end");
	b->len = len;
	if (b->room)
		b->at[len] = '\0';
}

void
buf_drop_front(struct buf *b, size_t len)
{
	if (len > b->len)
		BUG("buf_drop_front() beyond the end");
	memmove(b->at, b->at + len, b->len - len);
	buf_truncate(b, b->len - len);
}

void
buf_free(struct buf *b)
{
	if (b->room)
		free(b->at);
	buf_init(b, b->most);
}

char *
buf_reserve(struct buf *b, size_t len, struct failure *why)
{
	if (len > b->most - b->len) {
		fail(why, FAILURE_DATA, "more than %zu bytes", b->most);
		return NULL;
	}
	if (b->len + len + 1 > b->room) {
		size_t room = b->room ? b->room : 256;

		while (room < b->len + len + 1)
			room *= 2;
		b->at = base_realloc(b->room ? b->at : NULL, room);
		b->room = room;
	}
	return b->at + b->len;
}

void
buf_wrote(struct buf *b, size_t len)
{
	b->len += len;
	b->at[b->len] = '\0';
}

bool
buf_add_slice(struct buf *b, struct slice s, struct failure *why)
{
	return buf_add(b, s.at, s.len, why);
}

bool
buf_printf(struct buf *b, struct failure *why, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	int len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len < 0)
		BUG("vsnprintf() failed");

	char *to = buf_reserve(b, (size_t)len, why);
	if (!to)
		return false;
	va_start(args, fmt);
	vsnprintf(to, (size_t)len + 1, fmt, args);
	va_end(args);
	buf_wrote(b, (size_t)len);
	return true;
}
