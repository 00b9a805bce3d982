/*
 * quickbooks/fetch_output.h - what qb-fetch writes: the rows of a page, and the
 * seal of a window; qb-envelope(5).
 */
#ifndef QUICKBOOKS_FETCH_OUTPUT_H
#define QUICKBOOKS_FETCH_OUTPUT_H

#include "base/time_ranges.h"
#include "quickbooks/query_response.h"
#include "stream/gone.h"
#include "stream/lines.h"
#include "stream/seal.h"

struct fetch_output {
	struct lines_out *out;
	struct seal_tally tally; /* of the window being written */
	struct buf page;         /* what the rows of a page have in common */
	struct buf record;
};

/* What all rows of a page have in common. */
struct fetch_page {
	const char *realm;
	int64_t no, size;
	struct slice at;  /* RFC 3339, by QuickBooks' clock */
	struct slice url; /* as it was sent; written without its query part */
	struct slice query;
	const char *include; /* letters and commas; NULL: none */
};

/* What a seal says of its window. */
struct fetch_seal {
	int64_t pages;                     /* that brought rows of it */
	int64_t count_before, count_after; /* -1: not counted */
	int64_t left;
	int64_t calls; /* of its scan, in the first seal of each scan; or 0 */
	int64_t gone;  /* gone lines of it */
	/* by change: what the log was asked, and how many objects came in all
	 */
	int64_t log_since_us, log_at_us, log_objects;
	int64_t log_known; /* rows that the table has, so they were left out */
	/* read directly: when, rows that there are, and those that the table
	 * has
	 */
	int64_t whole_at_us, whole_rows, whole_known;
};

/* And of the scan that proves it, or of several that lie within it. */
struct fetch_scan {
	struct time_range range;
	int64_t windows;
	int64_t count_before, count_after; /* -1: not counted */
	int64_t rows, left, unreadable, calls;
};

void fetch_output_init(struct fetch_output *f, struct lines_out *out);
void fetch_output_free(struct fetch_output *f);

bool fetch_output_start_page(struct fetch_output *f,
			     const struct fetch_page *page,
			     struct failure *why) MUST_CHECK;

/*
 * Write a row's line.  The payload is copied byte for byte, except that
 * newlines between tokens, which QuickBooks does not send, become spaces,
 * because an envelope is one line.  `window` is the ticket's object.
 */
bool fetch_output_write_row(struct fetch_output *f, struct slice window,
			    const struct response_row *row,
			    struct failure *why) MUST_CHECK;

/* The same in two steps: the part of the line that follows the window, which
 * lives until the next call, and where the Id is in it; and writing it. */
bool fetch_output_make_record(struct fetch_output *f,
			      const struct response_row *row,
			      struct slice *record, size_t *id_at,
			      struct failure *why) MUST_CHECK;
bool fetch_output_write_record(struct fetch_output *f, struct slice window,
			       struct slice record,
			       struct failure *why) MUST_CHECK;

/* Write a gone line. */
bool fetch_output_write_gone(struct fetch_output *f, struct slice window,
			     const struct gone *gone,
			     struct failure *why) MUST_CHECK;

/* How many rows and gone lines were written since the last seal. */
int64_t fetch_output_rows(const struct fetch_output *f);

/* Seal the rows since the last seal; `scan` NULL: not read by scans. */
bool fetch_output_write_seal(struct fetch_output *f, struct slice window,
			     const char *realm, const struct fetch_seal *seal,
			     const struct fetch_scan *scan,
			     struct failure *why) MUST_CHECK;

#endif
