/*
 * load/upsert.h - what one window does to its landing table, within a
 * transaction: rows that are new to it are inserted, newer ones replace older
 * ones, those that are gone are marked, and the ledger gets its entry.
 *
 * In this order: sql/load/compare.sql tells which rows are new and which are
 * newer; new rows go straight into the table by COPY (insert.sql), newer ones
 * into a staging table (staging_table.sql) and from there into the table
 * (merge.sql); gone lines are compared (compare_gone.sql), and mark rows as
 * deleted (gone.sql); ledger.sql writes the entry.
 *
 * A first load need not compare: while all rows of a window were new to the
 * table, those of the next are taken to be new, too.  Where that is wrong the
 * server refuses the COPY (unique violation), nothing of it is stored, and the
 * window is tried again with a comparison.
 */
#ifndef LOAD_UPSERT_H
#define LOAD_UPSERT_H

#include "load/batch.h"
#include "load/gone_mark.h"
#include "load/history.h"
#include "load/row_compare.h"
#include "load/schema.h"
#include "postgres/connection.h"

struct upsert {
	/* the caller's */
	struct pg *pg;
	bool dry_run;        /* compare and count, write nothing */
	int rejects_fd;      /* for rows that jsonb cannot hold; -1: none */
	bool table_locked;   /* nobody else writes to it in this transaction */
	bool force_compare;  /* this window was tried without */
	bool check_payloads; /* look for what jsonb cannot hold before sending;
				otherwise the server finds one row at a time */
	struct load_schema target;
	struct history history; /* `wanted` is the caller's */

	struct row_compare compare;
	struct gone_mark gone_mark;
	/* the entity of the last window, if all its rows were new; or one whose
	 * table is empty */
	const struct entity *first_load_of;
	bool compare_skipped; /* by a window of this transaction */
	bool skip_failed;     /* skipping was wrong once: never again */
};

void upsert_init(struct upsert *u, struct pg *pg);
void upsert_free(struct upsert *u);

/* Will the window be taken to be all new? */
bool upsert_is_first_load(const struct upsert *u, const struct batch *b);

/* `with` names the schema, the table and the entity.  Fills b->entry.  With
 * gone lines, and with a history, the table must be locked. */
bool upsert_batch(struct upsert *u, struct batch *b,
		  const struct sql_variable *with, size_t count,
		  struct failure *why) MUST_CHECK;

/* Between two windows of a transaction: empty the staging tables. */
bool upsert_clear_stage(struct upsert *u, const struct batch *b,
			struct failure *why) MUST_CHECK;

#endif
