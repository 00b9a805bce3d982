/*
 * quickbooks/query_response.h - the body of an answer to a query, cut into
 * rows.
 *
 * The only place that knows how a QueryResponse is laid out.
 */
#ifndef QUICKBOOKS_QUERY_RESPONSE_H
#define QUICKBOOKS_QUERY_RESPONSE_H

#include "stream/entity.h"
#include "json/json.h"

struct query_response_row {
	struct slice payload; /* the object, byte for byte */
	struct slice id;      /* without quotes */
	struct slice updated; /* MetaData.LastUpdatedTime as sent; or at NULL */
};

struct query_response {
	struct slice time; /* QuickBooks' clock as sent, or at NULL */
	int64_t count;     /* totalCount, or -1 */
	struct query_response_row *rows;
	size_t row_count, room;
};

void query_response_init(struct query_response *r);
void query_response_free(struct query_response *r);

/*
 * Slices point into `body`.  FAILURE_DATA: not one whole JSON value, no
 * QueryResponse, a Fault (in any case, as http/api_fault.h takes it), rows of
 * something that was not asked for, a row without Id, or, where a count was
 * asked for, none.
 */
bool query_response_parse(struct query_response *r, struct slice body,
			  const struct entity *entity, bool count,
			  struct failure *why) MUST_CHECK;

#endif
