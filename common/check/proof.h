/*
 * check/proof.h - whether a range of one entity is complete; qb-check(1).
 *
 * The wing check/ reads the ledger (ledger_query.h) and draws conclusions from
 * it (this file and advice.h).  qb-check and qb-pending include it.
 *
 * This file does no input or output: the caller fills in what QuickBooks, the
 * ledger, the archive and the table say; proof_conclude() compares.
 */
#ifndef CHECK_PROOF_H
#define CHECK_PROOF_H

#include "base/buf.h"
#include "base/time_ranges.h"
#include "stream/window.h"

/* Totals of windows that were loaded. */
struct proof_totals {
	int64_t windows, rows; /* rows that their seals cover, the sum of: */
	int64_t inserted, updated, unchanged, stale, rejected;
	int64_t dropped; /* fetched, then dropped by qb-stamp --jq */
};

struct proof_finding {
	enum failure_kind kind; /* FAILURE_NONE: a note, nothing is wrong */
	char text[320];
};

enum { PROOF_MOST_FINDINGS = 20 };

struct proof {
	/* what is to be proven */
	const struct entity *entity;
	enum window_by by;
	struct time_range range;
	bool with_archive;

	/* what QuickBooks, the ledger, the archive and the table say */
	int64_t counted;             /* by QuickBooks now, in the range */
	int64_t counted_total;       /* of all times; -1: it is not known */
	int64_t counted_after;       /* of these, after the end of the range */
	struct time_ranges covered;  /* by windows that were loaded */
	struct proof_totals loaded;  /* sum of the windows of the range */
	struct time_ranges archived; /* by windows that were archived, too */
	int64_t files, file_rows;    /* of the archive, intact */
	int64_t altered;             /* windows, by --jq after archiving */
	int64_t in_range, in_table;  /* rows in the table */

	/* what follows */
	struct proof_finding findings[PROOF_MOST_FINDINGS];
	size_t finding_count, more_findings;
	enum failure_kind verdict; /* of the worst: 65, else 75, else 0 */
	int64_t missing;           /* rows: at QuickBooks, not in the table */
};

void proof_init(struct proof *p);
void proof_free(struct proof *p);

/* Add what the caller found; `kind` counts for the verdict. */
void proof_add_finding(struct proof *p, enum failure_kind kind, const char *fmt,
		       ...) PRINTF_LIKE(3, 4);

/* Add a window's totals; where they do not add up, that is a finding. */
void proof_add_window(struct proof *p, const struct proof_totals *totals,
		      struct time_range range);

/* All is filled in: add the findings that follow, set verdict and missing. */
void proof_conclude(struct proof *p);

/* Are the rows that are missing those that jsonb cannot hold? */
bool proof_missing_rejected(const struct proof *p);

/* Append the report: some lines of text; or one line of JSON. */
bool proof_write(const struct proof *p, struct buf *to,
		 struct failure *why) MUST_CHECK;
bool proof_write_json(const struct proof *p, struct buf *to,
		      struct failure *why) MUST_CHECK;

/* "ok", "incomplete" or "damaged". */
const char *proof_verdict(const struct proof *p);

#endif
