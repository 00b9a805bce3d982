/* property.h - what a statement can ask of the rows of an entity. */
#ifndef PROPERTY_H
#define PROPERTY_H

#include "refusal.h"
#include "world.h"

enum filter_property {
	FILTER_ID,
	FILTER_UPDATED,
	FILTER_CREATED,
	FILTER_TXN_DATE,
	FILTER_ACTIVE,
	FILTER_NAME,
	FILTER_DOC_NUMBER,
	FILTER_TOTAL,
	FILTER_BALANCE,
	FILTER_CUSTOMER,
	FILTER_CURRENCY,
};

/* False, and refused, where the entity does not have it. */
bool property_find(const struct world_entity *e, struct slice name,
		   enum filter_property *found, struct refusal *why) MUST_CHECK;

/* By which order it sorts, if it does. */
bool property_order(const struct world_entity *e, struct slice name,
		    enum world_order *order, struct refusal *why) MUST_CHECK;

#endif
