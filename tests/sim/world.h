/*
 * world.h - the simulated company: any number of rows, none of them stored.
 *
 * The rows of an entity are numbered in the order of their LastUpdatedTime.
 * Everything about row i is computed from the seed and i, and each order in
 * which rows can be asked for has ranks that are computed both ways, so a page
 * is found by arithmetic or by halving, never by going through all rows.
 */
#ifndef WORLD_H
#define WORLD_H

#include "chance.h"
#include "stream/entity_list.h"

enum { WORLD_ENTITIES = 48, WORLD_MOST_ROWS = 100000000, WORLD_ID = 24 };

/* The orders: by LastUpdatedTime, by CreateTime (TxnDate, Id and DocNumber
 * rise with it), and by name. */
enum world_order { WORLD_UPDATED, WORLD_CREATED, WORLD_NAME };

/* Rows of one type; rows of many, each wrapped in an object of its type; one
 * object; rows without an Id, one for each day and currency (rates.h). */
enum world_shape { WORLD_COMMON, WORLD_WRAPPED, WORLD_SINGLE, WORLD_RATES };

/* How QuickBooks says that the company does not have it. */
enum world_absence {
	WORLD_THERE,
	WORLD_NO_RIGHTS,
	WORLD_NO_METADATA,
	WORLD_ONE_CURRENCY
};

struct world_entity {
	const struct entity *entity;
	enum world_shape shape;
	enum world_absence absence;
	int64_t rows;
	uint64_t key;                     /* of all chance in this entity */
	int64_t from_s, span_s;           /* LastUpdatedTime: [from, +span) */
	int64_t run;                      /* rows of a small import */
	int64_t import_start, import_end; /* the large one, in one second */
	int64_t block;                    /* Ids are shuffled within it */
	int64_t lag_s;                    /* of CreateTime */
	int64_t stride, back, shift;      /* of the order by name */
	int64_t first_id, id_step;
	int64_t first_day, currencies; /* of WORLD_RATES */
};

/* A company with one currency: ExchangeRate has no rows, or is refused. */
enum world_currency {
	WORLD_MANY_CURRENCIES,
	WORLD_NO_RATES,
	WORLD_RATES_REFUSED
};

/* TAX and NON of TaxCode: which time they have (pseudo.h). */
enum world_pseudo { WORLD_NO_PSEUDO, WORLD_PSEUDO_FIXED, WORLD_PSEUDO_NOW };

struct world {
	uint64_t seed;
	const char *realm, *name;
	/* lists of entities, or NULL: what the company lacks, and how that is
	 * said; what it has of the entities that few companies have yet */
	const char *without, *unlisted;
	enum world_absence without_as;
	int64_t from_s, to_s;
	int64_t late_s; /* a change is seen that long after its time */
	enum world_currency one_currency;
	enum world_pseudo pseudo;
	bool pseudo_unfiltered; /* no filter on Active or times drops them */
	int64_t custom_fields;  /* of a row, beside the first three */
	bool exotic;            /* payloads with every odd form that JSON has */
	int64_t spoil; /* every so many rows hold what jsonb refuses; 0: none */
	/* where attachments can be downloaded; NULL: rows have no links */
	const char *files_url;
	int64_t link_life_s;
	struct world_entity entities[WORLD_ENTITIES];
	size_t count;
	/* those that others refer to */
	const struct world_entity *customers, *vendors, *items, *accounts,
		*currencies;
};

/* A row as it is now: what an overlay says has been laid over it. */
struct world_row {
	const struct world_entity *of;
	int64_t i;
	int64_t updated_s;
	int64_t edits;
	bool active;
};

/* NULL when there is none. */
const struct world_entity *world_find(const struct world *w, struct slice name);
const struct world_entity *world_of(const struct world *w, const char *name);

struct world_row world_row(const struct world_entity *e, int64_t i);
int64_t world_updated_s(const struct world_entity *e, int64_t i);
int64_t world_created_s(const struct world_entity *e, int64_t i);
int64_t world_txn_day(const struct world_entity *e, int64_t i);
/* At first; an overlay may say something else. */
bool world_active(const struct world_entity *e, int64_t i);
/* Chance that belongs to row i, for one use. */
struct chance world_chance(const struct world_entity *e, int64_t i, int use);

/* Ranks and back. */
int64_t world_rank(const struct world_entity *e, enum world_order by,
		   int64_t i);
int64_t world_row_at(const struct world_entity *e, enum world_order by,
		     int64_t rank);
/* How many ranks come before the first one whose time is not before `at_s`;
 * by WORLD_UPDATED or WORLD_CREATED. */
int64_t world_ranks_before(const struct world_entity *e, enum world_order by,
			   int64_t at_s);
/* The same for TxnDate, in the order WORLD_CREATED. */
int64_t world_ranks_before_day(const struct world_entity *e, int64_t day);

/* Of WORLD_RATES the same as a name, see rates.h. */
int64_t world_id(const struct world_entity *e, int64_t i);
bool world_find_id(const struct world_entity *e, struct slice id,
		   int64_t *i) MUST_CHECK;

#endif
