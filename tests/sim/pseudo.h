/*
 * pseudo.h - TAX and NON, which every US company has among its TaxCodes: they
 * have words for Ids, no Active, no SyncToken, no domain, and one made-up time.
 *
 * They stand before the other rows, whatever the order.
 */
#ifndef PSEUDO_H
#define PSEUDO_H

#include "choose.h"
#include "filter.h"

enum { PSEUDO_ROWS = 2 };

/* Does the entity have them in this company? */
bool pseudo_has(const struct world *w, const struct world_entity *e);

/* Rows are numbered behind the entity's others. */
struct world_row pseudo_row(const struct world *w, const struct world_entity *e,
			    int64_t i);
bool pseudo_is(const struct world_entity *e, int64_t i);
bool pseudo_find(const struct world *w, const struct world_entity *e,
		 struct slice id, int64_t *i) MUST_CHECK;
/* "TAX" or "NON" */
const char *pseudo_id(const struct world_row *row);
void pseudo_write(struct buf *to, const struct world_row *row);

/* What such rows leave of a page to the others. */
struct pseudo_page {
	struct world_row rows[PSEUDO_ROWS];
	size_t passing, from, shown;
	struct question rest;
};

void pseudo_read(struct pseudo_page *p, const struct filter *f,
		 const struct question *s);
/* `c` is the answer to `p->rest`. */
void pseudo_insert(struct choice *c, const struct pseudo_page *p);

#endif
