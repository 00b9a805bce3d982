/*
 * response.h - the body of an answer to a query, cut into rows.
 *
 * The only place that knows how a QueryResponse is laid out.
 */
#ifndef RESPONSE_H
#define RESPONSE_H

#include "entity.h"
#include "json.h"

struct response_row {
	struct slice payload; /* the object, byte for byte */
	struct slice id;      /* without quotes */
	struct slice updated; /* MetaData.LastUpdatedTime as sent; or at NULL */
};

struct response {
	struct slice time; /* QuickBooks' clock as sent, or at NULL */
	int64_t count;     /* totalCount, or -1 */
	struct response_row *rows;
	size_t row_count, room;
};

void response_init(struct response *r);
void response_free(struct response *r);

/*
 * Slices point into `body`.  FAILURE_DATA: not one whole JSON value, no
 * QueryResponse, a Fault (in any case, as fault.h takes it), rows of something
 * that was not asked for, a row without Id, or, where a count was asked for,
 * none.
 */
bool response_read(struct response *r, struct slice body,
		   const struct entity *entity, bool count,
		   struct failure *why) MUST_CHECK;

#endif
