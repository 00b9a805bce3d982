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
	struct seal_tally tally; /* of the window being written */
	struct buf prefix;       /* of each row's line; the same for a page */

	bool hold_rows; /* set by the caller: hold a window's rows until its
			   seal, so that fetch_output_drop() can drop them */
	struct buf line;
	struct spool held;
};

/* What all rows of a page have in common. */
struct fetch_page {
	struct slice window; /* the ticket's object, byte for byte */
	const char *realm;
	int64_t no, size;
	struct slice at;  /* RFC 3339, by QuickBooks' clock */
	struct slice url; /* as it was sent; written without its query part */
	struct slice query;
};

void fetch_output_init(struct fetch_output *f, struct lines_out *out);
void fetch_output_free(struct fetch_output *f);

bool fetch_output_start_page(struct fetch_output *f,
			     const struct fetch_page *page,
			     struct failure *why) MUST_CHECK;

/*
 * Write a row's line.  The payload is copied byte for byte, except that
 * newlines between tokens, which QuickBooks does not send, become spaces,
 * because an envelope is one line.
 */
bool fetch_output_write_row(struct fetch_output *f,
			    const struct query_response_row *row,
			    struct failure *why) MUST_CHECK;

/* Drop the rows since the last seal; only with `hold_rows`. */
void fetch_output_drop(struct fetch_output *f);

/* Seal the rows since the last seal. */
bool fetch_output_write_seal(struct fetch_output *f, struct slice window,
			     const char *realm,
			     const struct window_reader *reader,
			     struct failure *why) MUST_CHECK;

#endif
