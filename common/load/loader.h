/*
 * load/loader.h - sealed windows into their landing table.
 *
 * Nothing is sent before the seal is known to hold.  Then one short
 * transaction: the keys of all rows, the verdict on those that are not there
 * just so, none of which a first load needs; new rows straight into the table,
 * changed ones through a stage; the ledger, commit.  The statements are the
 * files in sql/: realm, turn, lookup, classify, insert, stage, merge, raced,
 * ledger; of a window in which an id stands twice, keys and order.
 */
#ifndef LOAD_LOADER_H
#define LOAD_LOADER_H

#include "load/batch.h"
#include "load/row_compare.h"
#include "load/schema.h"
#include "postgres/connection.h"

struct loader {
	/* the caller's */
	const char *schema;
	bool dry_run;   /* classify and count; nothing stays */
	int rejects_fd; /* for rows that jsonb cannot hold; -1: none */
	bool only;      /* no other loader of its process writes */

	struct pg pg;
	struct row_compare verdicts;
	struct load_schema place;   /* where it lands: */
	const struct entity *ready; /* its table was there; NULL: look */
	bool remembered;            /* this transaction did not look */
	bool alone;                 /* in its table, after a race was lost */

	/* of the last window, if its rows were; or of one that comes first */
	const struct entity *all_new;
	bool ask;       /* about this window: it was tried without */
	bool to_itself; /* in this transaction: it has its table */
	bool unasked;   /* that of a window was not asked */
	bool mistaken;  /* and was wrong, some time */
	bool careful;   /* look at payloads: the server could not read one, some
			   time */
};

void loader_init(struct loader *l);
void loader_free(struct loader *l);

/*
 * Load the window, and say in its `entry` what became of its rows.  Makes the
 * schema and the table where they are missing and may be made.  After a failure
 * nothing of the window is in the table.  What postgres/connection.h says, and
 * FAILURE_REFUSED: the schema belongs to another company; FAILURE_DATA: a row
 * that jsonb cannot hold and no `rejects_fd`.
 */
bool loader_load(struct loader *l, struct batch *p,
		 struct failure *why) MUST_CHECK;

/*
 * Several windows in one transaction, which spares small ones a commit each:
 * all or none.  Tried once, and again where they were mistaken for a first
 * load; on failure load each by itself, which tells which one it was.
 * loader_may_join() says whether `next` may go with `first`.
 */
bool loader_may_join(const struct loader *l, const struct batch *first,
		     const struct batch *next) MUST_CHECK;
bool loader_load_together(struct loader *l, struct batch *const *parcels,
			  size_t count, struct failure *why) MUST_CHECK;

#endif
