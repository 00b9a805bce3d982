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
	struct response_row *rows;
	size_t row_count, room;
};

void query_response_init(struct query_response *r);
void query_response_free(struct query_response *r);

/*
 * Slices point into `body`.  FAILURE_DATA: it is not one whole JSON value, has
 * no QueryResponse, a Fault (spelled in any case, as in http/api_fault.h), rows
 * of another entity, a row without Id, or, with `count`, no count.
 */
bool query_response_parse(struct query_response *r, struct slice body,
			  const struct entity *entity, bool count,
			  struct failure *why) MUST_CHECK;

#endif
