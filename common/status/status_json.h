/* status/status_json.h - the report of qb-status for programs: a line for each
 * entity, and a last one for all, which has the verdict. */
#ifndef STATUS_STATUS_JSON_H
#define STATUS_STATUS_JSON_H

#include "status/overview.h"

bool status_json_write(const struct overview *o,
		       const struct failure *conclusion, struct buf *to,
		       struct failure *why) MUST_CHECK;

#endif
