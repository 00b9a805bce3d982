#include "absent.h"

bool
absent_pass(const struct world_entity *e, struct refusal *why)
{
	switch (e->absence) {
	case WORLD_ONE_CURRENCY:
		return refuse_currency(why);
	case WORLD_THERE:
		break;
	}
	return true;
}
