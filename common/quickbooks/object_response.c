#include "quickbooks/object_response.h"
#include "quickbooks/response_row.h"

bool
object_response_check(struct slice body, const char *member,
		      struct failure *why)
{
	struct slice key;
	struct json j;
	bool found = false;

	json_begin(&j, body);
	if (!json_object(&j) && !j.error)
		return fail(why, FAILURE_DATA, "the body is not an object");
	while (json_key(&j, &key)) {
		if (response_row_is_fault(key))
			return fail(why, FAILURE_DATA, "a Fault");
		found = found || slice_is(key, member);
		json_skip(&j);
	}
	if (!json_end(&j, why))
		return false;
	return found || fail(why, FAILURE_DATA, "no %s", member);
}
