/*
 * verdicts.h - what the landing table says of each row that waits: it is new to
 * the table, newer than the one there, stale, or there just so.
 */
#ifndef VERDICTS_H
#define VERDICTS_H

#include "landrow.h"
#include "ledger.h"
#include "pgarray.h"
#include "waiting.h"

struct verdicts {
	struct pgarray keys[LANDROW_KEY_ASKED]; /* of some rows, from: */
	int64_t first;                          /* of the window */
};

void verdicts_init(struct verdicts *v);
void verdicts_free(struct verdicts *v);

/*
 * Ask, inside the window's transaction, some thousand keys at a time; `with`
 * names the schema and the table.  `fresh` and `changed` are filled, and the
 * counts of `entry` but for `rejected`.
 */
bool verdicts_ask(struct verdicts *v, struct pg *pg, struct waiting *w,
		  const struct statement_value *with, size_t count,
		  struct ledger_entry *entry, struct failure *why) MUST_CHECK;

#endif
