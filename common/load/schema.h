/*
 * load/schema.h - a schema of landing tables: it belongs to one company, has
 * the ledger, and one table per entity; sql/schema/schema.sql and table.sql.
 */
#ifndef LOAD_SCHEMA_H
#define LOAD_SCHEMA_H

#include "load/ledger.h"
#include "postgres/connection.h"
#include "stream/entity.h"

struct load_schema {
	const char *schema; /* the caller's; pg_temp: see dry_run below */
	bool has_ledger;    /* and the table of the company */
	enum ledger_columns ledger_columns;
	bool add_failed; /* it lacks some, and they cannot be added */
	const struct entity *index_failed; /* its table lacks the index of
					      deleted rows, and it cannot be
					      added */
	bool has_unique_id; /* the table refuses a second row of an id */
	bool is_empty;      /* the table's file has no bytes */
};

/*
 * Create what is missing of schema, ledger and table.  Outside a transaction;
 * several processes may do it at the same time.  FAILURE_REFUSED: no right to
 * create it; the next step is what the owner should run.
 *
 * The same for columns that a ledger of an older version lacks; but where they
 * cannot be added there is only a warning, once per process.  And for the index
 * of deleted rows that a table of an older version lacks, without a warning: it
 * only makes comparisons faster.
 *
 * With `dry_run` nothing is created: a missing table is replaced by an empty
 * temporary one.
 */
bool load_schema_prepare(struct pg *pg, const struct entity *entity,
			 bool dry_run, struct load_schema *at,
			 struct failure *why) MUST_CHECK;

/* Before a window with gone lines is loaded.  FAILURE_REFUSED: the ledger has
 * no column that says how many rows it marked as deleted. */
bool load_schema_require_deleted(const struct load_schema *at,
				 struct failure *why) MUST_CHECK;

/* Within a transaction: the first load binds the schema to the company.
 * FAILURE_REFUSED: it belongs to another one. */
bool load_schema_bind(struct pg *pg, const char *schema, const char *realm,
		      bool dry_run, struct failure *why) MUST_CHECK;

/*
 * After a failure in a landing table or the ledger: set the next step where a
 * right is missing or the table has other columns.  Returns false.
 */
bool load_schema_explain(const struct pg *pg, const char *schema,
			 struct failure *why);

#endif
