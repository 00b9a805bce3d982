/*
 * load/row_compare.h - compare the rows of a window with the landing table: is
 * each new to it, newer than the row of its id, older (stale), or unchanged?
 */
#ifndef LOAD_ROW_COMPARE_H
#define LOAD_ROW_COMPARE_H

#include "load/ledger.h"
#include "load/row.h"
#include "load/row_buffer.h"
#include "postgres/arrays.h"

struct row_compare {
	/* parameters of sql/load/compare.sql, for some rows */
	struct pg_array keys[LOAD_ROW_KEY_PARAMETERS];
	int64_t first;       /* which row of the window keys[] begin with */
	bool keep_stale;     /* the caller's: select stale rows that the history
				does not have yet */
	struct bitset stale; /* of these keys */
};

void row_compare_init(struct row_compare *c);
void row_compare_free(struct row_compare *c);

/*
 * Within the window's transaction, a thousand keys at a time; `with` names the
 * schema and the table, with `keep_stale` also the entity.  Fills to_insert and
 * to_update, with `keep_stale` also `stale`, and the counts of `entry` except
 * `rejected`.
 */
bool row_compare_run(struct row_compare *c, struct pg *pg,
		     struct row_buffer *rb, const struct sql_variable *with,
		     size_t count, struct ledger_entry *entry,
		     struct failure *why) MUST_CHECK;

#endif
