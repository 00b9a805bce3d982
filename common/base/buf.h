/* base/buf.h - a byte buffer that grows up to a bound that its owner chose. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/failure.h"
#include "base/slice.h"

/*
 * `at` is never NULL after buf_init() and at[len] is always '\0', so a buf can
 * be printed; it may hold NULs, so the length counts, not the terminator.
 */
struct buf {
	char *at;
	size_t len;
	size_t room;
	size_t most; /* buf_add() fails beyond this; there is no default */
};

void buf_init(struct buf *b, size_t most);
/* Allocates all of its room now, page-aligned, so that it can be written to a
 * disk without a copy (durable_file_write()). */
void buf_init_paged(struct buf *b, size_t most);
void buf_clear(struct buf *b);                /* empty it, keep the memory */
void buf_truncate(struct buf *b, size_t len); /* back to its first len bytes */
void buf_drop_front(struct buf *b, size_t len); /* the rest moves there */
void buf_free(struct buf *b);

/* FAILURE_DATA when the bound would be exceeded; nothing is added then. */
static inline bool buf_add(struct buf *b, const void *bytes, size_t len,
			   struct failure *why) MUST_CHECK;
bool buf_add_slice(struct buf *b, struct slice s,
		   struct failure *why) MUST_CHECK;
bool buf_printf(struct buf *b, struct failure *why, const char *fmt, ...)
	PRINTF_LIKE(3, 4) MUST_CHECK;

/*
 * Make room for `len` more bytes and point at it; NULL when the bound would be
 * exceeded.  The caller writes there, then calls buf_wrote() with the number of
 * bytes that it wrote.
 */
char *buf_reserve(struct buf *b, size_t len, struct failure *why) MUST_CHECK;
void buf_wrote(struct buf *b, size_t len);

/* Inline, because encoding a row calls it some forty times: mostly there is
 * room, and for a number the compiler emits a single move. */
static inline bool
buf_add(struct buf *b, const void *bytes, size_t len, struct failure *why)
{
	bool fits = len < b->room - b->len && len <= b->most - b->len;
	char *to = fits ? b->at + b->len : buf_reserve(b, len, why);

	if (!to)
		return false;
	if (len)
		memcpy(to, bytes, len);
	b->len += len;
	b->at[b->len] = '\0';
	return true;
}

static inline struct slice
buf_slice(const struct buf *b)
{
	return (struct slice){ b->at, b->len };
}

#endif
