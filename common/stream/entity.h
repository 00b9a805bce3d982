/* stream/entity.h - what can be read from QuickBooks; one row an entity. */
#ifndef STREAM_ENTITY_H
#define STREAM_ENTITY_H

#include "base/failure.h"
#include "base/slice.h"

struct entity {
	const char *name;     /* as a query spells it: "Invoice" */
	const char *rows_key; /* the array in QueryResponse, mostly the name */
	const char *table;    /* snake_case plural: "invoices" */
	bool list;            /* has Active: inactive ones must be asked for */
	bool created;         /* MetaData.CreateTime can be asked for */
	bool txn_date;        /* TxnDate can be asked for */
	const char *refused;  /* why it is not supported yet, or NULL */
};

/*
 * Any case, singular or plural, as people type it: "customers", "Invoice",
 * "credit_memos".  NULL when there is no such entity.
 */
const struct entity *entity_find(struct slice name);

/* The same, for a command line: FAILURE_USAGE with the nearest names. */
const struct entity *entity_require(const char *name,
				    struct failure *why) MUST_CHECK;

/* All of them in alphabetical order; NULL past the last. */
const struct entity *entity_at(size_t i);

#endif
