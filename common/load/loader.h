/*
 * load/loader.h - load sealed windows into their landing tables.
 *
 * The wing load/ turns a stream of rows and seals into rows in PostgreSQL.
 * qb-load includes it.
 *
 * Nothing of a window is sent before its seal has been checked.  Then one short
 * transaction per window (or for several small ones): bind the schema to the
 * company (sql/load/bind_company.sql), take the table's write lock
 * (write_lock.sql), write rows and ledger entry (load/upsert.h), commit.
 */
#ifndef LOAD_LOADER_H
#define LOAD_LOADER_H

#include "load/batch.h"
#include "load/upsert.h"
#include "postgres/connection.h"

struct loader {
	/* the caller's */
	const char *schema;
	bool sole; /* no other loader of this process writes */

	struct pg pg;
	struct upsert upsert; /* dry_run and rejects_fd are the caller's */

	/* whose table is known to be there; NULL: look */
	const struct entity *prepared;
	bool prepare_skipped; /* this transaction did not look */
	bool exclusive;       /* take the write lock alone: a key was inserted
				 by another loader at the same time */
};

void loader_init(struct loader *l);
void loader_free(struct loader *l);

/*
 * Load the window, and fill its `entry`.  Creates the schema and the table
 * where they are missing and this user may.  After a failure nothing of the
 * window is in the table.  What postgres/connection.h says, and
 * FAILURE_REFUSED: the schema belongs to another company; FAILURE_DATA: a row
 * that jsonb cannot hold and no `rejects_fd`.
 */
bool loader_load(struct loader *l, struct batch *b,
		 struct failure *why) MUST_CHECK;

/*
 * Several windows in one transaction, which saves small ones a commit each:
 * all or none.  Tried once, and again where they were wrongly taken for a first
 * load; on failure load each one alone, to learn which one fails.
 * loader_may_join() says whether `next` may go with `first`.
 */
bool loader_may_join(const struct loader *l, const struct batch *first,
		     const struct batch *next) MUST_CHECK;
bool loader_load_together(struct loader *l, struct batch *const *batches,
			  size_t count, struct failure *why) MUST_CHECK;

#endif
