/*
 * quickbooks/object_response.h - checks the response to a call that is no query
 * (qbo_call.path): one object.
 */
#ifndef QUICKBOOKS_OBJECT_RESPONSE_H
#define QUICKBOOKS_OBJECT_RESPONSE_H

#include "json/json.h"

/*
 * FAILURE_DATA: it is not one whole JSON value, is not an object, has a Fault
 * (spelled in any case, as in http/api_fault.h), or lacks the member.
 */
bool object_response_check(struct slice body, const char *member,
			   struct failure *why) MUST_CHECK;

#endif
