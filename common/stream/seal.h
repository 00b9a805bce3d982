/*
 * stream/seal.h - the row count, byte count and SHA-256 that close a window,
 * and checking rows against them; qb-envelope(5).
 *
 * They cover the line of each row, and of each object that is gone, as it was
 * written, with its newline and without
 * the member "stamp".  The seal itself is covered by its "sum": the SHA-256 of
 * its line, with its newline and without the member "sum".
 */
#ifndef STREAM_SEAL_H
#define STREAM_SEAL_H

#include "base/digest.h"
#include "stream/envelope.h"

/* The totals of the rows and gone lines of one window so far. */
struct seal_tally {
	int64_t rows, bytes;
	int64_t gone; /* of the rows */
	struct digest digest;
};

void seal_tally_init(struct seal_tally *t);
void seal_tally_clear(struct seal_tally *t);
void seal_tally_free(struct seal_tally *t);
void seal_tally_row(struct seal_tally *t, const struct envelope *row);
/* The same for an unparsed line, with its newline and without a stamp. */
void seal_tally_line(struct seal_tally *t, struct slice line);

/* The members of a seal's "fetch", and of "jq" if there is one.  Of "scan",
 * which is checked, nothing is kept. */
struct seal {
	struct slice realm; /* digits */
	int64_t pages, rows, bytes;
	int64_t fetched;    /* rows of "fetch", before "jq" */
	int64_t gone;       /* of the rows: lines that say so */
	int64_t left;       /* rows that left the range while it was read */
	int64_t unreadable; /* of a scan: rows that were counted, not read */
	int64_t count_before, count_after; /* -1: null, not counted */
	int64_t calls; /* that the scan took, in its first seal; -1: not known,
			  an old seal */
	int64_t log_at_us;   /* by change, whole, as-of or report: when
				QuickBooks answered, by its clock; 0: read by
				scans */
	int64_t whole_rows;  /* of the same but change: rows that there are;
				-1: by change, or read by scans */
	int64_t whole_known; /* of them, left out: the table has them */
	char sha256[DIGEST_HEX];
};

/*
 * The totals of "jq" replace those of "fetch", since they are those of the rows
 * as they are now.  FAILURE_DATA: a member is missing or wrong, or rows is not
 * count_after + left + gone, in "fetch" or in "scan"; or, with "whole", its
 * rows are not those that came and those that were known.
 */
bool seal_parse(struct seal *seal, const struct envelope *e,
		struct failure *why) MUST_CHECK;

/*
 * Check the tally against the seal, and clear it.  FAILURE_DATA: "998 rows
 * came, the seal says 1000".
 */
bool seal_verify(const struct seal *seal, struct seal_tally *t,
		 struct failure *why) MUST_CHECK;

/*
 * Append the totals of a tally as the members "rows":…,"bytes":…,"sha256":"…",
 * and clear it.
 */
bool seal_write_totals(struct seal_tally *t, struct buf *to,
		       struct failure *why) MUST_CHECK;

/*
 * Complete the seal that begins at `start` in `to` and lacks its last brace:
 * insert its "sum", add the brace and the newline.
 */
bool seal_close(struct buf *to, size_t start, struct failure *why) MUST_CHECK;

/* envelope_put() for a seal: also updates its "sum". */
bool seal_put(const struct envelope *seal, enum envelope_member which,
	      struct slice value, struct buf *to,
	      struct failure *why) MUST_CHECK;

/* FAILURE_DATA: the seal was changed.  Old seals without a "sum" are accepted.
 */
bool seal_verify_sum(const struct envelope *seal,
		     struct failure *why) MUST_CHECK;

#endif
