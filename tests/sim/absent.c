#include "absent.h"

bool
absent_pass(const struct world_entity *e, struct refusal *why)
{
	switch (e->absence) {
	case WORLD_NO_RIGHTS:
		return refuse_rights(why);
	case WORLD_NO_METADATA:
		return refuse_query(why,
				    "QueryValidationError: Metadata not found "
				    "for Entity: %s",
				    e->entity->name);
	case WORLD_ONE_CURRENCY:
		return refuse_currency(why);
	case WORLD_THERE:
		break;
	}
	return true;
}
