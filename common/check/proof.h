/*
 * check/proof.h - whether a range of one entity is complete; qb-check(1).
 *
 * The wing check/ reads the ledger (ledger_query.h) and draws conclusions from
 * it (the other files).  qb-check and qb-pending include it.
 *
 * This file does no input or output: the caller fills in what QuickBooks, the
 * ledger, the archive and the table say; proof_conclude() compares.
 */
#ifndef CHECK_PROOF_H
#define CHECK_PROOF_H

#include "base/buf.h"
#include "base/time_ranges.h"
#include "check/suspects.h"
#include "stream/window.h"

/* Totals of windows that were loaded. */
struct proof_totals {
	int64_t windows, rows; /* rows that their seals cover, the sum of: */
	int64_t inserted, updated, unchanged, stale, rejected;
	int64_t deleted; /* marked, by gone lines */
	int64_t dropped; /* fetched, then dropped by qb-stamp --jq */
};

/* What the last reading of an entity that is read whole found. */
struct proof_whole {
	int64_t rows; /* that QuickBooks had; -1: not known */
	int64_t at_us;
	int64_t rejected, dropped; /* of those that came */
};

struct proof_finding {
	enum failure_kind kind; /* FAILURE_NONE: a note, nothing is wrong */
	char text[320];
};

/* Windows are named in findings, too, the first 20 of them. */
enum { PROOF_MOST_FINDINGS = 40, PROOF_MOST_WINDOWS = 20 };

struct proof {
	/* what is to be proven */
	const struct entity *entity;
	enum window_by by;
	struct time_range range;
	bool with_archive;
	bool offline;  /* QuickBooks is not asked, or cannot count that */
	bool no_day;   /* none of the range is over: nothing is read */
	bool optional; /* only a group named it */
	bool absent;   /* the company does not have it: nothing is proven */
	char absent_why[256]; /* as QuickBooks refused it; "": as it was said
				 before */
	bool loaded_before;   /* and it had it when something was loaded */

	/* what QuickBooks, the ledger, the archive and the table say */
	int64_t counted;             /* by QuickBooks now, in the range */
	bool with_outside;           /* and the rows outside of it: */
	int64_t counted_total;       /* of all times; -1: it is not known */
	int64_t counted_after;       /* of these, after the end of the range */
	struct time_ranges covered;  /* by windows that were loaded */
	struct proof_totals loaded;  /* sum of the windows of the range */
	struct time_ranges archived; /* by windows that were archived, too */
	struct proof_whole whole;    /* by whole */
	int64_t files, file_rows;    /* of the archive, intact */
	int64_t altered;             /* windows, by --jq after archiving */
	int64_t in_range, in_table;  /* rows in the table */
	int64_t outside;             /* of these, outside of the range */

	/* what follows */
	struct proof_finding findings[PROOF_MOST_FINDINGS];
	size_t finding_count, more_findings, named_windows;
	enum failure_kind verdict; /* of the worst: 65, else 75, else 0; of one
				      that is absent 69, or 0 if optional and
				      never loaded */
	int64_t missing;           /* rows: at QuickBooks, not in the table */
	int64_t missing_found;     /* of these, in windows that were found */
	struct suspects reload;    /* windows to be read again for them */
};

void proof_init(struct proof *p);
void proof_free(struct proof *p);

/* Add what the caller found; `kind` counts for the verdict. */
void proof_add_finding(struct proof *p, enum failure_kind kind, const char *fmt,
		       ...) PRINTF_LIKE(3, 4);

/* "what: START to END" */
void proof_add_range(struct proof *p, enum failure_kind kind, const char *what,
		     struct time_range range);

/* Add a window's totals; where they do not add up, that is a finding. */
void proof_add_window(struct proof *p, const struct proof_totals *totals,
		      struct time_range range);

/* All that precedes is filled in: add the findings that follow, set verdict and
 * missing. */
void proof_conclude(struct proof *p);

/* Are the rows that are missing those that jsonb cannot hold? */
bool proof_missing_rejected(const struct proof *p);

/* Does the table have too few or too many rows, not counting those rejected? */
bool proof_differs(const struct proof *p);

/*
 * After that: where the counts of a part of the range differ.  Of its rows so
 * many are missing in the table; or, below zero, the table has more than
 * QuickBooks, which is only a note.
 */
struct proof_difference {
	struct time_range range;
	size_t windows;
	int64_t counted, in_table, missing;
};
void proof_add_difference(struct proof *p, const struct proof_difference *d);

/* Or a window whose rows may not be as they were loaded (provenance.h).  Where
 * rows are missing somewhere that says it better: then only the window's whole
 * range is added to what is to be read again. */
void proof_add_suspect(struct proof *p, const struct suspect *suspect);

/* "ok", "incomplete", "damaged" or "absent". */
const char *proof_verdict(const struct proof *p);

#endif
