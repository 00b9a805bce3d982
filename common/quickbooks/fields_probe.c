#include "quickbooks/fields_probe.h"
#include "base/log.h"

bool
fields_probe(struct qbo_call *call, const struct entity *entity,
	     struct qbo_client *qbo, struct failure *why)
{
	log_info("asking whether %s has custom fields beyond three",
		 entity->name);
	qbo_call_clear(call);
	if (!query_write_latest(entity, &call->statement, why))
		return false;
	call->entity = entity;
	call->count = false;
	call->can_split = true; /* or else a page that is too slow is retried */
	call->most_tries = 1;
	if (!qbo_client_send(qbo, call, why))
		return false;
	if (!call->why.kind)
		include_probed(qbo_client_include(qbo), call);
	else if (!call->must_split && !call->this_call_only)
		*why = call->why;
	return !why->kind || fail_in(why, "%s", entity->name);
}
