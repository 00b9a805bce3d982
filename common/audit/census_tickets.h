/* audit/census_tickets.h - the ranges that the tickets of a census name. */
#ifndef AUDIT_CENSUS_TICKETS_H
#define AUDIT_CENSUS_TICKETS_H

#include "stream/tickets.h"

struct census_tickets {
	struct window *at; /* by census; what touches is one */
	size_t count, room;
	const struct entity *passed_over; /* the last one */
};

void census_tickets_free(struct census_tickets *t);

/*
 * Take the ticket that was read.  What is read whole, by day or as a report is
 * not counted: it is passed over, which is logged once per entity.
 * FAILURE_DATA: it is not by created, or the entity cannot be.
 */
bool census_tickets_take(struct census_tickets *t, const struct tickets *in,
			 struct failure *why) MUST_CHECK;

#endif
