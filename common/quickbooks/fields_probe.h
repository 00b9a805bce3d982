/*
 * quickbooks/fields_probe.h - has an entity of this company more custom fields
 * than the log of changes may return?
 */
#ifndef QUICKBOOKS_FIELDS_PROBE_H
#define QUICKBOOKS_FIELDS_PROBE_H

#include "quickbooks/client.h"

/*
 * One query for the 1000 rows that were changed last; what they have is noted
 * (quickbooks/custom_fields.h).  Of what cannot be answered nothing is noted.
 * `call` is used for it.  Failures as of calls, of those that concern others,
 * too.
 */
bool fields_probe(struct qbo_call *call, const struct entity *entity,
		  struct qbo_client *qbo, struct failure *why) MUST_CHECK;

#endif
