/*
 * stream/entity.h - the entities that can be read from QuickBooks: one row per
 * entity.
 *
 * Beside those of the table there are two kinds that exist once they are named:
 * entities that QuickBooks has and the table has not (entity_unlisted()), and
 * reports, "report:ProfitAndLoss" (stream/report.h).  Two pointers are equal if
 * the entities are; all live as long as the program.  Not for several threads
 * at once.
 */
#ifndef STREAM_ENTITY_H
#define STREAM_ENTITY_H

#include "base/failure.h"
#include "base/slice.h"

/* How an entity is read: QUIRKS.md, "Odd shapes". */
enum entity_shape {
	SHAPE_ROWS,    /* selected by a time that each row has */
	SHAPE_WHOLE,   /* a list that is read whole each time */
	SHAPE_WRAPPED, /* the same; each row is wrapped in an object of its
			  type, {"Bill":{"Id":"20"}}; Id and times are the
			  inner ones */
	SHAPE_SINGLE,  /* one object, which is always there */
	SHAPE_RATES,   /* by day, without Id: currency and date are the key */
	SHAPE_REPORT,  /* one object for a period */
};

struct entity {
	const char *name;     /* as queries spell it: "Invoice" */
	const char *rows_key; /* the array in QueryResponse, mostly the name */
	const char *table;    /* snake_case plural: "invoices" */
	bool list;            /* has Active; a query must ask for inactive */
	bool created;         /* queries can filter by MetaData.CreateTime */
	bool txn_date;        /* queries can filter by TxnDate */
	bool unlogged;        /* QuickBooks' log of changes leaves it out */
	enum entity_shape shape;
	bool unlisted; /* not of the table */
};

/* Is it read whole, whatever the range? */
bool entity_is_whole(const struct entity *entity);

/*
 * Any case, singular or plural: "customers", "Invoice", "credit_memos"; reports
 * by "report:NAME" or "report:NAME:Cash", NAME as in stream/report.h.  NULL
 * when there is none, and for what entity_unlisted() was not told before.
 */
const struct entity *entity_find(struct slice name);

/*
 * An entity that the table lacks, "ChangeOrder", as QuickBooks spells it; or of
 * the table, if it has it.  It is read as most are: by LastUpdatedTime, into
 * the table change_orders.  FAILURE_USAGE: no such spelling, a table that is
 * that of another one, such as ABc beside Abc, or too many of them.
 */
const struct entity *entity_unlisted(struct slice name,
				     struct failure *why) MUST_CHECK;

/* Those of the table, in alphabetical order; NULL past the last. */
const struct entity *entity_at(size_t i);

/* Room for all of the table, and as many others. */
enum { ENTITY_MOST = 128 };

/* Equal except for case, and for the '_', '-' and ' ' that people insert. */
bool entity_is_named(struct slice typed, const char *name);

#endif
