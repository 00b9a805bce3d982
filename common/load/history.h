/*
 * load/history.h - the history of a schema: the versions of rows that were
 * replaced or deleted; sql/schema/history.sql.
 *
 * It is off, and costs nothing, until a load has switched it on; then all loads
 * of the schema follow.  What a window replaces, brings and deletes is recorded
 * in its transaction.  A set is recorded, so the order of loads does not
 * matter; the view qb_history says from when to when each version stood.
 */
#ifndef LOAD_HISTORY_H
#define LOAD_HISTORY_H

#include "postgres/arrays.h"
#include "stream/entity.h"

struct history {
	bool wanted; /* the caller's: switch it on */
	bool on;
	bool known;                 /* whether it is on */
	const struct entity *begun; /* its history is known to have begun */
};

/*
 * Outside a transaction, once the schema exists: learn whether the history is
 * on, and switch it on if that is wanted.  A process looks once; what another
 * one switches on or off meanwhile it does not notice.  FAILURE_REFUSED: no
 * right to create the tables; the next step is what their owner should run.
 */
bool history_prepare(struct history *h, struct pg *pg,
		     const struct entity *entity, const char *schema,
		     struct failure *why) MUST_CHECK;

/* After a failure: the schema may have been dropped. */
void history_forget(struct history *h);

/*
 * Record what the rows of a temporary table, qb_stage or qb_stale, replace and
 * bring; and what gone lines do, the parameters of sql/load/gone.sql.  `with`
 * names the schema, the table and the entity, and the realm for gone lines.
 * The table must be locked for this loader alone.
 */
bool history_record(struct pg *pg, const char *stage,
		    const struct sql_variable *with, size_t count,
		    struct failure *why) MUST_CHECK;
bool history_record_gone(struct pg *pg, const struct pg_array *fields,
			 const struct sql_variable *with, size_t count,
			 struct failure *why) MUST_CHECK;

#endif
