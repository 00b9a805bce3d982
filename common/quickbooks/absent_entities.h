/*
 * quickbooks/absent_entities.h - entities that the company does not have, by
 * its plan or its country: each is told once, and left out.
 */
#ifndef QUICKBOOKS_ABSENT_ENTITIES_H
#define QUICKBOOKS_ABSENT_ENTITIES_H

#include "base/failure.h"
#include "stream/entity.h"

struct absent_entities {
	struct {
		const struct entity *entity;
		bool absent;
		bool named; /* by a ticket that is not optional */
	} of[ENTITY_MOST];
	size_t count;
};

/* A ticket of the entity came.  False: it is to be left out. */
bool absent_entities_ticket(struct absent_entities *a,
			    const struct entity *entity, bool optional);

/* QuickBooks refused a query of the entity, and `why` says so: warn, the first
 * time. */
void absent_entities_add(struct absent_entities *a, const struct entity *entity,
			 const struct failure *why);

bool absent_entities_has(const struct absent_entities *a,
			 const struct entity *entity);

/* Was one of them named?  Then the stream has no end. */
bool absent_entities_fail(const struct absent_entities *a);

/* Set `why` in that case, unless it is set: FAILURE_REFUSED. */
void absent_entities_report(const struct absent_entities *a,
			    struct failure *why);

#endif
