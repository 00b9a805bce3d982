/*
 * fetched.h - what qb-fetch writes: the rows of a page, and the seal of a
 * window; qb-envelope(5).
 */
#ifndef FETCHED_H
#define FETCHED_H

#include "lines.h"
#include "reading.h"
#include "response.h"
#include "seal.h"
#include "spool.h"

struct fetched {
	struct lines_out *out;
	struct seal_tally tally; /* of the window that is being written */
	struct buf lead;         /* what all rows of a page begin with */

	bool whole; /* the caller's: write a window's rows with its seal, and
		       until then keep them where fetched_drop() forgets them */
	struct buf line;
	struct spool held;
};

/* What is the same for all rows of a page. */
struct fetched_page {
	struct slice window; /* the ticket's object, byte for byte */
	const char *realm;
	int64_t no, size;
	struct slice at;  /* RFC 3339, QuickBooks' clock */
	struct slice url; /* as it was sent; its query part is left out */
	struct slice query;
};

void fetched_init(struct fetched *f, struct lines_out *out);
void fetched_free(struct fetched *f);

bool fetched_begin_page(struct fetched *f, const struct fetched_page *page,
			struct failure *why) MUST_CHECK;

/*
 * The payload goes byte for byte, but for newlines between its tokens, which
 * QuickBooks does not send: each becomes a space, because an envelope is one
 * line.
 */
bool fetched_write_row(struct fetched *f, const struct response_row *row,
		       struct failure *why) MUST_CHECK;

/* The rows since the last seal never came; only where `whole` is set. */
void fetched_drop(struct fetched *f);

/* The rows since the last seal are what this one covers. */
bool fetched_write_seal(struct fetched *f, struct slice window,
			const char *realm, const struct reading *reading,
			struct failure *why) MUST_CHECK;

#endif
