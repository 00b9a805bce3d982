/*
 * quickbooks/whole_pass.h - what one pass of a whole reading brought, and
 * whether that proves that all rows came.
 */
#ifndef QUICKBOOKS_WHOLE_PASS_H
#define QUICKBOOKS_WHOLE_PASS_H

#include "base/slice.h"

struct whole_pass {
	int first, before;   /* the number of its first query, and of the first
				of the pass before */
	size_t ids, entered; /* of `ids`: those that the pass before lacks */
	int queries;
	/* of its first two queries: rows, those that are active, and of these
	 * those that both have */
	size_t rows[2], active[2], common;
	bool paged;    /* a page was full, or two of a query had rows */
	bool repeated; /* after a full page the same rows came */
};

/* A row of the query under way; `earlier`: the query that brought its Id
 * before. */
void whole_pass_row(struct whole_pass *pass, struct slice payload, int earlier);

/*
 * After two queries of one page, with a filter on Active and without: is
 * neither page full, and have they the same active rows, so that neither was
 * cut?  Also when both have none at all.
 */
bool whole_pass_agrees(const struct whole_pass *pass, size_t page_size);

/*
 * Is it certain which rows there are?  Each query had all of them in one
 * response, and it takes two to say that there are none, unless the entity
 * was `read` before; or the pass before, of so many Ids, had the same.
 */
bool whole_pass_is_settled(const struct whole_pass *pass, bool read,
			   size_t ids_before);

#endif
