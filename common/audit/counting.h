/*
 * audit/counting.h - have QuickBooks count the rows of some entities, and name
 * the windows in which its counts and those of a table differ.
 *
 * The wing audit/ brings together what check/ concludes and what QuickBooks and
 * the archive say.  qb-check and qb-census include it.
 *
 * Calls are metered, so it is one call per entity as long as nothing differs.
 */
#ifndef AUDIT_COUNTING_H
#define AUDIT_COUNTING_H

#include "check/narrowing.h"
#include "quickbooks/client.h"
#include "stream/range.h"

struct counting {
	struct qbo_client
		*qbo;        /* the caller's; NULL: QuickBooks is not asked */
	int64_t calls;       /* that succeeded */
	int64_t counts_left; /* for naming windows */
	int64_t notes_left;  /* of these, where no row is missing */
};

/* Names windows with at most COUNTING_MOST counts, for all entities together:
 * 20 windows of 1000 take about as many.  Rows that QuickBooks has no more are
 * no failure, and most often stay so from run to run: they get fewer. */
enum { COUNTING_MOST = 200, COUNTING_MOST_FOR_NOTES = 20 };
void counting_init(struct counting *c, struct qbo_client *qbo);

/*
 * Set what QuickBooks counts in each proof that wants it, which are not offline
 * nor absent; one of an entity that the company does not have becomes absent.
 * At most ENTITY_MOST of them.
 */
bool counting_read(struct counting *c, struct proof *proofs, size_t count,
		   struct failure *why) MUST_CHECK;

/*
 * The proof is concluded: add what differs to it, by the windows in which it
 * does, and the suspects.  `pieces` are the windows that cover its range, or
 * none.  It only says more of what is known to differ: a count that fails is
 * logged as a warning, and is the last one.
 */
void counting_name_windows(struct counting *c, struct proof *proof,
			   struct narrowing *pieces,
			   const struct suspects *suspects);

#endif
