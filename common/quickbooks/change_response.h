/*
 * quickbooks/change_response.h - parses the response of QuickBooks' log of
 * changes (Change Data Capture) into objects.
 *
 * The only place that knows how a CDCResponse is laid out: blocks in any order,
 * each with the objects of an entity under its name, live ones before deleted
 * ones; an entity of which nothing changed has the block {}, or none (DOC
 * change-data-capture; QUIRKS.md, "The log of changes").
 */
#ifndef QUICKBOOKS_CHANGE_RESPONSE_H
#define QUICKBOOKS_CHANGE_RESPONSE_H

#include "quickbooks/response_row.h"
#include "stream/entity.h"

struct change_object {
	const struct entity *entity;
	struct response_row row;
	bool deleted; /* it says so; it is not always true */
};

struct change_response {
	struct slice time; /* of QuickBooks' clock, as sent; or at NULL */
	struct change_object *objects;
	size_t count, room;
};

void change_response_init(struct change_response *r);
void change_response_free(struct change_response *r);

/*
 * Slices point into `body`.  FAILURE_DATA: it is not one whole JSON value, has
 * no CDCResponse with a QueryResponse, a Fault anywhere, objects of an entity
 * that is none of `asked`, an object without Id, or a time that is none.
 * FAILURE_REFUSED: it is whole JSON, but an object of it could not be loaded,
 * see response_row_read().
 */
bool change_response_parse(struct change_response *r, struct slice body,
			   const struct entity *const asked[], size_t count,
			   struct failure *why) MUST_CHECK;

#endif
