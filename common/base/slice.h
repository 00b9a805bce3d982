/* base/slice.h - a pointer and a length: bytes that are owned elsewhere. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include "base/base.h"

struct slice {
	const char *at; /* NULL when there is nothing */
	size_t len;
};

#define SLICE(literal) ((struct slice){ (literal), sizeof(literal) - 1 })

/* For "%.*s": two arguments, the length first. */
#define SLICE_SHOWN(s) ((s).len < 200 ? (int)(s).len : 200), (s).at

static inline struct slice
slice_of(const char *text)
{
	return (struct slice){ text, strlen(text) };
}

static inline bool
slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len && (!a.len || !memcmp(a.at, b.at, a.len));
}

static inline bool
slice_is(struct slice s, const char *text)
{
	return s.at && slice_equal(s, slice_of(text));
}

static inline bool
slice_begins(struct slice s, const char *text)
{
	size_t len = strlen(text);

	return s.len >= len && !memcmp(s.at, text, len);
}

/* A copy that is safe to print, in `room` bytes: control characters and bytes
 * beyond ASCII become spaces, and the rest is cut. */
static inline void
slice_printable(struct slice s, char *to, size_t room)
{
	size_t len = s.len < room ? s.len : room - 1;

	for (size_t i = 0; i < len; i++)
		to[i] = s.at[i] >= 0x20 && s.at[i] < 0x7f ? s.at[i] : ' ';
	to[len] = '\0';
}

#endif
