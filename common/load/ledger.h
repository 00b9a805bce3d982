/*
 * load/ledger.h - the entry of a loaded window in the ledger, the table
 * qb_windows of its schema, and its receipt.
 */
#ifndef LOAD_LEDGER_H
#define LOAD_LEDGER_H

#include "postgres/connection.h"
#include "stream/seal.h"
#include "stream/window.h"

enum { LEDGER_TEXT = 64 };

/* What the ledger has beside the columns of the first version, each more than
 * the one before; see load/schema.h. */
enum ledger_columns {
	LEDGER_FIRST_COLUMNS,
	LEDGER_CALLS,   /* and calls, provisional */
	LEDGER_DELETED, /* and deleted: all */
};

/* The first six add up to the rows of the seal. */
struct ledger_entry {
	int64_t inserted, updated, unchanged, stale, rejected;
	int64_t deleted;    /* rows that gone lines marked */
	int64_t made;       /* of them: which the table did not have */
	int64_t fetched_us; /* of the latest page or gone line; INT64_MIN: none
			     */
	int64_t table_rows; /* of the whole table, after this window */
	enum ledger_columns columns;
	struct buf run;                                /* id of the run */
	char seq[LEDGER_TEXT], loaded_at[LEDGER_TEXT]; /* "": not written */
};

void ledger_entry_init(struct ledger_entry *entry);
void ledger_entry_clear(struct ledger_entry *entry);
void ledger_entry_free(struct ledger_entry *entry);

/*
 * Write the entry at the end of the window's transaction.  Waits until others
 * that load the same entity have committed; fills table_rows, seq and
 * loaded_at.
 *
 * It replaces entries of windows without rows that say nothing that it does not
 * say, where this role may delete them; sql/load/ledger.sql.
 */
bool ledger_entry_write(struct ledger_entry *entry, struct pg *pg,
			const char *schema, const struct window *window,
			const struct seal *seal, struct slice archive,
			struct failure *why) MUST_CHECK;

/*
 * The connection broke during COMMIT: connect again and look for the entry.
 * FAILURE_LATER: it is not there, or the server cannot be reached.
 */
bool ledger_entry_find_commit(const struct ledger_entry *entry, struct pg *pg,
			      const char *schema, const struct window *window,
			      const struct seal *seal,
			      struct failure *why) MUST_CHECK;

/* For a dry run: set table_rows to what it would be. */
bool ledger_entry_predict(struct ledger_entry *entry, struct pg *pg,
			  const char *schema, const struct window *window,
			  struct failure *why) MUST_CHECK;

/*
 * Append the receipt, newline included:
 * {"qb":"receipt","window":...,"load":{"table":"raw.invoices","rows":...}}
 */
bool ledger_entry_write_receipt(const struct ledger_entry *entry,
				const char *schema, const struct window *window,
				struct slice window_text,
				const struct seal *seal, bool dry_run,
				struct buf *to, struct failure *why) MUST_CHECK;

#endif
