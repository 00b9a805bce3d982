/*
 * load/ledger.h - what became of a window: its line in the ledger, its receipt.
 */
#ifndef LOAD_LEDGER_H
#define LOAD_LEDGER_H

#include "postgres/connection.h"
#include "stream/seal.h"
#include "stream/window.h"

enum { LEDGER_TEXT = 64 };

/* The first five add up to the seal's rows. */
struct ledger_entry {
	int64_t inserted, updated, unchanged, stale, rejected;
	int64_t fetched_us; /* of the latest page; INT64_MIN: no rows */
	int64_t table_rows; /* in the table, this window included */
	struct buf run;     /* which run these rows belong to */
	char seq[LEDGER_TEXT], loaded_at[LEDGER_TEXT]; /* "": not written */
};

void ledger_init(struct ledger_entry *entry);
void ledger_clear(struct ledger_entry *entry);
void ledger_free(struct ledger_entry *entry);

/*
 * Write the entry, the last statement of the window's transaction.  Waits for
 * others that load the same entity to commit; fills table_rows, seq and
 * loaded_at.
 */
bool ledger_write(struct ledger_entry *entry, struct pg *pg, const char *schema,
		  const struct window *window, const struct seal *seal,
		  struct slice archive, struct failure *why) MUST_CHECK;

/*
 * The connection broke during COMMIT: connect again and see whether the entry
 * is there.  FAILURE_LATER when it is not, or when that cannot be found out.
 */
bool ledger_find_commit(const struct ledger_entry *entry, struct pg *pg,
			const char *schema, const struct window *window,
			const struct seal *seal,
			struct failure *why) MUST_CHECK;

/* A dry run's table_rows: what the table holds, and what would be new. */
bool ledger_predict(struct ledger_entry *entry, struct pg *pg,
		    const char *schema, const struct window *window,
		    struct failure *why) MUST_CHECK;

/*
 * Append the receipt for people, qb-check and Mage, newline included:
 * {"qb":"receipt","window":...,"load":{"table":"raw.invoices","rows":...}}
 */
bool ledger_write_receipt(const struct ledger_entry *entry, const char *schema,
			  const struct window *window, struct slice window_text,
			  const struct seal *seal, bool dry_run, struct buf *to,
			  struct failure *why) MUST_CHECK;

#endif
