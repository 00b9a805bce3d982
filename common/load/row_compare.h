/*
 * load/row_compare.h - what the landing table says of each row that waits: it
 * is new to the table, newer than the one there, stale, or there just so.
 */
#ifndef LOAD_ROW_COMPARE_H
#define LOAD_ROW_COMPARE_H

#include "load/ledger.h"
#include "load/row.h"
#include "load/row_buffer.h"
#include "postgres/arrays.h"

struct row_compare {
	struct pg_array keys[LOAD_ROW_KEY_ASKED]; /* of some rows, from: */
	int64_t first;                            /* of the window */
};

void row_compare_init(struct row_compare *v);
void row_compare_free(struct row_compare *v);

/*
 * Ask, inside the window's transaction, some thousand keys at a time; `with`
 * names the schema and the table.  `fresh` and `changed` are filled, and the
 * counts of `entry` but for `rejected`.
 */
bool row_compare_run(struct row_compare *v, struct pg *pg, struct row_buffer *w,
		     const struct sql_variable *with, size_t count,
		     struct ledger_entry *entry,
		     struct failure *why) MUST_CHECK;

#endif
