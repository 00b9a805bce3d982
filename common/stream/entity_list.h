/*
 * stream/entity_list.h - the entities that a command line names.
 */
#ifndef STREAM_ENTITY_LIST_H
#define STREAM_ENTITY_LIST_H

#include "stream/entity.h"

struct entity_list {
	const struct entity *at[ENTITY_MOST];
	/* only a group named it: that the company does not have it is no
	 * failure */
	bool optional[ENTITY_MOST];
	size_t count;
};

/*
 * One name, as entity_find() reads it.  FAILURE_USAGE, with the nearest name as
 * the next step: an unknown one.
 */
const struct entity *entity_require(const char *name,
				    struct failure *why) MUST_CHECK;

/*
 * The entities in the order of the command line, each once: every argument is a
 * name or a comma list, "customers,invoices"; `names` ends with NULL.  "lists"
 * are those that have Active, "transactions" those that have TxnDate, "all" all
 * of the table; reports are in none of them.  `unlisted` is a comma list for
 * entity_unlisted(), or NULL.  FAILURE_USAGE: no name at all, an empty one,
 * "all" beside others, or what entity_require() and entity_unlisted() refuse.
 */
bool entity_list_read(char *const names[], const char *unlisted,
		      struct entity_list *list, struct failure *why) MUST_CHECK;

#endif
