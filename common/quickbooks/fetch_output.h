/*
 * quickbooks/fetch_output.h - what qb-fetch writes: the rows of a page, and the
 * seal of a window; qb-envelope(5).
 */
#ifndef QUICKBOOKS_FETCH_OUTPUT_H
#define QUICKBOOKS_FETCH_OUTPUT_H

#include "base/spool.h"
#include "quickbooks/query_response.h"
#include "quickbooks/window_reader.h"
#include "stream/lines.h"
#include "stream/seal.h"

struct fetch_output {
	struct lines_out *out;
	struct seal_tally tally; /* of the window that is being written */
	struct buf lead;         /* what all rows of a page begin with */

	bool whole; /* the caller's: write a window's rows with its seal, and
		       until then keep them where fetch_output_drop() forgets
		       them */
	struct buf line;
	struct spool held;
};

/* What is the same for all rows of a page. */
struct fetch_page {
	struct slice window; /* the ticket's object, byte for byte */
	const char *realm;
	int64_t no, size;
	struct slice at;  /* RFC 3339, QuickBooks' clock */
	struct slice url; /* as it was sent; its query part is left out */
	struct slice query;
};

void fetch_output_init(struct fetch_output *f, struct lines_out *out);
void fetch_output_free(struct fetch_output *f);

bool fetch_output_start_page(struct fetch_output *f,
			     const struct fetch_page *page,
			     struct failure *why) MUST_CHECK;

/*
 * The payload goes byte for byte, but for newlines between its tokens, which
 * QuickBooks does not send: each becomes a space, because an envelope is one
 * line.
 */
bool fetch_output_write_row(struct fetch_output *f,
			    const struct query_response_row *row,
			    struct failure *why) MUST_CHECK;

/* The rows since the last seal never came; only where `whole` is set. */
void fetch_output_drop(struct fetch_output *f);

/* The rows since the last seal are what this one covers. */
bool fetch_output_write_seal(struct fetch_output *f, struct slice window,
			     const char *realm,
			     const struct window_reader *reading,
			     struct failure *why) MUST_CHECK;

#endif
