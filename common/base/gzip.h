/*
 * base/gzip.h - gzip streams of one or many members (RFC 1952).
 *
 * The only wrapper of ISA-L, which inflates three times as fast as zlib, and of
 * zlib, which compresses better.  A truncated member and garbage after the last
 * one are failures.
 */
#ifndef BASE_GZIP_H
#define BASE_GZIP_H

#include "base/buf.h"

struct gzip_in {
	void *state; /* of the current member, NULL before the first byte */
	bool inside; /* in the middle of a member */
};

/* Do these bytes (two are enough) begin a gzip stream? */
bool gzip_begins(struct slice bytes);

void gzip_in_init(struct gzip_in *g);
void gzip_in_clear(struct gzip_in *g); /* start over, keep the memory */
void gzip_in_free(struct gzip_in *g);

/*
 * Inflate from the front of `*from`, which is shortened by what was used, into
 * `to`; `*wrote` is the number of bytes written.  Call again while `*from` is
 * not empty or
 * `*wrote` was `room`.  FAILURE_DATA: corrupt, or garbage after a member.
 */
bool gzip_inflate(struct gzip_in *g, struct slice *from, char *to, size_t room,
		  size_t *wrote, struct failure *why) MUST_CHECK;

/* The input has ended.  FAILURE_DATA when it ended within a member. */
bool gzip_in_end(struct gzip_in *g, struct failure *why) MUST_CHECK;

enum { GZIP_STORED = 65535 };

struct gzip_out {
	void *state; /* of a member */
};

/*
 * `level` 0 is not compressed, 1 is fast (ISA-L's level 1), 2 to 9 are zlib's.
 * The header has no time and no name, so the same bytes always give the same
 * file; at levels 0 and 1, if they are given in the same parts.  A block of
 * level 0 holds GZIP_STORED bytes: parts should be multiples of it.
 */
void gzip_out_init(struct gzip_out *g, int level);
void gzip_out_free(struct gzip_out *g);

/* Deflate `from`, appending to `to`. */
bool gzip_deflate(struct gzip_out *g, struct slice from, struct buf *to,
		  struct failure *why) MUST_CHECK;
/* End the member; the next gzip_deflate() begins another. */
bool gzip_out_end(struct gzip_out *g, struct buf *to,
		  struct failure *why) MUST_CHECK;

#endif
