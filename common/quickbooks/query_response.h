/*
 * quickbooks/query_response.h - parses the response to a query into rows; of
 * those that shaped_row_is_odd() only the payload is set.
 *
 * The only place that knows how a QueryResponse is laid out.
 */
#ifndef QUICKBOOKS_QUERY_RESPONSE_H
#define QUICKBOOKS_QUERY_RESPONSE_H

#include "quickbooks/response_row.h"
#include "stream/entity.h"

struct query_response {
	struct slice time; /* of QuickBooks' clock, as sent; or at NULL */
	int64_t count;     /* totalCount, or -1 */
	bool empty;        /* the QueryResponse is {}; with `count`, too */
	struct response_row *rows;
	size_t row_count, room;
};

void query_response_init(struct query_response *r);
void query_response_free(struct query_response *r);

/*
 * Slices point into `body`.  FAILURE_DATA: it is not one whole JSON value; has
 * a Fault (spelled in any case, as in http/fault.h), no QueryResponse or two,
 * something other than an array of rows of this entity, a row without Id, a
 * time that is none, or, with `count`, no count.  FAILURE_REFUSED: it is
 * whole JSON, but a row of it could not be loaded, see response_row_read().
 */
bool query_response_parse(struct query_response *r, struct slice body,
			  const struct entity *entity, bool count,
			  struct failure *why) MUST_CHECK;

#endif
