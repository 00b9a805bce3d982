/*
 * landing.h - one window from a stream into its landing table.
 *
 * Nothing is sent before the seal is known to hold.  Then one short
 * transaction: the keys of all rows, the verdict on each; new rows straight
 * into the table, changed ones through a stage; the ledger, commit.  The
 * statements are the files in sql/: realm, turn, keys, classify, insert, stage,
 * merge, ledger.
 */
#ifndef LANDING_H
#define LANDING_H

#include "ledger.h"
#include "run.h"
#include "stream.h"
#include "waiting.h"

struct landing {
	/* the caller's */
	const char *schema;
	bool dry_run;          /* classify and count; nothing stays */
	int rejects_fd;        /* for rows that jsonb cannot hold; -1: none */
	const struct run *run; /* for rows without a stamp */

	struct pg pg;
	struct waiting rows;
	struct ledger_entry entry; /* what became of the window */
	const char *place;         /* the schema where it lands */
	bool bound;                /* there is a company to ask about */
	bool alone;                /* in its table, after a race was lost */
};

void landing_init(struct landing *l);
void landing_free(struct landing *l);

/* Keep the row in `in`.  What waiting_add() says; the line is named. */
bool landing_add(struct landing *l, const struct stream *in,
		 struct failure *why) MUST_CHECK;

/*
 * `in` has just passed the window's seal: load the window, and say in `entry`
 * what became of its rows.  Makes the schema and the table where they are
 * missing and may be made.  After a failure nothing of the window is in the
 * table.  What pg.h says, and FAILURE_REFUSED: the schema belongs to another
 * company; FAILURE_DATA: a row that jsonb cannot hold and no `rejects_fd`.
 */
bool landing_load(struct landing *l, const struct stream *in,
		  struct failure *why) MUST_CHECK;

#endif
