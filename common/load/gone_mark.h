/*
 * load/gone_mark.h - mark the rows of a landing table as deleted that the gone
 * lines of a window name.
 */
#ifndef LOAD_GONE_MARK_H
#define LOAD_GONE_MARK_H

#include "load/batch.h"
#include "load/history.h"
#include "postgres/arrays.h"

struct gone_mark {
	struct pg_array fields[GONE_FIELDS]; /* of some lines */
	bool keep_history; /* the caller's: record the deletions */
};

void gone_mark_init(struct gone_mark *m);
void gone_mark_free(struct gone_mark *m);

/*
 * Within the window's transaction, after its rows are written, a thousand lines
 * at a time: count them in b->entry, and write unless it is a dry run.  `with`
 * names the schema, the table and the entity; the table is locked for this
 * loader alone.
 */
bool gone_mark_run(struct gone_mark *m, struct pg *pg, struct batch *b,
		   const struct sql_variable *with, size_t count, bool dry_run,
		   struct failure *why) MUST_CHECK;

#endif
