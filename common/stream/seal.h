/*
 * stream/seal.h - the totals that prove a window complete, and the rows held
 * against them; qb-envelope(5).
 *
 * What counts is each row's line as qb-fetch wrote it, with its newline and
 * without the member "stamp".  The seal's own words are covered by its "sum":
 * the SHA-256 of its line, with its newline and without the member "sum".
 */
#ifndef STREAM_SEAL_H
#define STREAM_SEAL_H

#include "base/digest.h"
#include "stream/envelope.h"

/* The totals of the rows of one window, as they pass. */
struct seal_tally {
	int64_t rows, bytes;
	struct digest digest;
};

void seal_tally_init(struct seal_tally *t);
void seal_tally_clear(struct seal_tally *t);
void seal_tally_free(struct seal_tally *t);
void seal_tally_row(struct seal_tally *t, const struct envelope *row);
/* The same for a line that is not parsed yet; with its newline, no stamp. */
void seal_tally_line(struct seal_tally *t, struct slice line);

/* What a seal's "fetch" (and "jq", where there is one) says. */
struct seal {
	struct slice realm;                /* digits */
	int64_t pages, rows, bytes, left;  /* rows that were written */
	int64_t count_before, count_after; /* -1: null, they were not asked */
	char sha256[DIGEST_HEX];
};

/*
 * Read the seal's numbers; the totals of "jq" win over those of "fetch",
 * because that is what the rows are now.  FAILURE_DATA names the member that is
 * missing or wrong, or says that rows = count_after + left does not hold.
 */
bool seal_parse(struct seal *seal, const struct envelope *e,
		struct failure *why) MUST_CHECK;

/*
 * Hold the tally against the seal, and clear it.  FAILURE_DATA:
 * "998 rows came, the seal says 1000".
 */
bool seal_verify(const struct seal *seal, struct seal_tally *t,
		 struct failure *why) MUST_CHECK;

/*
 * The totals of a tally as the members "rows":…,"bytes":…,"sha256":"…", for
 * whoever writes a seal; clears the tally.
 */
bool seal_write_totals(struct seal_tally *t, struct buf *to,
		       struct failure *why) MUST_CHECK;

/*
 * `to` ends with a seal's line from `start` on that lacks its last brace: add
 * its "sum", which is first, the brace and the newline.
 */
bool seal_close(struct buf *to, size_t start, struct failure *why) MUST_CHECK;

/* envelope_put() for a seal: its "sum" is that of the line as it becomes. */
bool seal_put(const struct envelope *seal, enum envelope_member which,
	      struct slice value, struct buf *to,
	      struct failure *why) MUST_CHECK;

/* FAILURE_DATA: a byte of the seal is not what it was.  A seal without "sum",
 * as of the time before there was one, holds. */
bool seal_verify_sum(const struct envelope *seal,
		     struct failure *why) MUST_CHECK;

#endif
