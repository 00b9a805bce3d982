/* status/status_text.h - the report of qb-status for people. */
#ifndef STATUS_STATUS_TEXT_H
#define STATUS_STATUS_TEXT_H

#include "status/overview.h"

bool status_text_write(const struct overview *o, struct buf *to,
		       struct failure *why) MUST_CHECK;

#endif
