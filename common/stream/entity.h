/*
 * stream/entity.h - the entities that can be read from QuickBooks, and their
 * names on a command line; one row per entity.
 */
#ifndef STREAM_ENTITY_H
#define STREAM_ENTITY_H

#include "base/failure.h"
#include "base/slice.h"

struct entity {
	const char *name;     /* as queries spell it: "Invoice" */
	const char *rows_key; /* the array in QueryResponse, mostly the name */
	const char *table;    /* snake_case plural: "invoices" */
	bool list;            /* has Active; a query must ask for inactive */
	bool created;         /* queries can filter by MetaData.CreateTime */
	bool txn_date;        /* queries can filter by TxnDate */
	bool unlogged;        /* QuickBooks' log of changes leaves it out */
	const char *refused;  /* why qb does not read it, or NULL */
};

/*
 * Any case, singular or plural: "customers", "Invoice", "credit_memos".  NULL
 * when the table has no such entity.
 */
const struct entity *entity_find(struct slice name);

/*
 * The same for a command line.  FAILURE_USAGE, with the nearest name as the
 * next step: an unknown name, or an entity that qb does not read.
 */
const struct entity *entity_require(const char *name,
				    struct failure *why) MUST_CHECK;

/* All of them in alphabetical order; NULL past the last. */
const struct entity *entity_at(size_t i);

/* Room for all of them. */
enum { ENTITY_MOST = 64 };

/*
 * The entities of a command line, in its order and each once: every argument
 * is a name or a comma list, "customers,invoices"; `names` ends with NULL.
 * "lists" are those that have Active, "transactions" those that have TxnDate,
 * "all" all that qb reads.  FAILURE_USAGE: no name at all, an empty one, "all"
 * beside others, or what entity_require() refuses.
 */
bool entity_list_read(char *const names[],
		      const struct entity *list[ENTITY_MOST], size_t *count,
		      struct failure *why) MUST_CHECK;

#endif
