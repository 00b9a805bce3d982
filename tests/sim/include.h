/*
 * include.h - the include= of a request, with which QuickBooks gives more of a
 * row: include=enhancedAllCustomFields.
 */
#ifndef INCLUDE_H
#define INCLUDE_H

#include "sim.h"

/* Whether all custom fields are asked for, and given; false where the request
 * is refused.  `changes`: it asks for the log of changes. */
bool include_read(const struct sim *s, const struct request *r, bool changes,
		  bool *all_fields, struct refusal *why) MUST_CHECK;

#endif
