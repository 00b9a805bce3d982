/*
 * check/proof.h - what is known about a range of one entity, and what follows
 * from it; qb-check(1).
 *
 * Pure: whoever asks QuickBooks, PostgreSQL and the archive fills in what they
 * said.
 */
#ifndef CHECK_PROOF_H
#define CHECK_PROOF_H

#include "base/buf.h"
#include "base/time_ranges.h"
#include "stream/window.h"

/* Of windows that were loaded: what became of their rows. */
struct proof_totals {
	int64_t windows, rows; /* rows that their seals cover, the sum of: */
	int64_t inserted, updated, unchanged, stale, rejected;
	int64_t dropped; /* that were fetched, but that no seal covers */
};

struct proof_finding {
	enum failure_kind kind; /* FAILURE_NONE: worth knowing, not wrong */
	char text[320];
};

enum { PROOF_MOST_FINDINGS = 20 };

struct proof {
	/* the question */
	const struct entity *entity;
	enum window_by by;
	struct time_range range;
	bool with_archive;

	/* the answers */
	int64_t counted;            /* by QuickBooks now, in the range */
	struct time_ranges covered; /* by windows that were loaded */
	struct proof_totals loaded; /* of windows that cover the range */
	struct time_ranges kept;    /* by windows that were archived, too */
	int64_t files, file_rows;   /* of the archive, that are whole */
	int64_t altered;            /* by --jq after they were archived */
	int64_t in_range, in_table; /* rows in the table */

	/* what follows */
	struct proof_finding findings[PROOF_MOST_FINDINGS];
	size_t finding_count, more_findings;
	enum failure_kind verdict; /* of the worst: 65, else 75, else 0 */
	int64_t missing;           /* rows that QuickBooks counts */
};

void proof_init(struct proof *p);
void proof_free(struct proof *p);

/* Something that was found while answers were collected. */
void proof_add_finding(struct proof *p, enum failure_kind kind, const char *fmt,
		       ...) PRINTF_LIKE(3, 4);

/* Add a window's totals; FAILURE_DATA is found where they do not add up. */
void proof_add_window(struct proof *p, const struct proof_totals *totals,
		      struct time_range range);

/* All answers are there: draw the conclusions. */
void proof_conclude(struct proof *p);

/* For people, several lines; or one line of JSON. */
bool proof_write(const struct proof *p, struct buf *to,
		 struct failure *why) MUST_CHECK;
bool proof_write_json(const struct proof *p, struct buf *to,
		      struct failure *why) MUST_CHECK;

/* "ok", "incomplete" or "damaged". */
const char *proof_verdict(const struct proof *p);

#endif
