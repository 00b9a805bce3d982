/*
 * load/schema.h - the place where rows land: a schema of one company, its
 * ledger, and a table an entity; sql/schema/schema.sql and
 * sql/schema/table.sql.
 */
#ifndef LOAD_SCHEMA_H
#define LOAD_SCHEMA_H

#include "postgres/connection.h"
#include "stream/entity.h"

struct load_schema {
	const char *schema; /* the caller's, or that of the stand-in */
	bool bound;         /* there is a company to ask about */
	bool keyed;         /* a second row of an id is refused at once */
	bool empty;         /* there was no row, and none was on its way */
};

/*
 * See that schema, ledger and table are there, and make what is missing.
 * Outside a transaction; as many at once as like.  FAILURE_REFUSED when it may
 * not be made: the advice is what the owner should run.
 *
 * With `dry_run` nothing is made: where the table is missing an empty one
 * stands in for it, which only this connection sees.
 */
bool load_schema_prepare(struct pg *pg, const struct entity *entity,
			 bool dry_run, struct load_schema *at,
			 struct failure *why) MUST_CHECK;

/* Inside a transaction.  FAILURE_REFUSED when the schema belongs to another. */
bool load_schema_bind(struct pg *pg, const char *schema, const char *realm,
		      bool dry_run, struct failure *why) MUST_CHECK;

/*
 * After a failure in a landing table or the ledger: say what mends it, where
 * it is for want of a right or the table is not one of ours.  Returns false.
 */
bool load_schema_explain(const struct pg *pg, const char *schema,
			 struct failure *why);

#endif
